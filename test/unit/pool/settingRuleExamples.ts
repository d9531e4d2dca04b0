import type { RuleExample } from "./clusterRuleExamples";
import { candidateOf, plainCluster, poolRequest } from "./poolFixtures";
import {
  autoScaling,
  fleet,
  instances,
  live,
  now,
  reservation,
  scaling,
  set,
  traits,
  withGroups,
} from "./specBuilders";

/** Likewise for the other settings. */
export const settingExamples: RuleExample[] = [
  [
    "X1",
    poolRequest(set({ JobFlowRole: "admin" })),
    candidateOf(plainCluster),
    "JobFlowRole: EMR_EC2_DefaultRole, asked admin",
  ],
  [
    "X2",
    poolRequest(withGroups([{ Configurations: [{ Classification: "a", Properties: { p: "1" } }] }])),
    candidateOf(withGroups([{}])),
    "a p: none, asked 1",
  ],
  [
    "X3",
    poolRequest(withGroups([{ InstanceCount: 3 }])),
    candidateOf(withGroups([{ InstanceType: "m5.4xlarge" }])),
    "1 masters < 3 asked",
  ],
  ["X4", poolRequest(), live({ lastActivity: now.getTime() - 540_000 }), "60 s left, asked more than 60 s"],
  [
    "X5",
    poolRequest(instances({ Placement: { AvailabilityZone: "a" } })),
    candidateOf(instances({ Placement: { AvailabilityZone: "b" } })),
    "b, asked a",
  ],
  [
    "X6",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{ InstanceType: "m6g.2xlarge" }])),
    "m6g.2xlarge is AARCH64, asked X86_64",
  ],
  [
    "X7",
    poolRequest(set({ OSReleaseLabel: "2.0.1" })),
    candidateOf(set({ OSReleaseLabel: "2.0.2" })),
    "2.0.2, asked 2.0.1",
  ],
  ["X8", poolRequest(scaling(20)), candidateOf(scaling(10)), "up to 10 Instances < 20 asked"],
  [
    "X8",
    poolRequest(withGroups(autoScaling(9))),
    candidateOf(withGroups(autoScaling(5))),
    "up to 5 instances < 9 asked",
  ],
  ["X9", poolRequest(), traits({ terminationProtected: true }), "TerminationProtected: true, asked false"],
  [
    "X10",
    poolRequest(set({ PlacementGroupConfigs: [{ InstanceRole: "MASTER" }] })),
    candidateOf(plainCluster),
    "none, asked MASTER:SPREAD",
  ],
  [
    "X11",
    poolRequest(set({ SessionEnabled: true })),
    candidateOf(plainCluster),
    "SessionEnabled: false, asked true",
  ],
  [
    "X12",
    poolRequest(set({ CustomAmiId: "ami-1" })),
    candidateOf(set({ CustomAmiId: "ami-1", RepoUpgradeOnBoot: "NONE" })),
    "NONE, asked SECURITY",
  ],
  ["X13", poolRequest(set({ SupportedProducts: ["mapr"] })), candidateOf(plainCluster), "none, asked"],
  [
    "X14",
    poolRequest(instances({ HadoopVersion: "1" })),
    candidateOf(instances({ HadoopVersion: "2" })),
    "2, asked 1",
  ],
  [
    "X15",
    poolRequest({ ...withGroups(autoScaling(5)), AutoScalingRole: "a" }),
    candidateOf({ ...withGroups(autoScaling(5)), AutoScalingRole: "b" }),
    "b, asked a",
  ],
  [
    "X16",
    poolRequest(fleet(reservation("arn:1"))),
    candidateOf(fleet(reservation("arn:2"))),
    "arn:2, asked arn:1",
  ],
];
