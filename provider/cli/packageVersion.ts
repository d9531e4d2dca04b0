import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Version of this package. Looks upwards, because sources and built files lie at different depths below it. */
export function packageVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  }
  return "unknown";
}
