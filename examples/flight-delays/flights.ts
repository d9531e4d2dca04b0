import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A flight of the United States in 2001, as `vega-datasets` has it. */
export interface Flight {
  /** Local time of departure: `2001/01/31 23:59`. */
  date: string;
  /** Minutes late at arrival; negative when early. */
  delay: number;
  /** Miles. */
  distance: number;
  /** Airport codes. */
  origin: string;
  destination: string;
}

export type GroupBy = "origin" | "destination" | "hour";

/** One line of a result: so many flights, so many minutes late on average. */
export interface MeanDelay {
  key: string;
  flights: number;
  /** Minutes, two decimals, as the reducer prints it. */
  meanDelay: string;
}

/** The 20,000 flights of the npm package `vega-datasets`. */
export function readFlights(): Flight[] {
  // The package exports only its index; its data lie beside it.
  const index = createRequire(__filename).resolve("vega-datasets");
  return JSON.parse(readFileSync(join(dirname(index), "..", "data", "flights-20k.json"), "utf8"));
}

/** The flights as text, one tab-separated line each, in one file a month: `2001-01.tsv`. */
export function flightFiles(flights: readonly Flight[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { date, delay, distance, origin, destination } of flights) {
    const name = `${date.slice(0, "2001/01".length).replace("/", "-")}.tsv`;
    files.set(name, `${files.get(name) ?? ""}${[date, delay, distance, origin, destination].join("\t")}\n`);
  }
  return files;
}

const keyOf: Record<GroupBy, (flight: Flight) => string> = {
  origin: ({ origin }) => origin,
  destination: ({ destination }) => destination,
  hour: ({ date }) => date.split(" ")[1]!.split(":")[0]!,
};

/** What the job computes, in plain TypeScript, to compare with; by key. */
export function meanDelays(flights: readonly Flight[], groupBy: GroupBy): MeanDelay[] {
  const groups = new Map<string, Flight[]>();
  for (const flight of flights) {
    const key = keyOf[groupBy](flight);
    groups.set(key, [...(groups.get(key) ?? []), flight]);
  }
  return byKey(
    [...groups].map(([key, group]) => ({
      key,
      flights: group.length,
      meanDelay: (group.reduce((sum, { delay }) => sum + delay, 0) / group.length).toFixed(2),
    })),
  );
}

/** The lines a job has written, in one text or several joined; by key, whichever reducer wrote them. */
export function parseMeanDelays(text: string): MeanDelay[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return byKey(
    lines.map((line) => {
      const [key = "", flights, meanDelay = ""] = line.split("\t");
      return { key, flights: Number(flights), meanDelay };
    }),
  );
}

function byKey(rows: MeanDelay[]): MeanDelay[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
}
