import type { EMRClient, InstanceGroup } from "@aws-sdk/client-emr";
import {
  AddJobFlowStepsCommand,
  AddTagsCommand,
  EMRClient as Client,
  DescribeClusterCommand,
  DescribeStepCommand,
  ListBootstrapActionsCommand,
  ListClustersCommand,
  ListInstanceGroupsCommand,
  ListInstancesCommand,
  ListReleaseLabelsCommand,
  ListStepsCommand,
  ModifyClusterCommand,
  ModifyInstanceGroupsCommand,
  paginateListSupportedInstanceTypes,
  RemoveTagsCommand,
  RunJobFlowCommand,
  SetTerminationProtectionCommand,
  TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMoto } from "../support/tools/servers";
import type { Skipped, ToolServer } from "../support/tools/toolServer";
import { testCredentials } from "../support/tools/toolServer";
import { clusterRequest, commandStep, LocalEmrHarness } from "./localEmrHarness";
import { motoExceptions } from "./motoExceptions";

/** Answers of the calls, by a name each; an error is an answer, too. */
type Answers = Record<string, unknown>;

/** The calls, in order. The same ones go to both servers. */
async function play(emr: EMRClient): Promise<Answers> {
  const answers: Answers = {};
  const call = async <Output extends object>(name: string, answer: Promise<Output>): Promise<Output> => {
    const { $metadata: _metadata, ...output } = (await answer.catch((error: Error) => ({
      error: error.name,
      message: error.message,
    }))) as Output & { $metadata: unknown };
    answers[name] = output;
    return output as unknown as Output;
  };
  const request = clusterRequest({
    LogUri: "s3://bucket/logs/",
    Applications: [{ Name: "Spark", Version: "3.5.2" }],
    Tags: [{ Key: "team", Value: "data" }],
    Configurations: [{ Classification: "spark", Properties: { maximizeResourceAllocation: "true" } }],
    BootstrapActions: [{ Name: "install", ScriptBootstrapAction: { Path: "s3://b/i.sh", Args: ["x"] } }],
    StepConcurrencyLevel: 3,
    VisibleToAllUsers: true,
    Instances: {
      Ec2KeyName: "key",
      InstanceGroups: [
        {
          Name: "primary",
          InstanceRole: "MASTER",
          InstanceType: "m5.xlarge",
          InstanceCount: 1,
          Market: "ON_DEMAND",
        },
        {
          Name: "workers",
          InstanceRole: "CORE",
          InstanceType: "m5.2xlarge",
          InstanceCount: 2,
          Market: "SPOT",
          BidPrice: "0.2",
          EbsConfiguration: {
            EbsBlockDeviceConfigs: [
              { VolumeSpecification: { VolumeType: "gp2", SizeInGB: 50 }, VolumesPerInstance: 2 },
            ],
            EbsOptimized: true,
          },
        },
      ],
    },
  });
  const { JobFlowId } = await call("RunJobFlow", emr.send(new RunJobFlowCommand(request)));
  const ClusterId = JobFlowId!;
  await call("DescribeCluster", emr.send(new DescribeClusterCommand({ ClusterId })));
  await call("ListClusters", emr.send(new ListClustersCommand({ ClusterStates: ["WAITING"] })));
  const byRole = (groups: InstanceGroup[] | undefined) =>
    groups!.sort((a, b) => (a.InstanceGroupType! > b.InstanceGroupType! ? -1 : 1));
  const { InstanceGroups } = await call(
    "ListInstanceGroups",
    emr.send(new ListInstanceGroupsCommand({ ClusterId })),
  );
  // No order is promised.
  byRole(InstanceGroups);
  await call(
    "ListInstances",
    emr.send(new ListInstancesCommand({ ClusterId, InstanceGroupTypes: ["CORE"] })),
  );
  await call("ListBootstrapActions", emr.send(new ListBootstrapActionsCommand({ ClusterId })));
  const steps = [commandStep("bash", "-c", "true"), commandStep("second")];
  const { StepIds } = await call(
    "AddJobFlowSteps",
    emr.send(new AddJobFlowStepsCommand({ JobFlowId, Steps: steps })),
  );
  await call("ListSteps", emr.send(new ListStepsCommand({ ClusterId })));
  await call("ListSteps by state", emr.send(new ListStepsCommand({ ClusterId, StepStates: ["COMPLETED"] })));
  await call("DescribeStep", emr.send(new DescribeStepCommand({ ClusterId, StepId: StepIds![0]! })));
  await call(
    "AddTags",
    emr.send(
      new AddTagsCommand({
        ResourceId: ClusterId,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "team", Value: "web" },
        ],
      }),
    ),
  );
  await call("RemoveTags", emr.send(new RemoveTagsCommand({ ResourceId: ClusterId, TagKeys: ["a"] })));
  const tagged = await emr.send(new DescribeClusterCommand({ ClusterId }));
  answers["Tags after"] = { Tags: tagged.Cluster!.Tags };
  await call("ModifyCluster", emr.send(new ModifyClusterCommand({ ClusterId, StepConcurrencyLevel: 5 })));
  await call(
    "ModifyInstanceGroups",
    emr.send(
      new ModifyInstanceGroupsCommand({
        ClusterId,
        InstanceGroups: [{ InstanceGroupId: InstanceGroups![1]!.Id!, InstanceCount: 4 }],
      }),
    ),
  );
  const resized = await emr.send(new ListInstanceGroupsCommand({ ClusterId }));
  answers["Counts after"] = byRole(resized.InstanceGroups).map((group) => [
    group.RequestedInstanceCount,
    group.RunningInstanceCount,
  ]);
  const protect = (TerminationProtected: boolean) =>
    emr.send(new SetTerminationProtectionCommand({ JobFlowIds: [ClusterId], TerminationProtected }));
  await call("SetTerminationProtection", protect(true));
  await call(
    "TerminateJobFlows, protected",
    emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [ClusterId] })),
  );
  await call("SetTerminationProtection off", protect(false));
  await call("TerminateJobFlows", emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [ClusterId] })));
  const ended = await emr.send(new DescribeClusterCommand({ ClusterId }));
  answers["Status after"] = ended.Cluster!.Status;
  await call(
    "DescribeCluster, unknown",
    emr.send(new DescribeClusterCommand({ ClusterId: "j-0000000000000" })),
  );
  await call("ListReleaseLabels", emr.send(new ListReleaseLabelsCommand({})));
  const types = [];
  const pages = paginateListSupportedInstanceTypes({ client: emr }, { ReleaseLabel: "emr-7.5.0" });
  for await (const page of pages) types.push(...page.SupportedInstanceTypes!);
  answers.ListSupportedInstanceTypes = types.sort((a, b) => (a.Type! < b.Type! ? -1 : 1));
  return answers;
}

