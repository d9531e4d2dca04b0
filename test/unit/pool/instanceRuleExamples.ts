import type { RuleExample } from "./clusterRuleExamples";
import { candidateOf, poolRequest } from "./poolFixtures";
import { fleet, scaling, spotTimeout, volume, withGroups } from "./specBuilders";

/** Likewise for groups and fleets. */
export const instanceExamples: RuleExample[] = [
  ["R22", poolRequest(), candidateOf(withGroups([{}])), "no CORE"],
  [
    "R22",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{}, { InstanceRole: "TASK" }])),
    "TASK on the cluster",
  ],
  [
    "R23",
    poolRequest(withGroups([{}])),
    candidateOf(withGroups([{ Market: "SPOT" }])),
    "SPOT, asked ON_DEMAND",
  ],
  [
    "R23",
    poolRequest(withGroups([{ Market: "SPOT", BidPrice: "10" }])),
    candidateOf(withGroups([{ Market: "SPOT", BidPrice: "9.5" }])),
    "9.5 < 10 asked",
  ],
  [
    "R24",
    poolRequest(withGroups([{ InstanceType: "r5.xlarge" }])),
    candidateOf(withGroups([{ InstanceType: "m5.xlarge" }])),
    "MASTER: 16 GiB per instance < 32 GiB asked",
  ],
  [
    "R25",
    poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 4 }])),
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceCount: 3 }])),
    "CORE: 12 vCPUs running (3 x m5.xlarge) < 16 asked (4 x m5.xlarge)",
  ],
  [
    "R26",
    poolRequest(withGroups([{ InstanceType: "new.type" }])),
    candidateOf(withGroups([{ InstanceType: "m5.xlarge" }])),
    "m5.xlarge, asked new.type",
  ],
  [
    "R26",
    poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type", InstanceCount: 2 }])),
    candidateOf(withGroups([{}, { InstanceRole: "CORE", InstanceType: "new.type" }])),
    "1 running of new.type < 2 asked",
  ],
  [
    "R26",
    poolRequest(withGroups([{}, { InstanceRole: "CORE" }])),
    candidateOf(
      withGroups([{}, { InstanceRole: "CORE" }, { InstanceRole: "TASK", InstanceType: "new.type" }]),
    ),
    "new.type, whose size is not known",
  ],
  [
    "R25",
    poolRequest(withGroups([{}, { InstanceRole: "CORE", InstanceType: "m5.2xlarge", InstanceCount: 5 }])),
    candidateOf({
      ...withGroups([{}, { InstanceRole: "CORE", InstanceType: "r5.xlarge" }]),
      ManagedScalingPolicy: scaling(9).ManagedScalingPolicy,
    }),
    "CORE and TASK: up to 9 Instances by managed scaling < 10 needed for 5 x m5.2xlarge asked",
  ],
  [
    "R28",
    poolRequest(withGroups([{ EbsConfiguration: { EbsOptimized: true } }])),
    candidateOf(withGroups([{}])),
    "EbsOptimized: false, asked true",
  ],
  [
    "R29",
    poolRequest(withGroups([volume("gp3", 100, { Throughput: 500 })])),
    candidateOf(withGroups([volume("gp3", 100, { Throughput: 125 })])),
    "gp3 100 GiB 125 MiB/s, asked gp3 100 GiB 500 MiB/s",
  ],
  [
    "R37",
    poolRequest({
      ...fleet({}),
      Instances: {
        InstanceFleets: [
          ...fleet({}).Instances!.InstanceFleets!,
          {
            InstanceFleetType: "CORE",
            TargetSpotCapacity: 1,
            InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
          },
        ],
      },
    }),
    candidateOf(fleet({})),
    "no CORE",
  ],
  [
    "R30",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { InstanceType: "m5.4xlarge" })),
    "types m5.4xlarge, asked only m5.xlarge",
  ],
  [
    "R31",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { WeightedCapacity: 2 })),
    "WeightedCapacity: 2, asked 1",
  ],
  [
    "R32",
    poolRequest(fleet({ TargetOnDemandCapacity: 2 })),
    candidateOf(fleet({ TargetSpotCapacity: 9 })),
    "on-demand capacity 1 < 2 asked",
  ],
  [
    "R33",
    poolRequest(fleet({ TargetSpotCapacity: 3 })),
    candidateOf(fleet({ TargetOnDemandCapacity: 2, TargetSpotCapacity: 1 })),
    "1 + 1 surplus on-demand < 3 asked",
  ],
  [
    "R34",
    poolRequest(fleet({}, { EbsConfiguration: { EbsOptimized: true } })),
    candidateOf(fleet({})),
    "m5.xlarge: EbsOptimized",
  ],
  [
    "R35",
    poolRequest(fleet({})),
    candidateOf(fleet(spotTimeout("TERMINATE_CLUSTER"))),
    "TERMINATE_CLUSTER, asked none",
  ],
  [
    "R36",
    poolRequest(fleet({}, { BidPriceAsPercentageOfOnDemandPrice: 80 })),
    candidateOf(fleet({}, { BidPriceAsPercentageOfOnDemandPrice: 60 })),
    "60 % of on-demand < 80 % of on-demand asked",
  ],
  [
    "R36",
    poolRequest(fleet({})),
    candidateOf(fleet({}, { BidPrice: "9" })),
    "9 USD < 100 % of on-demand asked",
  ],
  [
    "R36",
    poolRequest(fleet({}, { BidPrice: "10" })),
    candidateOf(fleet({}, { BidPrice: "9" })),
    "9 USD < 10 USD asked",
  ],
];
