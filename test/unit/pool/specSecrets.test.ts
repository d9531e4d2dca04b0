import { describe, expect, it } from "vitest";
import type { ClusterSpec } from "../../../provider/args";
import { fingerprint } from "../../../provider/pool/fingerprint";
import { launchRequest, matchableCluster } from "../../../provider/pool/launchRequest";
import { withoutSecrets } from "../../../provider/pool/specSecrets";

const spec = (password: string): ClusterSpec =>
  ({
    releaseLabel: "emr-7.5.0",
    instances: { instanceGroups: [{ instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 }] },
    configurations: [
      { classification: "hive-site", properties: { "javax.jdo.ConnectionPassword": password } },
    ],
  }) as ClusterSpec;
const settings = {
  poolName: "etl",
  store: "s3://b/p",
  secretPaths: ["cluster.configurations[0].properties.javax.jdo.ConnectionPassword"],
};
const digest = (password: string, poolName = "etl") =>
  fingerprint(matchableCluster(spec(password), { ...settings, poolName })).fingerprint;

describe("secrets in a cluster spec", () => {
  it("are sent to EMR and written nowhere else", () => {
    const launch = launchRequest(spec("hunter2"), settings);
    expect(JSON.stringify(launch.request)).toContain("hunter2");
    expect(JSON.stringify(launch.record)).not.toContain("hunter2");
  });

  it("still tell two specs apart, and the same in every process of one pool only", () => {
    expect(digest("a")).toBe(digest("a"));
    expect(digest("a")).not.toBe(digest("b"));
    expect(digest("a")).not.toBe(digest("a", "other"));
  });

  it.each([
    ["a whole list", "cluster.configurations"],
    ["an item", "cluster.configurations[0]"],
    ["a map", "cluster.configurations[0].properties"],
    ["all", "cluster"],
  ])("below a path to %s are replaced as well", (_, path) => {
    const text = JSON.stringify(withoutSecrets(spec("hunter2"), [path], "salt"));
    expect(text).not.toContain("hunter2");
    expect(text).toContain("secret-");
  });

  it("elsewhere leave the cluster as it is", () => {
    const given = spec("x");
    expect(withoutSecrets(given, ["steps[0].name", "clusterOf.x", "cluster.noSuch[3]"], "salt")).toEqual(
      given,
    );
  });
});

describe("a launch", () => {
  it("is kept alive, ends when idle, has the pool's tags and the user's, and no name of its own", () => {
    const cluster = { ...spec("x"), name: "nightly", tags: [{ key: "team", value: "data" }] } as ClusterSpec;
    const { name, slots, request, record } = launchRequest(cluster, { ...settings, maxConcurrentSteps: 3 });
    expect({ name, slots }).toEqual({ name: "nightly", slots: 3 });
    expect(request.Name).toBeUndefined();
    expect(request).toMatchObject({
      Instances: { KeepJobFlowAliveWhenNoSteps: true, TerminationProtected: false },
      AutoTerminationPolicy: { IdleTimeout: 600 },
      StepConcurrencyLevel: 3,
      Tags: [
        { Key: "team", Value: "data" },
        { Key: "pulumi-pooled-emr:pool", Value: "etl" },
        { Key: "pulumi-pooled-emr:fingerprint", Value: record.fingerprint },
        { Key: "pulumi-pooled-emr:schema", Value: "1" },
      ],
    });
    expect(request.Steps).toBeUndefined();
  });

  it.each([
    [undefined, 600],
    [null, 600],
    [{}, 600],
    [{ idleTimeout: null }, 600],
    [{ idleTimeout: 60 }, 60],
  ])("with autoTerminationPolicy %j ends after %i s idle", (autoTerminationPolicy, seconds) => {
    const { request, record } = launchRequest({ ...spec("x"), autoTerminationPolicy } as never, settings);
    for (const { AutoTerminationPolicy } of [request, record.request])
      expect(AutoTerminationPolicy).toEqual({ IdleTimeout: seconds });
  });
});
