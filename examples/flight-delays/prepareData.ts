/** `npm run prepare-data [-- s3://bucket/folder]`: uploads the flights the jobs read. */
import { readFlights } from "./flights";
import { s3Client, uploadFlights } from "./objects";

const [folder = "s3://flight-delays/flights"] = process.argv.slice(2);

uploadFlights(readFlights(), folder, s3Client()).then(
  (uploaded) => console.log(`uploaded ${uploaded.join(", ")}`),
  (error) => {
    console.error(`could not upload the flights to ${folder}: ${error.message || error.code || error}`);
    process.exitCode = 1;
  },
);
