import { catalog } from "../../../policies/catalog";
import { goodJobProps, keptClusterOf } from "../../support/policies/programs";
import { hardwareCases } from "./hardwareCases";
import { lifecycleCases } from "./lifecycleCases";
import type { PolicyCase } from "./policyCase";
import { securityCases } from "./securityCases";
import { spotCases } from "./spotCases";
import { stepCases } from "./stepCases";

const idleTimeout = "cluster.autoTerminationPolicy.idleTimeout";

/** Rules that judge a kept cluster by other properties or limits than a job: their cases are written out below. */
const different = ["idle-timeout-required", "no-secrets-in-args", "wait-bounded", "reuse-expected"];

/** What breaks a rule in a job breaks it in a kept cluster: both have one form of pool and cluster. */
const likeJobs = [...lifecycleCases, ...hardwareCases, ...spotCases, ...securityCases, ...stepCases]
  .filter(({ kind, policy }) => kind === "job" && !different.includes(policy))
  .filter(({ policy }) => catalog.find(({ name }) => name === policy)!.kinds?.includes("keptCluster"))
  .map(
    (testCase): PolicyCase => ({
      ...testCase,
      kind: "keptCluster",
      from: () => keptClusterOf((testCase.from ?? goodJobProps)()),
    }),
  );

/** Policies about clusters that are kept in a pool. */
export const keptClusterCases: PolicyCase[] = [
  ...likeJobs,
  {
    policy: "idle-timeout-required",
    kind: "keptCluster",
    set: { "cluster.autoTerminationPolicy": undefined },
    found: `${idleTimeout} is not set and defaults to 604800 s. Allowed for a cluster that is kept: 300 to 86400 s. An idle cluster is billed in full until something ends it. Set ${idleTimeout} to a number of seconds from 300 to 86400.`,
    unknownAt: "cluster.autoTerminationPolicy",
    remediated: { [idleTimeout]: 86_400 },
  },
  {
    policy: "idle-timeout-required",
    kind: "keptCluster",
    set: { [idleTimeout]: 86_401 },
    found: `${idleTimeout} is 86401 s.`,
    unknownAt: idleTimeout,
    remediated: { [idleTimeout]: 86_400 },
  },
  {
    policy: "idle-timeout-required",
    kind: "keptCluster",
    set: { [idleTimeout]: 60 },
    found: `${idleTimeout} is 60 s.`,
    unknownAt: "cluster",
    remediated: { [idleTimeout]: 300 },
  },
  {
    policy: "idle-timeout-required",
    kind: "keptCluster",
    set: { "cluster.autoTerminationPolicy": undefined },
    surroundings: { config: { keptMaxSeconds: 604_800, requireExplicit: true } },
    found: `${idleTimeout} is not written down and defaults to 604800 s. Allowed for a cluster that is kept: 300 to 604800 s, explicit.`,
    unknownAt: "cluster.autoTerminationPolicy",
    remediated: { [idleTimeout]: 604_800 },
  },
  {
    policy: "no-secrets-in-args",
    kind: "keptCluster",
    set: {
      "cluster.bootstrapActions": [
        { name: "b", scriptBootstrapAction: { path: "s3://b/1.0/b.sh", args: ["--token", "abcd1234"] } },
      ],
    },
    found:
      "cluster.bootstrapActions[0].scriptBootstrapAction.args[1] looks like a secret: password or key by name",
    unknownAt: "cluster.bootstrapActions.0",
  },
  {
    policy: "no-secrets-in-args",
    kind: "keptCluster",
    set: {
      secretPaths: ["cluster.instances.instanceGroups[0].configurations[0].properties.key", "cluster.logUri"],
    },
    found:
      "cluster.instances.instanceGroups[0].configurations[0].properties.key is a Pulumi secret (not shown).",
    unknownAt: "secretPaths",
  },
  {
    policy: "wait-bounded",
    kind: "keptCluster",
    set: { "pool.timeoutMinutes": 120, drainTimeoutMinutes: 600 },
    surroundings: { config: { maxCompletion: 240 } },
    found: [
      "pool.timeoutMinutes is 120. Allowed: at most 60 minutes.",
      "drainTimeoutMinutes is 600. Allowed: at most 240 minutes.",
    ],
    unknownAt: "pool.timeoutMinutes",
    remediated: { "pool.timeoutMinutes": 30, drainTimeoutMinutes: 240 },
  },
  {
    policy: "reuse-expected",
    kind: "keptCluster",
    set: { "pool.name": "run-20261120" },
    found: "pool.name is run-20261120, which is for one use.",
    unknownAt: "pool.name",
  },
];
