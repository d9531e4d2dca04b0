import type { EmrCallEvent, PoolEmrReader } from "../emr/emrReader";
import type { Pool } from "../lease/pool";
import type { S3ObjectStore } from "../lease/s3ObjectStore";
import type { CommonOptions, PoolOptions } from "./verb";

/** What of the options decides how AWS is reached. */
export interface LiveOptions extends CommonOptions {
  region?: string;
}

/** EMR for reading; calls and waits are printed under `--verbose`. */
export async function openLiveEmr({ region, verbose }: LiveOptions): Promise<PoolEmrReader> {
  const { createEmrReader } = await import("../emr/emrReader.js");
  return createEmrReader({ client: { region }, onEvent: verbose ? printEvent : undefined });
}

/** The object store at `s3://bucket[/prefix]`. */
export async function openLiveStore(uri: string, region: string | undefined): Promise<S3ObjectStore> {
  const { openS3ObjectStore } = await import("../lease/s3ObjectStore.js");
  return openS3ObjectStore({ uri, region });
}

/**
 * The pool that `--pool` and `--store` name, on AWS (or where AWS_ENDPOINT_URL_… lead). With `--dry-run` everything is
 * read from there, and what would be changed is kept in memory.
 */
export async function openLivePool(options: PoolOptions & { dryRun?: boolean }): Promise<Pool> {
  return openPoolOn(await openLiveStore(options.store, options.region), options);
}

/** {@link openLivePool} on a store that is open already. */
export async function openPoolOn(
  s3: S3ObjectStore,
  options: PoolOptions & { dryRun?: boolean },
): Promise<Pool> {
  const { openEmr } = await import("../emr/emrClient.js");
  const { openPool } = await import("../lease/pool.js");
  const { systemClock, systemRandom } = await import("../systemPorts.js");
  const { dryRunEmr, dryRunStore } = await import("./dryRun.js");
  const live = openEmr({ region: options.region }, await openLiveEmr(options), () => s3.clockOffset());
  return openPool({
    store: options.dryRun ? dryRunStore(s3) : s3,
    emr: options.dryRun ? dryRunEmr(live, (line) => process.stderr.write(`would: ${line}\n`)) : live,
    clock: systemClock,
    random: systemRandom,
    poolName: options.pool,
    storeUri: options.store,
    region: () => s3.region(),
  });
}

function printEvent(event: EmrCallEvent): void {
  if (event.kind === "wait") {
    const wait = `waiting ${Math.round(event.delay)} ms after attempt ${event.attempt}: ${event.error}`;
    process.stderr.write(`emrpool: EMR: ${wait}\n`);
    return;
  }
  const outcome = event.error === undefined ? "" : ` (${event.error})`;
  process.stderr.write(
    `emrpool: EMR: ${event.operation} ${event.milliseconds} ms${outcome}, ` +
      `${event.inFlight} of at most ${event.bound} at once\n`,
  );
}
