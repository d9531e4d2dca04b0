import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { matchingPage } from "./matchingPage";

writeFileSync(join(__dirname, "../../../docs/matching.md"), matchingPage());
