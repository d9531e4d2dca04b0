#!/usr/bin/env node
/**
 * Mapper: a flight a line in, `<origin, destination or hour> TAB 1 TAB <delay in minutes>` a line out.
 * The argument says by what to group.
 */
const readline = require("node:readline");

const keyOf = {
  origin: (flight) => flight.origin,
  destination: (flight) => flight.destination,
  hour: (flight) => flight.date.slice("2001/01/01 ".length, "2001/01/01 00".length),
}[process.argv[2]];
if (keyOf === undefined) {
  console.error(`mapper.js: unknown grouping ${process.argv[2]}; use origin, destination or hour`);
  process.exit(2);
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [date, delay, , origin, destination] = line.split("\t");
  process.stdout.write(`${keyOf({ date, origin, destination })}\t1\t${delay}\n`);
});
