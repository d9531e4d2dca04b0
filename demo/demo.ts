/**
 * `npm run demo`: the whole product on this machine, without an AWS account. Every line marked with ✓ is checked;
 * the exit code is 0 only if all of them hold.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeClusterCommand, EMRClient, ListClustersCommand } from "@aws-sdk/client-emr";
import { S3Client } from "@aws-sdk/client-s3";
import Table from "cli-table3";
import { type GroupBy, meanDelays, readFlights } from "../examples/flight-delays/flights";
import { readResult, uploadFlights } from "../examples/flight-delays/objects";
import { startLocalServer } from "../local/server";
import { localEnvironment } from "../provider/cli/commands/local";
import { copyProject } from "../test/support/pulumi/runner";
import { Narrator } from "./narrator";
import { endProcesses, findPulumi } from "./pulumi";

const repository = join(__dirname, "..");
const narrator = new Narrator();
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

async function main(): Promise<void> {
  narrator.chapter("Local EMR and S3");
  const data = mkdtempSync(join(tmpdir(), "pooled-emr-demo-"));
  const project = copyProject(join(repository, "examples", "flight-delays"));
  const server = await startLocalServer({ dataDir: data });
  const leave = () => {
    endProcesses();
    rmSync(data, { recursive: true, force: true });
    project.remove();
  };
  process
    .once("SIGINT", () => process.exit(130))
    .once("SIGTERM", () => process.exit(143))
    .once("exit", leave);
  Object.assign(process.env, localEnvironment(server.url, "us-east-1"));
  narrator.say(`EMR and S3 on ${server.url}, their data in ${data}.`);
  const uploaded = await uploadFlights(readFlights(), "s3://flight-delays/flights", new S3Client({}));
  narrator.say(`Uploaded 20,000 flights of 2001 (npm package vega-datasets) as ${uploaded.length} objects.`);
  const pulumi = await findPulumi(project, process.env, (text) => narrator.quote(text));
  narrator.say(`Deployments run on ${pulumi.description}.`);

  try {
    await story(pulumi, project.scratch, server.url);
  } finally {
    await server.close();
  }
}

async function story(
  pulumi: Awaited<ReturnType<typeof findPulumi>>,
  scratch: string,
  url: string,
): Promise<void> {
  // Of the whole pack only the two rules this story is about; see docs/policies.md for the others.
  const packConfig = join(scratch, "policy-config.json");
  const rules = {
    "pool-name-allowed": { enforcementLevel: "mandatory", patterns: ["flights"] },
    "idle-timeout-required": "mandatory",
  };
  writeFileSync(packConfig, JSON.stringify({ all: "disabled", ...rules }));
  const policyPack = { folder: join(repository, "policies", "dev"), config: packConfig };
  const morning = { stack: "morning", config: { "flight-delays:groupBy": "origin" } };
  const evening = { stack: "evening", config: { "flight-delays:groupBy": "destination" } };

  narrator.chapter("Stack morning, preview: the pool is empty");
  const firstPreview = await pulumi.run("preview", morning);
  narrator.claim(
    "the preview says that it would launch, and why",
    /would launch .*because the pool has no cluster/.test(firstPreview.output),
  );
  narrator.claim("and has started nothing", (await clusters()).length === 0);

  narrator.chapter("Stack morning, up: a cluster is launched, the step runs");
  narrator.claim("up succeeds", (await pulumi.run("up", morning)).exitCode === 0);
  const [launched] = await clusters();
  narrator.claim(
    `one cluster runs: ${launched?.Id}, named ${launched?.Name}`,
    (await clusters()).length === 1,
  );

  narrator.chapter("Stack evening, preview: another job, the same pool");
  const secondPreview = await pulumi.run("preview", evening);
  narrator.claim(
    `the preview says that it would join ${launched?.Id}`,
    secondPreview.output.includes(`would join ${launched?.Id}`),
  );

  narrator.chapter("Stack evening, up: it joins");
  narrator.claim("up succeeds", (await pulumi.run("up", evening)).exitCode === 0);
  narrator.claim("still one cluster: the second job joined it", (await clusters()).length === 1);

  narrator.chapter("Stack night, preview: a job that needs larger machines");
  const larger = { stack: "night", config: { "flight-delays:instanceType": "m5.2xlarge" } };
  const thirdPreview = await pulumi.run("preview", larger);
  narrator.claim(
    `the preview says why ${launched?.Id} won't do`,
    new RegExp(`would launch 1 x m5.2xlarge.*refused: ${launched?.Id} \\(.*16 GiB.*32 GiB`).test(
      thirdPreview.output,
    ),
  );

  narrator.chapter("Refresh: states and times come into the stack");
  narrator.claim(
    "refresh succeeds and finds nothing changed",
    /unchanged/.test((await pulumi.run("refresh", evening)).output),
  );

  narrator.chapter("Results, from S3");
  await showResult("origin", "s3://flight-delays/delays/morning");
  await showResult("destination", "s3://flight-delays/delays/evening");

  narrator.chapter("A deployment that the policy pack refuses");
  const refused = await pulumi.run("preview", {
    stack: "rogue",
    config: { "flight-delays:pool": "my-own-pool" },
    policyPack,
  });
  narrator.claim(
    "stopped at preview by pool-name-allowed",
    refused.exitCode !== 0 && refused.output.includes("pool-name-allowed"),
  );

  narrator.chapter("Destroy: jobs are released, the cluster is left to others");
  narrator.claim("morning is destroyed", (await pulumi.run("destroy", morning)).exitCode === 0);
  narrator.claim("evening is destroyed", (await pulumi.run("destroy", evening)).exitCode === 0);
  narrator.claim("the cluster still runs", (await stateOf(launched?.Id)) === "WAITING");

  narrator.chapter("The idle cluster ends by itself");
  narrator.say("Its auto-termination policy says 600 s. The local clock is moved forward by 11 minutes.");
  await fetch(`${url}/_local/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 11 * 60_000 }) });
  const ended = await waitFor(async () => (await stateOf(launched?.Id)) === "TERMINATED");
  narrator.claim(`${launched?.Id} is TERMINATED`, ended);
}

async function showResult(groupBy: GroupBy, folder: string): Promise<void> {
  const result = await readResult(folder, new S3Client({}));
  const table = new Table({
    head: [groupBy, "flights", "mean delay (min)"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right"],
  });
  for (const row of [...result].sort((a, b) => b.flights - a.flights).slice(0, 5))
    table.push([row.key, row.flights, row.meanDelay]);
  narrator.say(`${folder}, the busiest 5 of ${result.length}:`);
  narrator.say(table.toString());
  const expected = meanDelays(readFlights(), groupBy);
  narrator.claim(
    `all ${expected.length} rows are the same as computed in plain TypeScript`,
    JSON.stringify(result) === JSON.stringify(expected),
  );
}

async function clusters() {
  const states = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"] as const;
  return (
    (await new EMRClient({}).send(new ListClustersCommand({ ClusterStates: [...states] }))).Clusters ?? []
  );
}

async function stateOf(clusterId: string | undefined): Promise<string | undefined> {
  const answer = await new EMRClient({}).send(new DescribeClusterCommand({ ClusterId: clusterId }));
  return answer.Cluster?.Status?.State;
}

async function waitFor(condition: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (await condition()) return true;
    await new Promise((resume) => setTimeout(resume, 200));
  }
  return false;
}

main().then(
  () => process.exit(narrator.finish()),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
