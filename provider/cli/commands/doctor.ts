import type { Command } from "commander";
import type { Patient } from "../doctorChecks";
import { exitCodes } from "../failure";
import { printJson, printTable } from "../output";
import { type CommonOptions, dryRun, poolOption, regionOption, storeOption, verb, wrongUse } from "../verb";

interface DoctorOptions extends CommonOptions {
  pool?: string;
  store?: string;
  region?: string;
  dryRun?: boolean;
}

/** `emrpool doctor`: is this machine and account fit for pools? */
export function doctorCommand(): Command {
  return verb(
    "doctor",
    "Check what a pool needs: Node, region, credentials, permissions, the clock, and a store that honours conditional writes. The last check writes a small object under v1/probe/ of the store. Exit code 1 if a check fails.",
    ["doctor", "doctor --pool etl --store s3://my-bucket/emr-pool --dry-run"],
  )
    .option(...poolOption)
    .option(...storeOption)
    .option(...regionOption)
    .option(...dryRun)
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  if ((options.pool === undefined) !== (options.store === undefined))
    throw wrongUse("doctor", "needs --pool and --store together, or neither", "Give both to check a store");
  const { doctorChecks } = await import("../doctorChecks.js");
  const checks = await doctorChecks(await patientOf(options));
  if (options.json) printJson(checks);
  else
    await printTable(
      ["check", "status", "detail"],
      checks.map(({ check, status, detail }) => [check, status, detail]),
    );
  if (checks.some(({ status }) => status === "failed")) process.exitCode = exitCodes.failed;
}

async function patientOf(options: DoctorOptions): Promise<Patient> {
  const { EMRClient } = await import("@aws-sdk/client-emr");
  const { openLiveEmr, openLiveStore, openPoolOn } = await import("../livePool.js");
  const { region, pool, store } = options;
  const { config } = new EMRClient({ region });
  const live = store === undefined ? undefined : await openLiveStore(store, region);
  return {
    region: async () => await config.region(),
    credentials: () => config.credentials(),
    emr: await openLiveEmr(options),
    pool:
      live === undefined || pool === undefined || store === undefined
        ? undefined
        : await openPoolOn(live, { ...options, pool, store }),
    clockOffset: () => live?.clockOffset() ?? 0,
    mayWrite: !options.dryRun,
  };
}
