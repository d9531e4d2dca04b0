import type { Command } from "commander";
import { regionName, wholeNumber } from "../argumentValues";
import { printJson, printLine } from "../output";
import { type CommonOptions, verb } from "../verb";

interface LocalOptions extends CommonOptions {
  port: number;
  data: string;
  region: string;
}

/** `emrpool local`: EMR and S3 on this machine, until a signal ends them. */
export function localCommand(): Command {
  return verb(
    "local",
    "Start EMR and S3 servers on 127.0.0.1, print the environment to use them, and run until Ctrl-C. Steps really run, as child processes; state is kept in the data folder.",
    [
      "local --port 4580 --data .emrpool   # in one terminal; copy the export lines into another",
      "local --json",
    ],
  )
    .option("--port <port>", "port to listen on, 0 to 65535; 0: any free one", wholeNumber(0, 65_535), 4580)
    .option("--data <dir>", "folder for buckets, clusters and logs", ".emrpool")
    .option("--region <region>", "region the environment names", regionName, "us-east-1")
    .action(runLocal);
}

async function runLocal(options: LocalOptions): Promise<void> {
  const { startLocalServer } = await import("../../../local/server.js");
  // Installed before anything runs: a signal during the start must not leave child processes behind.
  const stopped = stopSignal();
  const server = await startLocalServer({ port: options.port, dataDir: options.data });
  try {
    printEnvironment(localEnvironment(server.url, options.region), options.json ?? false);
    await stopped;
  } finally {
    await server.close();
  }
}

/** Variables that lead the AWS SDK (and so this package, the AWS CLI and Pulumi) to the local servers. */
export function localEnvironment(endpoint: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_EMR: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    // Else the SDK looks for a role at an address that only exists on EC2.
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function printEnvironment(environment: Record<string, string>, json: boolean): void {
  if (json) {
    printJson(environment);
    return;
  }
  for (const [name, value] of Object.entries(environment)) printLine(`export ${name}=${value}`);
  process.stderr.write("EMR and S3 are running; Ctrl-C stops them.\n");
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}
