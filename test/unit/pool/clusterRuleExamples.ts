import type { Candidate, PoolRequest } from "../../../provider/pool/candidate";
import { candidateOf, plainCluster, poolRequest } from "./poolFixtures";
import { fleet, instances, live, now, set, traits, unfinished } from "./specBuilders";

export type RuleExample = [rule: string, asked: PoolRequest, candidate: Candidate, reason: string];

/** Each rule over the whole cluster with a candidate that fails it and nothing else, and what the reason must say. */
export const clusterExamples: RuleExample[] = [
  ["R1", poolRequest(), { ...candidateOf(plainCluster), pool: "other" }, "pool: other, asked etl"],
  ["R1", poolRequest(), { ...candidateOf(plainCluster), pool: null }, "pool: none, asked etl"],
  ["R2", poolRequest(), live({ state: "STARTING" }), "state: STARTING, asked WAITING"],
  ["R2", poolRequest(), live({ state: "TERMINATING" }), "state: TERMINATING, asked WAITING"],
  ["R3", poolRequest(), traits({ autoTerminate: true }), "AutoTerminate: true"],
  ["R6", poolRequest(), candidateOf(set({ ReleaseLabel: "emr-7.4.0" })), "emr-7.4.0, asked emr-7.5.0"],
  ["R7", poolRequest(), traits({ customAmi: "ami-1" }), "CustomAmiId: ami-1, asked none"],
  ["R8", poolRequest(), candidateOf(set({ Applications: [{ Name: "Hive" }] })), "hive, asked spark"],
  [
    "R9",
    poolRequest(set({ Configurations: [{ Classification: "a", Properties: { p: "1" } }] })),
    candidateOf(set({ Configurations: [{ Classification: "a", Properties: { p: "2" } }] })),
    "a p: 2, asked 1",
  ],
  [
    "R10",
    poolRequest(),
    candidateOf(set({ BootstrapActions: [{ Name: "b", ScriptBootstrapAction: { Path: "s3://b/x.sh" } }] })),
    "s3://b/x.sh, asked none",
  ],
  [
    "R11",
    poolRequest(plainCluster, { uploadedFiles: { "s3://b/f": "1" } }),
    traits({ uploadedFiles: { "s3://c/f": "2" } }),
    "bootstrap files: f (sha256",
  ],
  [
    "R11",
    poolRequest(set({ BootstrapActions: [{ Name: "b", ScriptBootstrapAction: { Path: "s3://b/x.sh" } }] }), {
      bootstrapDigests: { "s3://b/x.sh": "new" },
    }),
    traits({
      bootstrapActions: [{ path: "s3://b/x.sh", args: [] }],
      bootstrapDigests: { "s3://b/x.sh": "old" },
    }),
    "old when the cluster was launched, asked new",
  ],
  [
    "R12",
    poolRequest(set({ AdditionalInfo: '{"a":1}' })),
    candidateOf(set({ AdditionalInfo: '{"a":2}' })),
    '{"a":2}, asked {"a":1}',
  ],
  ["R13", poolRequest(fleet({})), candidateOf(plainCluster), "INSTANCE_GROUP, asked INSTANCE_FLEET"],
  [
    "R14",
    poolRequest(instances({ Ec2KeyName: "a" })),
    candidateOf(instances({ Ec2KeyName: "b" })),
    "b, asked a",
  ],
  [
    "R15",
    poolRequest(instances({ Ec2SubnetIds: ["s-1", "s-2"] })),
    candidateOf(instances({ Ec2SubnetId: "s-3" })),
    "s-3, asked s-1 or s-2",
  ],
  ["R15", poolRequest(), candidateOf(instances({ Ec2SubnetId: "s-3" })), "s-3, asked none"],
  [
    "R16",
    poolRequest(set({ EbsRootVolumeSize: 50 })),
    candidateOf(set({ EbsRootVolumeSize: 40 })),
    "40 GiB < 50 GiB asked",
  ],
  ["R16", poolRequest(), candidateOf(set({ EbsRootVolumeSize: 40 })), "40, asked none"],
  ["R17", poolRequest(), candidateOf(set({ StepConcurrencyLevel: 2 })), "2 > 1 accepted"],
  [
    "R18",
    poolRequest(plainCluster, { maxConcurrentSteps: 2 }),
    live(
      { state: "RUNNING", steps: { pending: 1, running: 1, unfinished: 2 } },
      set({ StepConcurrencyLevel: 2 }),
    ),
    "2 pending or running",
  ],
  ["R18", poolRequest(), live({ slots: { total: 1, taken: 1 } }), "0 of 1 free < 1 needed"],
  [
    "R19",
    poolRequest(plainCluster, { stepsToAdd: 2 }),
    live({ stepsTotal: 999 }),
    "999 on the cluster + 2 > 1000",
  ],
  [
    "R20",
    poolRequest(plainCluster, { maxConcurrentSteps: 3 }),
    live({ steps: unfinished(1) }, set({ StepConcurrencyLevel: 3 })),
    "1 unfinished steps",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableMB: 1024 }),
    live({ yarn: { availableMB: 512 } }),
    "512 MB < 1024 MB asked",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableVirtualCores: 4 }),
    live({ yarn: { availableMB: 512 } }),
    "none < 4 asked",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableMB: 1 }),
    live({ yarn: null }),
    "can't be read, asked 1 MB",
  ],
  [
    "R38",
    poolRequest(plainCluster, { minAvailableVirtualCores: 4 }),
    live({ yarn: null }),
    "can't be read, asked 4 cores",
  ],
  ["R41", poolRequest(), live({ lock: { owner: "other", expiresAt: now.getTime() + 1 } }), "locked by other"],
];
