/** `npm run show-result -- s3://bucket/delays/<stack> <origin|destination|hour>`: prints and checks a job's result. */
import { type GroupBy, meanDelays, readFlights } from "./flights";
import { readResult, s3Client } from "./objects";

const [folder = "s3://flight-delays/delays/dev", groupBy = "origin"] = process.argv.slice(2);

async function show(): Promise<void> {
  const result = await readResult(folder, s3Client());
  const busiest = [...result].sort((a, b) => b.flights - a.flights).slice(0, 10);
  console.table(busiest);
  const same = JSON.stringify(result) === JSON.stringify(meanDelays(readFlights(), groupBy as GroupBy));
  console.log(
    `${result.length} groups, ${same ? "the same as" : "NOT THE SAME as"} computed in plain TypeScript`,
  );
  if (!same) process.exitCode = 1;
}

show().catch((error) => {
  console.error(`could not read ${folder}: ${error.message || error.code || error}`);
  process.exitCode = 1;
});
