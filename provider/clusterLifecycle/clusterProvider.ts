import type { Cluster } from "@aws-sdk/client-emr";
import { EMRClient } from "@aws-sdk/client-emr";
import type { dynamic } from "@pulumi/pulumi";
import { redact } from "../diagnosis/redact";
import { readBootstrapDigests } from "../emr/poolFactsScripts";
import { PooledEmrError } from "../errors";
import { buryIfGone } from "../lease/clusterLife";
import { drainEntry } from "../lease/drain";
import { updateLaunch } from "../lease/entries";
import { type KeptCluster, keepCluster } from "../lease/keepCluster";
import { readPoolRecord } from "../lease/pool";
import { isUnknownCluster } from "../lease/refusals";
import type { LaunchRecord, LaunchRequest } from "../lease/types";
import { onInterrupt } from "../lifecycle/interrupt";
import { keyOf, whoIs } from "../lifecycle/jobOf";
import { plainJson } from "../lifecycle/plainJson";
import { type PoolContext, poolContext } from "../lifecycle/poolContext";
import { showProgress } from "../lifecycle/progress";
import { checkFailure } from "../lifecycle/validation/problem";
import { launchRequest } from "../pool/launchRequest";
import { secretTexts } from "../pool/specSecrets";
import { changeCluster, protect } from "./changeCluster";
import { clusterInputProblems } from "./clusterInputs";
import { type ClusterProviderInputs, type ClusterProviderState, clusterSchemaVersion } from "./clusterState";
import { inPlaceOf, longestIdleTimeout, needsReplacement, withInPlace } from "./inPlace";

/** Between two looks at a cluster that starts or drains: soon at first, then as EMR's quotas like it. */
function pollMilliseconds(look: number): number {
  return Math.min(15_000, 500 * 2 ** look);
}

/** Validates; calls nothing. */
export async function check(_: unknown, news: ClusterProviderInputs): Promise<dynamic.CheckResult> {
  const failures = clusterInputProblems(news).map((problem) => checkFailure(problem, news.secretPaths));
  return { inputs: news, failures };
}

/** In place: sizes, scaling limits, idle timeout, tags, protection, drain timeout. Anything else replaces. */
export async function diff(
  _: string,
  olds: ClusterProviderState,
  news: ClusterProviderInputs,
): Promise<dynamic.DiffResult> {
  const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  const placeOf = ({ pool }: ClusterProviderInputs) => [pool.name, pool.store, pool.maxConcurrentSteps ?? 1];
  const replaces = [
    ...(differ(placeOf(olds), placeOf(news)) ? ["pool"] : []),
    ...(needsReplacement(olds.cluster, news.cluster) ? ["cluster"] : []),
    ...(["region", "scope"] as const).filter((name) => differ(olds[name], news[name])),
  ];
  const changes =
    replaces.length > 0 ||
    differ(inPlaceOf(olds.cluster), inPlaceOf(news.cluster)) ||
    differ(olds.drainTimeoutMinutes, news.drainTimeoutMinutes);
  return { changes, replaces, deleteBeforeReplace: true };
}

/**
 * Launches the cluster, once, and waits until it takes steps. A run that is repeated after a crash finds the cluster
 * the first one launched.
 *
 * @throws PooledEmrError CLUSTER_FAILED with EMR's reason, and what `keepCluster` throws
 */
export async function create(
  inputs: ClusterProviderInputs,
): Promise<dynamic.CreateResult<ClusterProviderState>> {
  const context = poolContext(inputs);
  const { digests } = await readBootstrapDigests(inputs.cluster, context.s3);
  const launch = launchOf(inputs, digests);
  const interrupt = onInterrupt();
  try {
    const key = keyOf(inputs);
    const kept = await keepCluster(
      {
        ...{ key, who: whoIs(inputs), launch, maxClusters: inputs.pool.maxClusters },
        timeoutMinutes: inputs.pool.timeoutMinutes ?? 60,
      },
      context.pool,
      { signal: interrupt.signal, onProgress: (progress) => showProgress(inputs.__urn, progress) },
    );
    const secrets = secretTexts(launch.request, launch.record.request);
    const cluster = await untilReady(kept, context, inputs.__urn, secrets, interrupt.signal);
    return {
      id: `${key}.${kept.generation}`,
      outs: await outputs(inputs, kept.entryId, cluster, context),
    };
  } finally {
    interrupt.dispose();
  }
}

/** `pulumi refresh`: the cluster's state. One that is gone is dropped from the state, so that the next `up` launches another. */
export async function read(
  id: string,
  state: ClusterProviderState,
): Promise<dynamic.ReadResult<ClusterProviderState>> {
  const context = poolContext(state);
  const cluster = await describe(state.clusterId, context);
  if (isGone(cluster)) return { id: "", props: state };
  return { id, props: await outputs(state, state.entryId, cluster!, context) };
}

/** Applies what changes in place, and lets matching know: a job is judged by the limits that the cluster has now. */
export async function update(
  _: string,
  olds: ClusterProviderState,
  news: ClusterProviderInputs,
): Promise<dynamic.UpdateResult<ClusterProviderState>> {
  const context = poolContext({ ...news, __region: olds.__region });
  await withEmr(olds, (emr) =>
    changeCluster(olds.clusterId, inPlaceOf(olds.cluster), inPlaceOf(news.cluster), emr),
  );
  const { pool } = context;
  const { record } = await readPoolRecord(pool);
  if (record !== undefined)
    await updateLaunch(pool, record.poolId, olds.entryId, (launch) =>
      withInPlace(launch, launchOf(news, launch.bootstrapDigests).record),
    );
  const cluster = await pool.emr.describeCluster(olds.clusterId);
  return { outs: await outputs(news, olds.entryId, cluster, context) };
}

