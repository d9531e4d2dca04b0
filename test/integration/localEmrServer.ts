import { startLocalServer } from "../../local/server";

const durations = { starting: 0, bootstrapping: 0, terminating: 0, cancelling: 0, resizing: 0 };

// `localEmrServer <data folder>`: prints its address.
void startLocalServer({ dataDir: process.argv[2]!, emrSettings: { durations } }).then((server) =>
  console.log(server.url),
);
