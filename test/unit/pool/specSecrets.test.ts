import { describe, expect, it } from "vitest";
import type { ClusterSpec } from "../../../provider/args";
import { decide, examine } from "../../../provider/pool/decide";
import { fingerprint } from "../../../provider/pool/fingerprint";
import { launchRequest, matchableCluster } from "../../../provider/pool/launchRequest";
import { specDiff } from "../../../provider/pool/specDiff";
import { secretTexts, withoutSecrets } from "../../../provider/pool/specSecrets";
import { candidateOf, poolRequest } from "./poolFixtures";
import { context } from "./specBuilders";

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

describe("a cluster that EMR describes with its secrets in plain", () => {
  const cluster = (secret: string): ClusterSpec => ({
    ...spec("x"),
    configurations: [
      { classification: "core-site", properties: { "my.jdbc.url": secret, "fs.trash.interval": "60" } },
      {
        classification: "hadoop-env",
        configurations: [{ classification: "export", properties: { JAVA_OPTS: secret } }],
      },
    ],
    bootstrapActions: [
      { name: "b", scriptBootstrapAction: { path: "s3://b/x.sh", args: ["--key", secret, "60"] } },
    ],
    instances: {
      instanceGroups: [
        {
          instanceRole: "MASTER",
          instanceType: "m5.xlarge",
          instanceCount: 1,
          configurations: [{ classification: "yarn-site", properties: { k: secret } }],
        },
        { instanceRole: "TASK", instanceType: "m5.xlarge", instanceCount: 1 },
        {
          instanceRole: "TASK",
          instanceType: "m5.xlarge",
          instanceCount: 1,
          configurations: [{ classification: "yarn-site", properties: { k: secret } }],
        },
      ],
    },
  });
  const asked = (secret: string, paths: string[]) =>
    poolRequest(matchableCluster(cluster(secret), { ...settings, secretPaths: paths }));
  const described = (secret: string) =>
    candidateOf(matchableCluster(cluster(secret), { ...settings, secretPaths: [] }));
  const leaves = [
    "cluster.configurations[0].properties.my.jdbc.url",
    "cluster.configurations[1].configurations[0].properties.JAVA_OPTS",
    "cluster.bootstrapActions[0].scriptBootstrapAction.args[1]",
    "cluster.instances.instanceGroups[0].configurations[0].properties.k",
    "cluster.instances.instanceGroups[2].configurations[0].properties.k",
  ];
  const wholes = [
    "cluster.configurations",
    "cluster.bootstrapActions[0].scriptBootstrapAction.args",
    "cluster.instances.instanceGroups[0].configurations",
    "cluster.instances.instanceGroups[2].configurations",
  ];

  it.each([[leaves], [wholes]])("is joined with the same ones: %j", (paths) => {
    expect(decide(asked("hunter2", paths), [described("hunter2")], context).verdicts[0]!.refused).toEqual([]);
  });

  it.each([
    [leaves, ["R9", "R10", "R25", "X2"]],
    [wholes, ["R9", "R10", "R25", "X2"]],
  ])("is refused with others, and neither is shown: %j", (paths, expected) => {
    const request = asked("hunter3", paths);
    const { verdicts } = decide(request, [described("hunter2")], context);
    expect(verdicts[0]!.refused.map(({ rule }) => rule)).toEqual(expected);
    const said = JSON.stringify([verdicts, examine(request, described("hunter2"), context)]);
    expect(said).not.toMatch(/hunter|secret-/);
    expect(said).toContain("configurations: core-site my.jdbc.url: (not shown), asked (not shown)");
    expect(said).toContain("bootstrap actions: (not shown), asked (not shown)");
  });

  it("is refused where the spec has in plain what the cluster was launched with as a secret", () => {
    const [own, plain] = [asked("hunter2", leaves).cluster, asked("hunter2", []).cluster];
    expect(JSON.stringify(specDiff(own, plain))).not.toContain("hunter2");
    const { verdicts } = decide(poolRequest(plain), [candidateOf(own)], context);
    expect(verdicts[0]!.joinable).toBe(false);
    expect(JSON.stringify(verdicts)).not.toMatch(/hunter|secret-/);
  });

  it("knows its secrets by what the record of its launch does not show", () => {
    const { request, record } = launchRequest(cluster("hunter2"), { ...settings, secretPaths: leaves });
    expect(new Set(secretTexts(request, record.request))).toEqual(new Set(["hunter2"]));
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
