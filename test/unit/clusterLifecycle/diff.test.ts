import { expect, test } from "vitest";
import type { ClusterSpec } from "../../../provider/args";
import { clusterInputProblems } from "../../../provider/clusterLifecycle/clusterInputs";
import { diff } from "../../../provider/clusterLifecycle/clusterProvider";
import type {
  ClusterProviderInputs,
  ClusterProviderState,
} from "../../../provider/clusterLifecycle/clusterState";

const cluster: ClusterSpec = {
  releaseLabel: "emr-7.5.0",
  serviceRole: "s",
  jobFlowRole: "j",
  instances: {
    instanceGroups: [
      { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
      { instanceRole: "CORE", instanceType: "m5.xlarge", instanceCount: 2 },
    ],
  },
};
const inputs: ClusterProviderInputs = {
  pool: { name: "p", store: "s3://bucket/p" },
  cluster,
  __urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/emr:PooledEmrCluster::c",
};
const withInstances = (instances: object): Partial<ClusterProviderInputs> => ({
  cluster: { ...cluster, instances: { ...cluster.instances, ...instances } },
});
const [master, core] = cluster.instances!.instanceGroups!;

const cases: [string, Partial<ClusterProviderInputs>, "nothing" | "in place" | string[]][] = [
  ["nothing", {}, "nothing"],
  ["the same, written in another order", { cluster: { ...cluster, releaseLabel: "emr-7.5.0" } }, "nothing"],
  ["a group's size", withInstances({ instanceGroups: [master, { ...core, instanceCount: 5 }] }), "in place"],
  [
    "a group's type",
    withInstances({ instanceGroups: [master, { ...core, instanceType: "m5.2xlarge" }] }),
    ["cluster"],
  ],
  [
    "one more group",
    withInstances({ instanceGroups: [master, core, { ...core, instanceRole: "TASK" }] }),
    ["cluster"],
  ],
  ["protection", withInstances({ terminationProtected: true }), "in place"],
  ["a subnet", withInstances({ ec2SubnetId: "subnet-1" }), ["cluster"]],
  ["the release", { cluster: { ...cluster, releaseLabel: "emr-7.9.0" } }, ["cluster"]],
  ["tags", { cluster: { ...cluster, tags: [{ key: "a", value: "1" }] } }, "in place"],
  ["the idle timeout", { cluster: { ...cluster, autoTerminationPolicy: { idleTimeout: 900 } } }, "in place"],
  [
    "the default idle timeout, written down",
    { cluster: { ...cluster, autoTerminationPolicy: { idleTimeout: 604_800 } } },
    "nothing",
  ],
  [
    "scaling limits",
    {
      cluster: {
        ...cluster,
        managedScalingPolicy: {
          computeLimits: { unitType: "Instances", minimumCapacityUnits: 2, maximumCapacityUnits: 9 },
        },
      },
    },
    "in place",
  ],
  ["the drain timeout", { drainTimeoutMinutes: 5 }, "in place"],
  ["the cap of the pool", { pool: { ...inputs.pool, maxClusters: 3 } }, "nothing"],
  ["the pool", { pool: { ...inputs.pool, name: "q" } }, ["pool"]],
  ["step concurrency", { pool: { ...inputs.pool, maxConcurrentSteps: 4 } }, ["pool"]],
  ["the region", { region: "eu-west-1" }, ["region"]],
  ["the scope", { scope: "x" }, ["scope"]],
];

test.each(cases)("a change of %s", async (_, change, expected) => {
  const olds = { ...inputs, clusterId: "j-1", entryId: "e", state: "WAITING" } as ClusterProviderState;
  expect(await diff("id", olds, { ...inputs, ...change })).toEqual({
    changes: expected !== "nothing",
    replaces: Array.isArray(expected) ? expected : [],
    deleteBeforeReplace: true,
  });
});

test.each<[string, Partial<ClusterProviderInputs>, string[]]>([
  ["good inputs", {}, []],
  ["protection, which a job may not ask for", withInstances({ terminationProtected: true }), []],
  [
    "protection that is no flag",
    withInstances({ terminationProtected: "yes" }),
    ["cluster.instances.terminationProtected"],
  ],
  ["no pool name", { pool: { ...inputs.pool, name: "" } }, ["pool.name"]],
  ["a drain of two days", { drainTimeoutMinutes: 2_880 }, ["drainTimeoutMinutes"]],
  [
    "an unknown field of the cluster",
    { cluster: { ...cluster, releaseLable: "x" } as ClusterSpec },
    ["cluster.releaseLable"],
  ],
])("validation of %s", (_, change, properties) => {
  expect(clusterInputProblems({ ...inputs, ...change }).map(({ property }) => property)).toEqual(properties);
});
