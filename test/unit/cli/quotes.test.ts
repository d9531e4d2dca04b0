import { describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../../provider/args";
import { whyClusterIsNotQuoted, whyStepIsNotQuoted } from "../../../provider/cli/quotes";
import { keys } from "../../../provider/lease/keys";
import { newJob } from "../../../provider/lease/phases";
import { openPool, type Pool } from "../../../provider/lease/pool";
import { jobKind, launchKind } from "../../../provider/lease/records";
import { formatStepName } from "../../../provider/lease/stepToken";
import { formatClusterName } from "../../../provider/pool/clusterName";
import { launchRequest } from "../../../provider/pool/launchRequest";
import type { Emr } from "../../../provider/ports";
import { systemClock, systemRandom } from "../../../provider/systemPorts";
import { memoryStore } from "./emptyStore";

const [secret, open, unheardOf] = ["s", "o", "u"].map((letter) => letter.repeat(26)) as [
  string,
  string,
  string,
];
const stepOf = (key: string) => formatStepName("count", { key, inc: 1, att: 1, index: 0 });
const clusterOf = (entryId: string) =>
  formatClusterName({
    ...{ userName: "etl", pool: "etl", schema: 1, fingerprint: "0123456789abcdef", poolId: "p1" },
    ...{ entryId, attempt: 1 },
  });

/** A store that knows a job and a cluster with secrets, and one of each without. */
async function pool(): Promise<Pool> {
  const emr = {} as Emr;
  const ports = {
    store: memoryStore(new Date("2026-11-20T10:00:00Z")),
    emr,
    clock: systemClock,
    random: systemRandom,
  };
  const opened = openPool({ ...ports, poolName: "etl", storeUri: "s3://b" });
  for (const [key, hasSecretInputs] of [
    [secret, true],
    [open, undefined],
  ] as const)
    await opened.records.update(jobKind, keys.job(key), () =>
      newJob(key, { spec: "spec", steps: 1, who: "me", hasSecretInputs }),
    );
  const cluster = {
    releaseLabel: "emr-7.5.0",
    configurations: [{ classification: "hive-site", properties: { pw: "hunter2" } }],
  } as unknown as ClusterSpec;
  for (const [entryId, secretPaths] of [
    ["secret", ["cluster.configurations[0].properties.pw"]],
    ["open", undefined],
  ] as const)
    await opened.records.update(launchKind, keys.launch("etl", "p1", entryId), () => ({
      record: launchRequest(cluster, { poolName: "etl", store: "s3://b", secretPaths }).record,
    }));
  return opened;
}

describe("emrpool diagnose quotes", () => {
  test.each<[string, string | undefined, RegExp | undefined]>([
    ["a step of nobody's", "count", undefined],
    ["a step without a name", undefined, undefined],
    ["a step of a job without secrets", stepOf(open), undefined],
    ["no step of a job with secrets", stepOf(secret), /its job has secret inputs$/],
    ["no step of a job that the store does not know", stepOf(unheardOf), /no journal of its job$/],
  ])("%s", async (_, name, expected) => {
    const why = await whyStepIsNotQuoted(name, await pool());
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(expected);
  });

  test.each<[string, string | undefined, RegExp | undefined]>([
    ["a cluster of nobody's", "etl", undefined],
    ["a cluster without secrets", clusterOf("open"), undefined],
    ["no cluster that was launched with secrets", clusterOf("secret"), /was launched with secret inputs$/],
    ["no cluster that the store does not know", clusterOf("other"), /no record of its launch$/],
  ])("%s", async (_, name, expected) => {
    const why = await whyClusterIsNotQuoted(name, await pool());
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(expected);
  });

  test("nothing of a pool whose store isn't given", async () => {
    expect(await whyStepIsNotQuoted(stepOf(open), undefined)).toMatch(/give --store/);
    expect(await whyClusterIsNotQuoted(clusterOf("open"), undefined)).toMatch(/give --store/);
    expect(await whyStepIsNotQuoted("count", undefined)).toBeUndefined();
  });
});
