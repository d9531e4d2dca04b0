import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  flightFiles,
  type GroupBy,
  meanDelays,
  parseMeanDelays,
  readFlights,
} from "../../../examples/flight-delays/flights";

const folder = join(__dirname, "../../../examples/flight-delays");
const flights = readFlights();

function run(script: string, argument: string, input: string): string {
  const { stdout, stderr, status } = spawnSync("node", [join(folder, script), argument], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** By key, as Hadoop sorts between map and reduce. */
const sorted = (text: string) =>
  `${text
    .trimEnd()
    .split("\n")
    .sort((a, b) => (a.split("\t")[0]! < b.split("\t")[0]! ? -1 : 1))
    .join("\n")}\n`;

describe("flight-delays", () => {
  test.each<GroupBy>(["origin", "destination", "hour"])(
    "the scripts compute by %s what plain TypeScript computes, with and without the combiner",
    (groupBy) => {
      const mapped = [...flightFiles(flights).values()].map((text) =>
        sorted(run("mapper.js", groupBy, text)),
      );
      const plain = run("reducer.js", "means", sorted(mapped.join("")));
      const combined = mapped.map((text) => run("reducer.js", "totals", text)).join("");
      expect(run("reducer.js", "means", sorted(combined))).toBe(plain);
      expect(parseMeanDelays(plain)).toEqual(meanDelays(flights, groupBy));
    },
  );

  test("every flight is in one file, one line each", () => {
    const files = flightFiles(flights);
    expect([...files.keys()]).toEqual(["2001-01.tsv", "2001-02.tsv", "2001-03.tsv"]);
    expect([...files.values()].join("").trimEnd().split("\n")).toHaveLength(20_000);
  });

  test.each([
    ["mapper.js", "carrier", /unknown grouping carrier; use origin, destination or hour/],
    ["reducer.js", "median", /unknown figure median; use totals or means/],
  ])("%s refuses %s", (script, argument, message) => {
    const { stderr, status } = spawnSync("node", [join(folder, script), argument], {
      input: "",
      encoding: "utf8",
    });
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