/**
 * Drains, then terminates: the cluster takes no new jobs from now on; once those on it have ended it is ended, and the
 * pool forgets it. Repeatable.
 *
 * @throws PooledEmrError DRAIN_TIMEOUT if jobs still run after `drainTimeoutMinutes`; nothing is lost, run it again
 */
export async function remove(_: string, state: ClusterProviderState): Promise<void> {
  const context = poolContext(state);
  const { pool } = context;
  const interrupt = onInterrupt();
  const minutes = state.drainTimeoutMinutes ?? 60;
  const started = pool.clock.monotonic();
  try {
    for (let look = 0; await isInPool(state, context); look++) {
      const cluster = await describe(state.clusterId, context);
      if (!isGone(cluster) && cluster?.TerminationProtected)
        await withEmr(state, (emr) => protect(state.clusterId, false, emr));
      const result = await drainEntry(state.entryId, pool);
      if (result === "gone") return;
      if (result === "waitingForJobs" && pool.clock.monotonic() - started >= minutes * 60_000)
        throw new PooledEmrError("DRAIN_TIMEOUT", {
          subject: `Cluster ${state.clusterId} of pool ${state.pool.name}`,
          problem: `still has jobs after ${minutes} minutes; it takes no new ones`,
        });
      const what = result === "ending" ? "Waiting for EMR to end" : "Waiting for the jobs on";
      showProgress(state.__urn, { kind: "retiring", message: `${what} cluster ${state.clusterId}` });
      await pool.clock.sleep(pollMilliseconds(look), interrupt.signal);
    }
  } finally {
    interrupt.dispose();
  }
}

function launchOf(
  { cluster, pool, secretPaths }: ClusterProviderInputs,
  bootstrapDigests: LaunchRecord["bootstrapDigests"],
): LaunchRequest {
  return launchRequest(withIdleTimeout(cluster), {
    poolName: pool.name,
    store: pool.store,
    maxConcurrentSteps: pool.maxConcurrentSteps,
    secretPaths,
    bootstrapDigests,
  });
}

function withIdleTimeout(cluster: ClusterProviderInputs["cluster"]): ClusterProviderInputs["cluster"] {
  return {
    ...cluster,
    autoTerminationPolicy: {
      ...cluster.autoTerminationPolicy,
      idleTimeout: cluster.autoTerminationPolicy?.idleTimeout ?? longestIdleTimeout,
    },
  };
}

async function untilReady(
  { clusterId, entryId }: KeptCluster,
  { pool }: PoolContext,
  urn: string,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<Cluster> {
  for (let look = 0; ; look++) {
    const cluster = await pool.emr.describeCluster(clusterId);
    const state = cluster.Status?.State ?? "";
    if (state === "WAITING" || state === "RUNNING") return cluster;
    if (state.startsWith("TERMINAT")) {
      const reason = cluster.Status?.StateChangeReason;
      await buryIfGone(pool, { poolId: pool.poolId! }, entryId, clusterId);
      throw new PooledEmrError("CLUSTER_FAILED", {
        subject: `Cluster ${clusterId}`,
        problem: `ended before it was ready: ${redact(reason?.Message ?? state, secrets)}`,
        got: reason?.Code,
      });
    }
    showProgress(urn, { kind: "launching", message: `Cluster ${clusterId} is ${state}` });
    await pool.clock.sleep(pollMilliseconds(look), signal);
  }
}

async function isInPool(state: ClusterProviderState, { pool }: PoolContext): Promise<boolean> {
  return (await readPoolRecord(pool)).record?.entries.includes(state.entryId) ?? false;
}

/** Undefined for a cluster that EMR has forgotten. */
async function describe(clusterId: string, { pool }: PoolContext): Promise<Cluster | undefined> {
  try {
    return await pool.emr.describeCluster(clusterId);
  } catch (error) {
    if (isUnknownCluster(error)) return undefined;
    throw error;
  }
}

function isGone(cluster: Cluster | undefined): boolean {
  return cluster === undefined || (cluster.Status?.State ?? "").startsWith("TERMINAT");
}

async function withEmr(
  state: ClusterProviderState,
  change: (emr: EMRClient) => Promise<void>,
): Promise<void> {
  const emr = new EMRClient({ region: state.__region });
  try {
    await change(emr);
  } finally {
    emr.destroy();
  }
}

async function outputs(
  inputs: ClusterProviderInputs,
  entryId: string,
  cluster: Cluster,
  context: PoolContext,
): Promise<ClusterProviderState> {
  return plainJson({
    ...inputs,
    clusterId: cluster.Id!,
    clusterName: cluster.Name ?? "",
    masterPublicDnsName: cluster.MasterPublicDnsName,
    logUri: cluster.LogUri,
    state: cluster.Status?.State ?? "",
    entryId,
    schemaVersion: clusterSchemaVersion,
    __region: await context.region(),
  });
}
