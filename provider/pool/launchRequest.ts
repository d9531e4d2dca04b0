import type { RunJobFlowInput, Tag } from "@aws-sdk/client-emr";
import type { ClusterSpec } from "../args";
import { toEmrFields } from "../emr/fieldNames";
import type { LaunchRequest } from "../lease/types";
import { fingerprint } from "./fingerprint";
import { withoutPasswords, withoutSecrets } from "./specSecrets";

/** Seconds of idleness after which a cluster of a pool ends, unless its spec says otherwise. */
export const defaultIdleTimeout = 600;

/** Tags by which people and IAM policies tell clusters of a pool. */
export const poolTags = {
  pool: "pulumi-pooled-emr:pool",
  fingerprint: "pulumi-pooled-emr:fingerprint",
  schema: "pulumi-pooled-emr:schema",
} as const;

/** What a launch takes from the pool. */
export interface LaunchSettings {
  readonly poolName: string;
  readonly store: string;
  /** Default 1. */
  readonly maxConcurrentSteps?: number;
  /** Pulumi secrets among the inputs; they are sent to EMR and written nowhere else. */
  readonly secretPaths?: readonly string[];
  /** Content digests of bootstrap scripts that could be read, by path. */
  readonly bootstrapDigests?: Readonly<Record<string, string>>;
}

/**
 * The cluster a job compares others with: as EMR takes it, secrets replaced. The salt is the pool, so that all
 * jobs of the pool agree.
 */
export function matchableCluster(
  cluster: ClusterSpec,
  pool: Pick<LaunchSettings, "poolName" | "store" | "secretPaths">,
): RunJobFlowInput {
  const { name: _, ...rest } = withoutSecrets(cluster, pool.secretPaths, `${pool.store}/${pool.poolName}`);
  return withoutPasswords(toEmrFields<RunJobFlowInput>(rest as never));
}

/**
 * The cluster to launch for a job: kept alive without steps, ending by itself when idle, with the pool's tags in
 * the same call (a crash between two calls would leave a cluster nobody knows), and without steps.
 */
export function launchRequest(cluster: ClusterSpec, settings: LaunchSettings): LaunchRequest {
  const { name, ...rest } = cluster;
  const slots = settings.maxConcurrentSteps ?? 1;
  const shown = matchableCluster(cluster, settings);
  const digest = fingerprint(shown);
  const complete = (request: RunJobFlowInput): RunJobFlowInput => ({
    ...request,
    Name: undefined,
    Instances: {
      ...request.Instances,
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: request.Instances?.TerminationProtected ?? false,
    },
    AutoTerminationPolicy: {
      ...request.AutoTerminationPolicy,
      IdleTimeout: request.AutoTerminationPolicy?.IdleTimeout ?? defaultIdleTimeout,
    },
    StepConcurrencyLevel: slots,
    Tags: [
      ...(request.Tags ?? []),
      tag(poolTags.pool, settings.poolName),
      tag(poolTags.fingerprint, digest.fingerprint),
      tag(poolTags.schema, String(digest.schema)),
    ],
  });
  return {
    name: name ?? settings.poolName,
    slots,
    request: complete(toEmrFields<RunJobFlowInput>(rest as never)),
    record: {
      ...digest,
      request: complete(shown),
      bootstrapDigests: settings.bootstrapDigests ?? {},
    },
  };
}

function tag(key: string, value: string): Tag {
  return { Key: key, Value: value };
}
