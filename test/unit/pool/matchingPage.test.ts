import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matchingPage } from "../../support/matching/matchingPage";

test("docs/matching.md says what the code does: `npm run docs:matching` writes it", () => {
  expect(readFileSync(join(__dirname, "../../../docs/matching.md"), "utf8")).toBe(matchingPage());
});
