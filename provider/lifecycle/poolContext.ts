import { S3Client } from "@aws-sdk/client-s3";
import type { LogReader } from "../diagnosis/logReader";
import { s3LogReader } from "../diagnosis/s3LogReader";
import { openEmr } from "../emr/emrClient";
import { createEmrReader } from "../emr/emrReader";
import { PoolFacts } from "../emr/poolFacts";
import { createYarnMemoryReader } from "../emr/poolFactsYarn";
import { openPool, type Pool } from "../lease/pool";
import { openS3ObjectStore } from "../lease/s3ObjectStore";
import type { InstanceTypeTable } from "../pool/instanceTypes";
import { systemClock, systemRandom } from "../systemPorts";
import { configValue } from "./configure";
import { KnownClusters } from "./knownClusters";
import { PlannedPlacements } from "./plannedPlacements";
import type { ProviderInputs } from "./state";

/** What one process knows of one pool. All jobs of the process share it: writes, listings, batches and plans. */
export interface PoolContext {
  readonly pool: Pool;
  readonly s3: S3Client;
  readonly logs: LogReader;
  readonly clusters: KnownClusters;
  readonly plans: PlannedPlacements;
  /** The region the clients really use, when inputs leave it to the stack or the SDK. */
  region(): Promise<string>;
  /** Live facts of clusters, and the matcher over them. */
  readonly facts: PoolFacts;
}

const contextsKey = Symbol.for("pulumi-pooled-emr.contexts");

/**
 * One context for each pool and region of the process. Kept on a global symbol: the SDK evaluates the provider's text
 * once per distinct text, and two versions of it in one stack must still share a pool's writes.
 */
const shared = globalThis as { [contextsKey]?: Map<string, PoolContext> };
shared[contextsKey] ??= new Map();
const contexts = shared[contextsKey];

/** Reading them costs a page for every fifty types: once for a process and Region, however many pools it uses. */
const instanceTypes = new Map<string, Map<string, Promise<InstanceTypeTable>>>();

function instanceTypesOf(region: string | undefined): Map<string, Promise<InstanceTypeTable>> {
  const known = instanceTypes.get(region ?? "") ?? new Map();
  instanceTypes.set(region ?? "", known);
  return known;
}

/** Sends nothing: clients are made, nothing is called. Region: the input's, `aws:region`, then the SDK's chain. */
export function poolContext(
  inputs: Pick<ProviderInputs, "pool" | "region"> & { __region?: string },
): PoolContext {
  const region = inputs.region ?? inputs.__region ?? configValue("aws:region");
  const key = JSON.stringify([inputs.pool.store, inputs.pool.name, region]);
  const known = contexts.get(key) ?? open(inputs.pool.store, inputs.pool.name, region);
  contexts.set(key, known);
  return known;
}

function open(storeUri: string, poolName: string, region: string | undefined): PoolContext {
  const s3 = new S3Client({ region, followRegionRedirects: true });
  const store = openS3ObjectStore({ uri: storeUri, region });
  const clusters = new KnownClusters();
  const reader = clusters.watchReads(createEmrReader({ client: { region } }));
  const emr = clusters.watchLaunches(openEmr({ region }, reader, () => store.clockOffset()));
  const ports = { store, emr, clock: systemClock, random: systemRandom };
  const regionInUse = async () => await s3.config.region();
  const pool = openPool({ ...ports, poolName, storeUri, region: regionInUse });
  const facts = new PoolFacts({
    reader,
    activeClusters: () => pool.views.activeClusters(),
    readYarnMemory: createYarnMemoryReader({ region }),
    types: instanceTypesOf(region),
  });
  return {
    pool,
    s3,
    logs: s3LogReader(async () => s3),
    clusters,
    plans: new PlannedPlacements(),
    region: regionInUse,
    facts,
  };
}
