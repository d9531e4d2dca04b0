import type { Cluster, ClusterStateChangeReasonCode, ClusterSummary } from "@aws-sdk/client-emr";
import { normalizedInstanceHours } from "../instances/normalizedHours";
import type { ClusterRecord } from "../model";
import { applicationVersion, osReleaseLabel } from "../releases";
import type { Wire } from "../wire";
import { epochSeconds } from "../wire";
import { clusterArn } from "./arn";
import { ec2Attributes, masterPublicDnsName } from "./ec2Attributes";
import { stateAt } from "./stateAt";

/** A cluster as ListClusters shows it. `at`: the moment it is shown as of, when the listing lags. */
export function clusterSummary(
  cluster: ClusterRecord,
  accountId: string,
  now: number,
  at: number,
): Wire<ClusterSummary> {
  const { lifecycle } = cluster;
  const state = stateAt(lifecycle.history, at) ?? lifecycle.state;
  const isPresent = state === lifecycle.state;
  return {
    Id: cluster.clusterId,
    Name: cluster.request.Name,
    Status: {
      State: state,
      StateChangeReason: isPresent ? reason(cluster) : {},
      Timeline: timeline(cluster, at),
      ErrorDetails: isPresent ? errorDetails(cluster) : [],
    },
    NormalizedInstanceHours: normalizedInstanceHours(cluster, now),
    ClusterArn: clusterArn(cluster, accountId),
  };
}

/** A cluster as DescribeCluster shows it; `tags` are those visible now. */
export function clusterDetail(
  cluster: ClusterRecord,
  accountId: string,
  now: number,
  tags: { Key: string; Value: string }[],
): Wire<Cluster> {
  const { request } = cluster;
  const summary = clusterSummary(cluster, accountId, now, now);
  return {
    ...summary,
    Ec2InstanceAttributes: ec2Attributes(cluster),
    InstanceCollectionType: cluster.instanceFleets.length > 0 ? "INSTANCE_FLEET" : "INSTANCE_GROUP",
    LogUri: storedLogUri(request.LogUri),
    LogEncryptionKmsKeyId: request.LogEncryptionKmsKeyId,
    RequestedAmiVersion: request.AmiVersion,
    RunningAmiVersion: request.AmiVersion,
    ReleaseLabel: request.ReleaseLabel,
    AutoTerminate: !cluster.keepAlive,
    TerminationProtected: cluster.terminationProtected,
    UnhealthyNodeReplacement: cluster.unhealthyNodeReplacement,
    VisibleToAllUsers: cluster.visibleToAllUsers,
    Applications: (request.Applications ?? []).map((application) => ({
      ...application,
      Version: application.Version ?? applicationVersion(request.ReleaseLabel, application.Name),
    })),
    Tags: tags,
    ServiceRole: request.ServiceRole,
    MasterPublicDnsName: masterPublicDnsName(cluster),
    Configurations: request.Configurations ?? [],
    SecurityConfiguration: request.SecurityConfiguration,
    AutoScalingRole: request.AutoScalingRole,
    ScaleDownBehavior: request.ScaleDownBehavior ?? "TERMINATE_AT_TASK_COMPLETION",
    CustomAmiId: request.CustomAmiId,
    EbsRootVolumeSize: request.EbsRootVolumeSize,
    EbsRootVolumeIops: request.EbsRootVolumeIops,
    EbsRootVolumeThroughput: request.EbsRootVolumeThroughput,
    RepoUpgradeOnBoot:
      request.CustomAmiId === undefined ? undefined : (request.RepoUpgradeOnBoot ?? "SECURITY"),
    KerberosAttributes: request.KerberosAttributes,
    StepConcurrencyLevel: cluster.stepConcurrencyLevel,
    PlacementGroups: request.PlacementGroupConfigs,
    OSReleaseLabel: osReleaseLabel(request.ReleaseLabel, request.OSReleaseLabel),
    ExtendedSupport: cluster.extendedSupport,
    MonitoringConfiguration: request.MonitoringConfiguration,
    SessionEnabled: request.SessionEnabled,
  };
}

function reason(cluster: ClusterRecord): { Code?: ClusterStateChangeReasonCode; Message?: string } {
  const { reason } = cluster.lifecycle;
  if (reason === undefined) return {};
  return reason.code === undefined
    ? { Message: reason.message }
    : { Code: reason.code, Message: reason.message };
}

function errorDetails(cluster: ClusterRecord) {
  return [...(cluster.lifecycle.errorDetails ?? [])];
}

function timeline(cluster: ClusterRecord, at: number) {
  const { createdAt, readyAt, endedAt } = cluster.lifecycle;
  const shown = (time: number | undefined) =>
    time === undefined || time > at ? undefined : epochSeconds(time);
  return {
    CreationDateTime: epochSeconds(createdAt),
    ReadyDateTime: shown(readyAt),
    EndDateTime: shown(endedAt),
  };
}

/** EMR gives the log URI back with Hadoop's old scheme and a slash at the end. */
function storedLogUri(logUri: string | undefined): string | undefined {
  if (logUri === undefined) return undefined;
  const renamed = logUri.replace(/^s3:\/\//, "s3n://");
  return renamed.endsWith("/") ? renamed : `${renamed}/`;
}
