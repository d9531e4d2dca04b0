import { goodFleetJobProps } from "../../support/policies/programs";
import type { PolicyCase } from "./policyCase";

const groups = "cluster.instances.instanceGroups";
const fleets = "cluster.instances.instanceFleets";

/** Policies about where spot nodes are safe, and how they are had. */
export const spotCases: PolicyCase[] = [
  {
    policy: "master-on-demand",
    kind: "job",
    set: { [`${groups}.0.market`]: "SPOT" },
    found: "cluster.instances.instanceGroups[0] is spot.",
    unknownAt: `${groups}.0.market`,
  },
  {
    policy: "master-on-demand",
    kind: "cluster",
    set: { "masterInstanceGroup.bidPrice": "0.1" },
    found: "masterInstanceGroup is spot.",
    unknownAt: "masterInstanceGroup.bidPrice",
  },
  {
    policy: "core-on-demand",
    kind: "job",
    set: { [`${groups}.1.bidPrice`]: "0.1" },
    found: "cluster.instances.instanceGroups[1] is spot and dfs.replication is 1.",
    unknownAt: `${groups}.1.bidPrice`,
  },
  {
    policy: "core-on-demand",
    kind: "cluster",
    set: {
      "coreInstanceGroup.bidPrice": "0.1",
      configurationsJson: JSON.stringify([
        { Classification: "hdfs-site", Properties: { "dfs.replication": "1" } },
      ]),
    },
    found: "coreInstanceGroup is spot and dfs.replication is 1.",
    unknownAt: "configurationsJson",
  },
  {
    policy: "hdfs-replication",
    kind: "job",
    set: { [`${groups}.1.market`]: "SPOT" },
    found: "dfs.replication is 1 and cluster.instances.instanceGroups[1] is spot.",
    unknownAt: `${groups}.1.market`,
  },
  {
    policy: "hdfs-replication",
    kind: "cluster",
    set: { "coreInstanceGroup.bidPrice": "0.1" },
    found: "dfs.replication is 1 and coreInstanceGroup is spot.",
    unknownAt: "coreInstanceGroup",
  },
  {
    policy: "spot-via-fleet",
    kind: "job",
    set: { [`${groups}.1.market`]: "SPOT" },
    found: "cluster.instances.instanceGroups[1] is a spot instance group.",
    unknownAt: `${groups}.1.market`,
  },
  {
    policy: "spot-via-fleet",
    kind: "job",
    from: goodFleetJobProps,
    set: { [`${fleets}.2.launchSpecifications`]: undefined },
    found: [
      "cluster.instances.instanceFleets[2] has no spot allocation strategy.",
      "cluster.instances.instanceFleets[2] has the spot time-out action of EMR's default.",
    ],
    unknownAt: `${fleets}.2.targetSpotCapacity`,
  },
  {
    policy: "spot-via-fleet",
    kind: "cluster",
    set: { "coreInstanceGroup.bidPrice": "0.1" },
    found: "coreInstanceGroup is a spot instance group.",
    unknownAt: "coreInstanceGroup.bidPrice",
  },
  {
    policy: "spot-via-fleet",
    kind: "instanceGroup",
    set: { bidPrice: "0.1" },
    found: "The resource is a spot instance group.",
    unknownAt: "bidPrice",
  },
  {
    policy: "spot-via-fleet",
    kind: "instanceFleet",
    set: {
      targetSpotCapacity: 8,
      "launchSpecifications.spotSpecifications": [
        { allocationStrategy: "capacity-optimized", timeoutAction: "SWITCH_TO_ON_DEMAND" },
      ],
    },
    found: "The resource has 1 instance types for spot.",
    unknownAt: "targetSpotCapacity",
  },
];
