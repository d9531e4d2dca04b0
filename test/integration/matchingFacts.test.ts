import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalServer, startLocalServer } from "../../local/server";
import { createEmrReader, type EmrCallEvent, type PoolEmrReader } from "../../provider/emr/emrReader";
import { PoolFacts } from "../../provider/emr/poolFacts";
import type { PoolEntry } from "../../provider/lease/types";
import { formatClusterName } from "../../provider/pool/clusterName";
import { fingerprint } from "../../provider/pool/fingerprint";
import { plainCluster, poolEntry, poolRequest } from "../unit/pool/poolFixtures";

const now = new Date();
const dataDir = mkdtempSync(join(tmpdir(), "matching facts "));
let server: LocalServer;
let reader: PoolEmrReader;
let events: EmrCallEvent[];

const launched: RunJobFlowInput = { ...plainCluster, Instances: { ...plainCluster.Instances } };
const other: RunJobFlowInput = { ...launched, ReleaseLabel: "emr-7.4.0" };

async function admin(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${server.url}/_local/${path}`, { method: "POST", body: JSON.stringify(body) });
  expect(answer.status).toBeLessThan(300);
  return answer.json();
}

async function seed(requests: readonly RunJobFlowInput[], state = "WAITING"): Promise<string[]> {
  const answer = await admin(
    "emr/clusters",
    requests.map((input) => ({ input, state })),
  );
  return (answer as { clusterIds: string[] }).clusterIds;
}

function named(request: RunJobFlowInput, entryId: string): RunJobFlowInput {
  const parts = { ...fingerprint(request), userName: "etl", pool: "etl", poolId: "p1", attempt: 1 };
  return { ...request, Name: formatClusterName({ ...parts, entryId }) };
}

const operations = () =>
  events.flatMap((event) => (event.kind === "call" ? [event.operation] : [])).toSorted();
const count = (operation: string) => operations().filter((name) => name === operation).length;

const matching = Array.from({ length: 10 }, (_, index) => `match${index}`);
let entries: PoolEntry[];

beforeAll(async () => {
  server = await startLocalServer({ dataDir });
  const foreign = Array.from({ length: 940 }, (_, index) => ({ ...launched, Name: `not ours ${index}` }));
  const wrong = Array.from({ length: 50 }, (_, index) => named(other, `other${index}`));
  const ids = await seed([...matching.map((entryId) => named(launched, entryId)), ...wrong, ...foreign]);
  entries = [
    ...matching.map((entryId, index) => poolEntry(launched, { entryId, clusterId: ids[index] })),
    ...wrong.map((_, index) => poolEntry(other, { entryId: `other${index}`, clusterId: ids[10 + index] })),
  ];
}, 120_000);

beforeEach(() => {
  events = [];
  reader = createEmrReader({
    client: {
      region: "us-east-1",
      endpoint: server.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    firstWait: 1,
    attempts: 30,
    onEvent: (event) => events.push(event),
  });
});

afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("facts of 1,000 clusters of which 10 match", () => {
  it("a placement reads one cluster", async () => {
    const choice = await new PoolFacts({ reader }).choose(poolRequest(launched), entries, now, "warm");
    expect(choice.ranked.length).toBe(10);
    expect(operations()).toEqual(["ListInstanceGroups"]);
  });

  it("a preview reads a page for every 50 clusters and at most three calls for each match, once", async () => {
    const facts = new PoolFacts({ reader, maximumAge: 60_000 });
    const choice = await facts.choose(poolRequest(launched), entries, now, "complete");
    expect(choice.ranked.length).toBe(10);
    expect(choice.refused.length).toBe(50);
    expect(count("ListClusters")).toBe(20);
    expect(count("DescribeCluster") + count("ListInstanceGroups")).toBe(20);
    // Pages of the instance types of a release, which never change.
    const types = count("ListSupportedInstanceTypes");
    expect(operations().length).toBe(40 + types);
    events = [];
    await facts.choose(poolRequest(launched), entries, now, "complete");
    expect(operations()).toEqual([]);
  });

  it("finds that none fits without asking for any cluster", async () => {
    const none = poolRequest({ ...launched, ReleaseLabel: "emr-6.15.0" });
    const choice = await new PoolFacts({ reader }).choose(none, entries, now, "warm");
    expect(choice.ranked).toEqual([]);
    expect(choice.refused.length).toBe(60);
    expect(operations()).toEqual([]);
  });

  it("keeps calls in flight below the bound", async () => {
    await new PoolFacts({ reader }).choose(poolRequest(launched), entries, now, "complete");
    const inFlight = events.map((event) => (event.kind === "call" ? event.inFlight : 0));
    expect(Math.max(...inFlight)).toBeGreaterThan(1);
    expect(Math.max(...inFlight)).toBeLessThanOrEqual(5);
  });
});

describe("what is live", () => {
  it("takes the next one if the best has ended meanwhile", async () => {
    // Equal clusters are ranked by their ids.
    const [best, next] = (await seed([named(launched, "one"), named(launched, "two")])).toSorted();
    await admin(`emr/clusters/${best}/end`, {});
    await admin("clock", { advanceMs: 120_000 });
    const pair = [
      poolEntry(launched, { entryId: "best", clusterId: best }),
      poolEntry(launched, { entryId: "next", clusterId: next }),
    ];
    const choice = await new PoolFacts({ reader }).choose(poolRequest(launched), pair, now, "warm");
    expect(choice.ranked).toEqual(["next"]);
    expect(choice.refused[0]).toMatchObject({ clusterId: best, rule: "R2" });
  });

  it("an adopted cluster is judged by all that EMR says of it", async () => {
    const subnet = "subnet-0123456789abcdef0";
    const inSubnet = { ...launched, Instances: { ...launched.Instances, Ec2SubnetId: subnet } };
    const [adopted] = await seed([{ ...inSubnet, Name: "made by hand" }]);
    const entry = poolEntry(launched, { entryId: "a", clusterId: adopted, launch: undefined });
    const described = await reader.describeCluster(adopted!);
    const ec2 = described.Ec2InstanceAttributes!;
    const same = {
      ...inSubnet,
      Instances: {
        ...inSubnet.Instances,
        EmrManagedMasterSecurityGroup: ec2.EmrManagedMasterSecurityGroup,
        EmrManagedSlaveSecurityGroup: ec2.EmrManagedSlaveSecurityGroup,
        ServiceAccessSecurityGroup: ec2.ServiceAccessSecurityGroup,
      },
    };
    const facts = new PoolFacts({ reader });
    const joins = async (request: RunJobFlowInput) =>
      facts.choose(poolRequest(request), [entry], now, "warm");
    const fits = await joins(same);
    expect(fits.ranked, JSON.stringify(fits.decision.verdicts)).toEqual(["a"]);
    expect((await joins({ ...same, ServiceRole: "admin" })).refused[0]).toMatchObject({ rule: "X1" });
  });

  it("waits throttling out, and tells of it", async () => {
    await admin("emr/settings", { throttling: true });
    try {
      const clusters = await reader.listClusters({ ClusterStates: ["WAITING"] });
      expect(clusters.length).toBeGreaterThan(990);
      const waits = events.filter((event) => event.kind === "wait");
      for (const wait of waits) expect(wait).toMatchObject({ error: "ThrottlingException" });
      const burst = Array.from({ length: 12 }, () => reader.getManagedScalingPolicy(entries[0]!.clusterId!));
      await Promise.all(burst);
      expect(events.filter((event) => event.kind === "wait").length).toBeGreaterThan(0);
    } finally {
      await admin("emr/settings", { throttling: false });
    }
  });
});