/** `DescribeCluster: Cluster.Tags[].Key` → the values found there, with what differs from call to call left out. */
function fields(answers: Answers): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const visit = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (value instanceof Date || value === null || typeof value !== "object")
      found.set(path, [...(found.get(path) ?? []), general(value)]);
    else if (Array.isArray(value)) {
      if (value.length === 0) visit(`${path}[]`, "none");
      for (const item of value) visit(`${path}[]`, item);
    } else for (const [name, member] of Object.entries(value)) visit(`${path}.${name}`, member);
  };
  for (const [name, answer] of Object.entries(answers)) visit(name, answer);
  return found;
}

function general(value: unknown): string {
  if (value instanceof Date) return "a date";
  // moto gives single-precision figures in full: 1.7000000476837158.
  if (typeof value === "number") return String(Number(value.toPrecision(7)));
  const text = String(value);
  return text
    .replace(/\b(j|s|ig|if|i|ci|vol|subnet|sg)-[0-9A-Za-z]{8,17}\b/g, "$1-…")
    .replace(/\b(ec2|ip)-\d+-\d+-\d+-\d+\b/g, "$1-…")
    .replace(/^\d+(\.\d+){3}$/, "an address");
}

/** Where the two differ, with both sides. */
function differences(ours: Answers, theirs: Answers): Record<string, string> {
  const [a, b] = [fields(ours), fields(theirs)];
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter(
    (path) => JSON.stringify(a.get(path)) !== JSON.stringify(b.get(path)),
  );
  const shown = (values: string[] | undefined) =>
    values === undefined ? "absent" : values.join(", ").slice(0, 80);
  return Object.fromEntries(
    paths.map((path) => [path, `ours: ${shown(a.get(path))}; moto: ${shown(b.get(path))}`]),
  );
}

describe("the local EMR and moto give the same answers", () => {
  let moto: ToolServer | Skipped;
  let harness: LocalEmrHarness;

  beforeAll(async () => {
    moto = await startMoto();
    harness = await LocalEmrHarness.start({ stepExecution: "manual" });
  }, 300_000);

  afterAll(async () => {
    await harness.stop();
    if ("stop" in moto) await moto.stop();
  });

  it("but for exceptions that have a reason, each of which is still needed", async (context) => {
    if ("skipped" in moto) return context.skip(moto.skipped);
    const config = { endpoint: moto.url, region: "us-east-1", credentials: testCredentials };
    const found = differences(await play(harness.emr), await play(new Client(config)));
    const unexpected = Object.entries(found).filter(([path]) => !(path in motoExceptions));
    expect(unexpected).toEqual([]);
    expect(Object.keys(motoExceptions).filter((path) => !(path in found))).toEqual([]);
  });
});
