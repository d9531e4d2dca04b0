import { DescribeClusterCommand, ListInstanceGroupsCommand } from "@aws-sdk/client-emr";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../provider/args";
import * as provider from "../../provider/clusterLifecycle/clusterProvider";
import type {
  ClusterProviderInputs,
  ClusterProviderState,
} from "../../provider/clusterLifecycle/clusterState";
import { check as checkJob } from "../../provider/lifecycle/check";
import { create as createJob } from "../../provider/lifecycle/create";
import { deleteJob } from "../../provider/lifecycle/delete";
import type { ProviderInputs, ProviderState } from "../../provider/lifecycle/state";
import { shellStep } from "../../provider/steps/shellStep";
import { LocalEmrHarness } from "./localEmrHarness";

/** The resource's methods as the provider process calls them, over the local servers. */
let local: LocalEmrHarness;
const before = { ...process.env };

beforeAll(async () => {
  local = await LocalEmrHarness.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: local.server.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  await local.s3.send(new CreateBucketCommand({ Bucket: "kept" }));
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await local.stop();
});

const clusterOf = (cores: number, change: Partial<ClusterSpec> = {}): ClusterSpec => ({
  releaseLabel: "emr-7.5.0",
  serviceRole: "EMR_DefaultRole",
  jobFlowRole: "EMR_EC2_DefaultRole",
  logUri: "s3://kept/logs/",
  ...change,
  instances: {
    instanceGroups: [
      { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
      { instanceRole: "CORE", instanceType: "m5.xlarge", instanceCount: cores },
    ],
    ...change.instances,
  },
});
const inputsOf = (name: string, change: Partial<ClusterProviderInputs> = {}): ClusterProviderInputs => ({
  pool: { name, store: "s3://kept/pool" },
  cluster: clusterOf(1),
  __urn: `urn:pulumi:dev::project::pulumi-nodejs:dynamic/emr:PooledEmrCluster::${name}`,
  ...change,
});
async function createCluster(
  inputs: ClusterProviderInputs,
): Promise<{ id: string; state: ClusterProviderState }> {
  const { id, outs } = await provider.create(inputs);
  return { id, state: outs! };
}
const launches = async () => {
  const calls = (await local.admin("calls?operation=RunJobFlow")) as unknown[];
  return calls.length;
};
const stateOf = async (clusterId: string) => {
  const { Cluster } = await local.emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
  return Cluster?.Status?.State;
};

describe("a kept cluster", () => {
  test("is launched once, however often create runs, and is ready when it returns", async () => {
    const first = await createCluster(inputsOf("once"));
    const launched = await launches();
    const again = await createCluster(inputsOf("once"));
    expect(again).toEqual(first);
    expect(await launches()).toBe(launched);
    expect(first.state).toMatchObject({
      state: "WAITING",
      clusterName: expect.stringContaining("#pe.once."),
    });
    expect(first.state.clusterId).toMatch(/^j-/);
  });

  test("two runs at once launch one", async () => {
    const launched = await launches();
    const [a, b] = await Promise.all([createCluster(inputsOf("both")), createCluster(inputsOf("both"))]);
    expect(a.state.clusterId).toBe(b.state.clusterId);
    expect(await launches()).toBe(launched + 1);
  });

  test("is found again when EMR's answer to the launch was lost", async () => {
    await local.admin("faults", { service: "emr", operation: "RunJobFlow", when: "after", loseAnswer: true });
    const launched = await launches();
    const { state } = await createCluster(inputsOf("lost"));
    expect(state.state).toBe("WAITING");
    expect(await launches()).toBe(launched + 1);
  });

  test("is joined by a job it satisfies", async () => {
    const { state } = await createCluster(inputsOf("joined"));
    const job = await createJob({
      pool: { name: "joined", store: "s3://kept/pool" },
      cluster: clusterOf(1),
      steps: [shellStep({ name: "s", command: "true" })],
      waitFor: "completed",
      placement: { action: "unknown", reason: "", refused: [] },
      __urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/emr:PooledEmrJob::j",
    } as ProviderInputs);
    expect(job.outs).toMatchObject({ joined: true, clusterId: state.clusterId, state: "COMPLETED" });
  });

  test("is resized, scaled, tagged, timed and protected in place", async () => {
    const { id, state } = await createCluster(
      inputsOf("changed", { cluster: clusterOf(1, { tags: [{ key: "old", value: "1" }] }) }),
    );
    const news = inputsOf("changed", {
      cluster: clusterOf(3, {
        tags: [{ key: "new", value: "2" }],
        autoTerminationPolicy: { idleTimeout: 1800 },
        managedScalingPolicy: {
          computeLimits: { unitType: "Instances", minimumCapacityUnits: 2, maximumCapacityUnits: 5 },
        },
        instances: { terminationProtected: true },
      }),
    });
    const { outs } = await provider.update(id, state, news);
    expect(outs).toMatchObject({ clusterId: state.clusterId, cluster: news.cluster });
    const ClusterId = state.clusterId;
    const { InstanceGroups } = await local.emr.send(new ListInstanceGroupsCommand({ ClusterId }));
    expect(InstanceGroups?.find(({ InstanceGroupType }) => InstanceGroupType === "CORE")).toMatchObject({
      RequestedInstanceCount: 3,
    });
    const shown = await local.emr.send(new DescribeClusterCommand({ ClusterId }));
    const tags = Object.fromEntries((shown.Cluster?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    expect(tags).toMatchObject({ new: "2", "pulumi-pooled-emr:pool": "changed" });
    expect(tags).not.toHaveProperty("old");
    expect(shown.Cluster?.TerminationProtected).toBe(true);
    await provider.remove(id, outs!);
    expect(await stateOf(ClusterId)).toBe("TERMINATED");
  });

  describe("that changes in place is judged by jobs as it is now:", () => {
    const isProtected = clusterOf(1, { instances: { terminationProtected: true } });
    const scaled = (maximumCapacityUnits: number) =>
      clusterOf(1, {
        managedScalingPolicy: {
          computeLimits: { unitType: "Instances", minimumCapacityUnits: 1, maximumCapacityUnits },
        },
      });
    const resized = clusterOf(3);
    test.each<{ change: string; from: ClusterSpec; to: ClusterSpec; job: ClusterSpec; joins: boolean }>([
      { change: "protected", from: clusterOf(1), to: isProtected, job: clusterOf(1), joins: false },
      { change: "unprotected", from: isProtected, to: clusterOf(1), job: clusterOf(1), joins: true },
      { change: "higher limits", from: scaled(4), to: scaled(8), job: scaled(6), joins: true },
      { change: "lower limits", from: scaled(8), to: scaled(4), job: scaled(6), joins: false },
      { change: "larger", from: clusterOf(1), to: resized, job: resized, joins: true },
      { change: "smaller", from: resized, to: clusterOf(1), job: resized, joins: false },
    ])("$change", async ({ change, from, to, job, joins }) => {
      const name = change.replaceAll(" ", "-");
      const { id, state } = await createCluster(inputsOf(name, { cluster: from }));
      await provider.update(id, state, inputsOf(name, { cluster: to }));
      const inputs = {
        pool: { name, store: "s3://kept/pool" },
        cluster: job,
        steps: [shellStep({ name: "s", command: "true" })],
        __urn: `urn:pulumi:dev::project::pulumi-nodejs:dynamic/emr:PooledEmrJob::${name}`,
      } as ProviderInputs;
      const { placement } = (await checkJob({}, inputs)).inputs;
      expect(placement).toMatchObject({ action: joins ? "join" : "launch" });
      expect(placement.refused.length).toBe(joins ? 0 : 1);
      // The update does as the preview said, with the fewer calls that it makes.
      const created = (await createJob({ ...inputs, placement })).outs as ProviderState;
      expect(created.clusterId === state.clusterId).toBe(joins);
    });
  });

  test("is dropped from the state once it is gone, and the next create launches another", async () => {
    const { id, state } = await createCluster(inputsOf("gone"));
    expect(await provider.read(id, state)).toMatchObject({ id, props: { state: "WAITING" } });
    await provider.remove(id, state);
    expect(await provider.read(id, state)).toMatchObject({ id: "" });
    const next = await createCluster(inputsOf("gone"));
    expect(next.state.clusterId).not.toBe(state.clusterId);
    expect(next.id).not.toBe(id);
  });

  test("waits for its jobs when it is deleted, and says so when they take too long", async () => {
    const { id, state } = await createCluster(inputsOf("busy", { drainTimeoutMinutes: 0 }));
    const jobInputs = {
      pool: { name: "busy", store: "s3://kept/pool" },
      cluster: clusterOf(1),
      steps: [shellStep({ name: "s", command: "sleep 600" })],
      placement: { action: "unknown", reason: "", refused: [] },
      __urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/emr:PooledEmrJob::busy",
    } as ProviderInputs;
    const job = await createJob(jobInputs);
    await expect(provider.remove(id, state)).rejects.toThrow(/still has jobs after 0 minutes.*DRAIN_TIMEOUT/);
    expect(await stateOf(state.clusterId)).toMatch(/RUNNING|WAITING/);
    await deleteJob(job.id, job.outs as ProviderState);
    await provider.remove(id, state);
    expect(await stateOf(state.clusterId)).toBe("TERMINATED");
  });

  test("tells EMR's reason when it never gets ready", async () => {
    await local.admin("emr/settings", {
      bootstrapFailure: "On the master instance, bootstrap action 1 returned 1",
    });
    try {
      const launched = await launches();
      await expect(createCluster(inputsOf("broken"))).rejects.toThrow(/bootstrap action 1.*CLUSTER_FAILED/);
      expect(await launches()).toBe(launched + 1);
    } finally {
      await local.admin("emr/settings", { bootstrapFailure: null });
    }
    expect((await createCluster(inputsOf("broken"))).state.state).toBe("WAITING");
  });

  test("tells EMR's reason without the secrets it quotes", async () => {
    const password = "hunter2-of-the-warehouse";
    await local.admin("emr/settings", {
      bootstrapFailure: `bootstrap action 1 failed: --password ${password}`,
    });
    try {
      const cluster = clusterOf(1, {
        bootstrapActions: [
          {
            name: "mount",
            scriptBootstrapAction: { path: "s3://kept/mount.sh", args: ["--password", password] },
          },
        ],
      });
      const secretPaths = ["cluster.bootstrapActions[0].scriptBootstrapAction.args[1]"];
      const error = await createCluster(inputsOf("secret", { cluster, secretPaths })).catch(String);
      expect(error).toMatch(/bootstrap action 1 failed.*CLUSTER_FAILED/);
      expect(error).not.toContain(password);
    } finally {
      await local.admin("emr/settings", { bootstrapFailure: null });
    }
  });

  test("obeys the pool's cap", async () => {
    const pool = { name: "full", store: "s3://kept/pool", maxClusters: 1, timeoutMinutes: 0 };
    await createCluster(inputsOf("full", { pool }));
    const second = inputsOf("full", { pool, scope: "other" });
    await expect(createCluster(second)).rejects.toThrow(/1 of at most 1 clusters.*POOL_TIMEOUT/);
  });
});
