import { goodFleetJobProps } from "../../support/policies/programs";
import type { PolicyCase } from "./policyCase";

const groups = "cluster.instances.instanceGroups";
const fleets = "cluster.instances.instanceFleets";

/** Policies about prices, instance types, sizes, scaling and spot. */
export const hardwareCases: PolicyCase[] = [
  {
    policy: "hourly-price-limit",
    kind: "job",
    set: { [`${groups}.1.instanceCount`]: 200 },
    // 2 x 0.204 for m7g.2xlarge with 25 % for EMR, and 200 of half the size.
    found: "The cluster may cost $41.21 an hour (estimated from list prices of us-east-1 dated 2025-06-01).",
    unknownAt: `${groups}.1.instanceCount`,
  },
  {
    policy: "hourly-price-limit",
    kind: "job",
    set: { [`${groups}.1.instanceType`]: "u9z.xlarge" },
    found:
      "The price of u9z.xlarge is unknown (others estimated from list prices of us-east-1 dated 2025-06-01). Allowed: at most $20 an hour. A cluster is billed for every node and hour, also while it waits for the next job. Use another instance type. To give it a price, copy dist/policies/prices/usEast1.json of the package, add the type's EC2 price under types, and name the copy in priceFile.",
    unknownAt: `${groups}.1.instanceType`,
  },
  {
    policy: "hourly-price-limit",
    kind: "cluster",
    set: { "coreInstanceGroup.instanceCount": 200 },
    found: "The cluster may cost $41.21 an hour",
    unknownAt: "coreInstanceGroup.instanceCount",
  },
  {
    policy: "hourly-price-limit",
    kind: "instanceGroup",
    set: { instanceCount: 200 },
    found: "The cluster may cost $40.80 an hour",
    unknownAt: "instanceCount",
  },
  {
    policy: "hourly-price-limit",
    kind: "instanceFleet",
    set: { targetOnDemandCapacity: 800 },
    found: "The cluster may cost $40.80 an hour",
    unknownAt: "targetOnDemandCapacity",
  },
  {
    policy: "instance-types-allowed",
    kind: "job",
    set: { [`${groups}.1.instanceType`]: "m3.xlarge" },
    found: "cluster.instances.instanceGroups[1].instanceType is m3.xlarge, of a previous generation.",
    unknownAt: `${groups}.1.instanceType`,
  },
  {
    policy: "instance-types-allowed",
    kind: "cluster",
    set: {},
    surroundings: { config: { allow: ["m5\\..*", "m7g.xlarge"] } },
    found:
      "masterInstanceGroup.instanceType is m7g.2xlarge. Allowed: types that match m5\\..* or m7g.xlarge.",
    unknownAt: "masterInstanceGroup.instanceType",
  },
  {
    policy: "instance-types-allowed",
    kind: "instanceGroup",
    set: {},
    surroundings: { config: { block: ["m7g.*"] } },
    found: "instanceType is m7g.xlarge. Allowed: types that don't match m7g.*.",
    unknownAt: "instanceType",
  },
  {
    policy: "instance-types-allowed",
    kind: "instanceFleet",
    set: { "instanceTypeConfigs.0.instanceType": "r3.xlarge" },
    found: "instanceTypeConfigs[0].instanceType is r3.xlarge",
    unknownAt: "instanceTypeConfigs",
  },
  {
    policy: "prefer-graviton",
    kind: "job",
    set: { [`${groups}.0.instanceType`]: "m7i.2xlarge" },
    found: "cluster.instances.instanceGroups[0].instanceType is m7i.2xlarge.",
    unknownAt: "cluster.releaseLabel",
  },
  {
    policy: "prefer-graviton",
    kind: "cluster",
    set: { "coreInstanceGroup.instanceType": "r5.xlarge" },
    found: "coreInstanceGroup.instanceType is r5.xlarge.",
    unknownAt: "coreInstanceGroup.instanceType",
  },
  {
    policy: "max-instances",
    kind: "job",
    set: { [`${groups}.1.instanceCount`]: 51 },
    found: "The cluster may have 52 nodes.",
    unknownAt: `${groups}.1.instanceCount`,
  },
  {
    policy: "max-instances",
    kind: "job",
    from: goodFleetJobProps,
    set: { "cluster.managedScalingPolicy.computeLimits.maximumCapacityUnits": 240 },
    found: "The cluster may have 61 nodes.",
    unknownAt: "cluster.managedScalingPolicy",
  },
  {
    policy: "max-instances",
    kind: "cluster",
    set: { "coreInstanceGroup.autoscalingPolicy": JSON.stringify({ Constraints: { MaxCapacity: 60 } }) },
    found: "The cluster may have 61 nodes.",
    unknownAt: "coreInstanceGroup.autoscalingPolicy",
  },
  {
    policy: "max-instances",
    kind: "instanceGroup",
    set: { instanceCount: 60 },
    found: "The cluster may have 60 nodes.",
    unknownAt: "instanceCount",
  },
  {
    policy: "max-instances",
    kind: "instanceFleet",
    set: { targetSpotCapacity: 240 },
    found: "The cluster may have 62 nodes.",
    unknownAt: "targetSpotCapacity",
  },
  {
    policy: "max-instances",
    kind: "managedScalingPolicy",
    set: { "computeLimits.0.maximumCapacityUnits": 51 },
    found: "The cluster may have 51 nodes.",
    unknownAt: "computeLimits",
  },
  {
    policy: "managed-scaling-bounds",
    kind: "job",
    from: goodFleetJobProps,
    set: {
      "cluster.managedScalingPolicy.computeLimits": {
        unitType: "InstanceFleetUnits",
        minimumCapacityUnits: 1,
        maximumCapacityUnits: 16,
      },
    },
    found: [
      "cluster.managedScalingPolicy.computeLimits scales from 1 to 16. Allowed: a maximum of 10.",
      "cluster.managedScalingPolicy.computeLimits has no limit for on-demand units.",
    ],
    unknownAt: "cluster.managedScalingPolicy.computeLimits",
  },
  {
    policy: "managed-scaling-bounds",
    kind: "managedScalingPolicy",
    set: { "computeLimits.0.minimumCapacityUnits": 0.5 },
    found: "computeLimits[0] scales from 0.5 to 10.",
    unknownAt: "computeLimits.0",
  },
  {
    policy: "fleet-weights-proportional",
    kind: "job",
    from: goodFleetJobProps,
    set: { [`${fleets}.2.instanceTypeConfigs.1.weightedCapacity`]: 8 },
    found:
      "cluster.instances.instanceFleets[2].instanceTypeConfigs[1].weightedCapacity is 8 for the 4 vCPUs of m7g.xlarge. Allowed beside m6g.xlarge: 4, give or take 20 %.",
    unknownAt: `${fleets}.2.instanceTypeConfigs.1.weightedCapacity`,
  },
  {
    policy: "fleet-weights-proportional",
    kind: "cluster",
    set: {
      coreInstanceGroup: undefined,
      coreInstanceFleet: {
        targetOnDemandCapacity: 2,
        instanceTypeConfigs: [{ instanceType: "m7g.xlarge" }, { instanceType: "m7g.2xlarge" }],
      },
    },
    found: "coreInstanceFleet.instanceTypeConfigs[1].weightedCapacity is 1 for the 8 vCPUs of m7g.2xlarge.",
    unknownAt: "coreInstanceFleet.instanceTypeConfigs",
  },
  {
    policy: "fleet-weights-proportional",
    kind: "instanceFleet",
    set: { "instanceTypeConfigs.1": { instanceType: "m7g.4xlarge", weightedCapacity: 4 } },
    found: "instanceTypeConfigs[1].weightedCapacity is 4 for the 16 vCPUs of m7g.4xlarge.",
    unknownAt: "instanceTypeConfigs.1.instanceType",
  },
  {
    policy: "no-exotic-types",
    kind: "job",
    set: { [`${groups}.0.instanceType`]: "m5zn.3xlarge" },
    found: "cluster.instances.instanceGroups[0].instanceType is m5zn.3xlarge.",
    unknownAt: `${groups}.0.instanceType`,
  },
  {
    policy: "no-exotic-types",
    kind: "cluster",
    set: { "coreInstanceGroup.instanceType": "m6a.24xlarge" },
    found: "coreInstanceGroup.instanceType is m6a.24xlarge.",
    unknownAt: "coreInstanceGroup.instanceType",
  },
  {
    policy: "no-exotic-types",
    kind: "instanceGroup",
    set: { instanceType: "r6g.metal" },
    found: "instanceType is r6g.metal.",
    unknownAt: "instanceType",
  },
  {
    policy: "no-exotic-types",
    kind: "instanceFleet",
    set: { "instanceTypeConfigs.0.instanceType": "m5dn.xlarge" },
    found: "instanceTypeConfigs[0].instanceType is m5dn.xlarge.",
    unknownAt: "instanceTypeConfigs.0.instanceType",
  },
];
