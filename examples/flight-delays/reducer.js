#!/usr/bin/env node
/**
 * Reducer and combiner: lines `<key> TAB <flights> TAB <minutes>` in, sorted by key; one line a key out, with the
 * sums (`totals`, what a combiner must keep) or with the mean in minutes (`means`).
 */
const readline = require("node:readline");

const figure = {
  totals: (_flights, minutes) => minutes,
  means: (flights, minutes) => (minutes / flights).toFixed(2),
}[process.argv[2]];
if (figure === undefined) {
  console.error(`reducer.js: unknown figure ${process.argv[2]}; use totals or means`);
  process.exit(2);
}

let current;
let flights = 0;
let minutes = 0;

function finish() {
  if (current !== undefined) process.stdout.write(`${current}\t${flights}\t${figure(flights, minutes)}\n`);
  flights = 0;
  minutes = 0;
}

readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [key, count, sum] = line.split("\t");
    if (key !== current) finish();
    current = key;
    flights += Number(count);
    minutes += Number(sum);
  })
  .on("close", finish);
