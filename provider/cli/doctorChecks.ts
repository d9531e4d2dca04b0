import type { PoolEmrReader } from "../emr/emrReader";
import { type Pool, readPoolRecord } from "../lease/pool";
import { probeStore } from "../lease/probe";
import { activeClusterStates } from "../lease/sharedViews";
import { failureLine } from "./failure";

/** One thing looked at. */
export interface Check {
  check: string;
  status: "ok" | "warning" | "failed" | "skipped";
  /** What was found, or what went wrong and what to do. */
  detail: string;
}

/** What the checks look at; absent parts are skipped. */
export interface Patient {
  readonly region: () => Promise<string>;
  /** Resolves credentials without showing them. */
  readonly credentials: () => Promise<unknown>;
  readonly emr: PoolEmrReader;
  /** The pool's store, when one was named. */
  readonly pool?: Pool;
  /** Milliseconds from this machine's clock to S3's, as of S3's last answer. */
  readonly clockOffset: () => number;
  /** Also writes: the probe of conditional writes leaves a small object under `v1/probe/`. */
  readonly mayWrite: boolean;
}

/** Signatures are refused by AWS when the clock is this far off; long before, waiting times in messages are wrong. */
const clockLimits = { warning: 5_000, failed: 5 * 60_000 };

/** Runs all checks in order; one that fails doesn't stop those that don't need it. */
export async function doctorChecks(patient: Patient): Promise<Check[]> {
  const checks: Check[] = [];
  async function run(check: string, look: () => Promise<Omit<Check, "check">>, needs: string[] = []) {
    const missing = needs.find((name) => checks.find((done) => done.check === name)?.status !== "ok");
    if (missing !== undefined) checks.push({ check, status: "skipped", detail: `needs: ${missing}` });
    else
      checks.push({
        check,
        ...(await look().catch(
          (error): Omit<Check, "check"> => ({ status: "failed", detail: failureLine(error) }),
        )),
      });
  }
  const { pool, emr } = patient;
  let someCluster: string | undefined;

  await run("node", async () => nodeVersion(process.versions.node));
  await run("region", async () => ok(await patient.region()));
  await run("credentials", async () => {
    await patient.credentials();
    return ok("found");
  });
  await run("EMR: ListClusters", async () => {
    const clusters = await emr.listClusters({ ClusterStates: activeClusterStates as never });
    someCluster = clusters[0]?.Id;
    return ok(`${clusters.length} active clusters`);
  }, ["region", "credentials"]);
  await run("EMR: DescribeCluster", async () => {
    if (someCluster === undefined) return { status: "skipped", detail: "there is no cluster to describe" };
    return ok((await emr.describeCluster(someCluster)).Status?.State ?? "");
  }, ["EMR: ListClusters"]);
  if (pool === undefined) {
    checks.push({
      check: "store",
      status: "skipped",
      detail: "give --pool and --store to check a pool's store",
    });
    return checks;
  }
  await run("store: read", () => readStore(pool), ["region", "credentials"]);
  await run("clock", async () => clock(patient.clockOffset()), ["store: read"]);
  await run("store: conditional writes", async () => {
    if (!patient.mayWrite) return { status: "skipped", detail: "writes are left out by --dry-run" };
    await probeStore(pool, pool.storeUri);
    return ok("honoured, also by 16 writers at once");
  }, ["store: read"]);
  return checks;
}

const ok = (detail: string): Omit<Check, "check"> => ({ status: "ok", detail });

/** https://nodejs.org/en/about/previous-releases */
function nodeVersion(version: string): Omit<Check, "check"> {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok(version);
  return { status: "failed", detail: `${version} is too old: install Node 20.19 or later` };
}

async function readStore(pool: Pool): Promise<Omit<Check, "check">> {
  const { record } = await readPoolRecord(pool);
  if (record === undefined) return ok(`readable; nothing was ever placed in pool ${pool.name} there`);
  return ok(`readable; pool ${pool.name} has ${record.entries.length} entries`);
}

function clock(offset: number): Omit<Check, "check"> {
  // `Date` has whole seconds, so a good clock shows up to one second.
  const seconds = Math.round(offset / 1000);
  const detail = `S3's clock is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} this machine's`;
  if (Math.abs(offset) >= clockLimits.failed)
    return { status: "failed", detail: `${detail}: AWS refuses such signatures; set the clock (NTP)` };
  if (Math.abs(offset) >= clockLimits.warning)
    return { status: "warning", detail: `${detail}: set the clock (NTP)` };
  return ok(detail);
}
