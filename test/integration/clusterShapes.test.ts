import { join } from "node:path";
import {
  DescribeClusterCommand,
  EMRClient,
  ListInstanceFleetsCommand,
  ListInstanceGroupsCommand,
  ModifyInstanceGroupsCommand,
  paginateListInstanceGroups,
} from "@aws-sdk/client-emr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterSpec } from "../../provider/args";
import type { ProviderInputs } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { credentials, EmrWorld, region } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import type { ProjectCopy } from "../support/pulumi/runner";

/** Every shape of cluster goes all the way: preview, launch, the local EMR's view of it, and the next job's preview. */
let world: EmrWorld;
let project: ProjectCopy;
let provider: JobProvider;
let emr: EMRClient;

beforeAll(async () => {
  project = await projectWithPackage(join(__dirname, "..", "support", "lifecycle", "program"));
  world = await EmrWorld.start({ stepExecution: 0 });
  provider = await JobProvider.start(project, world.environment);
  emr = new EMRClient({ endpoint: world.server.url, region, credentials });
});
afterAll(async () => {
  await provider.close();
  await world.close();
  project.remove();
});

type Instances = NonNullable<ClusterSpec["instances"]>;
type InstanceGroup = NonNullable<Instances["instanceGroups"]>[number];
type InstanceFleet = NonNullable<Instances["instanceFleets"]>[number];

const master: InstanceGroup = { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 };
const core: InstanceGroup = { instanceRole: "CORE", instanceType: "m5.xlarge", instanceCount: 2 };
const tasks = (count: number): InstanceGroup[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `tasks ${index}`,
    instanceRole: "TASK",
    instanceType: "m5.xlarge",
    instanceCount: 1,
  }));
const spot = (bidPrice: string): InstanceGroup => ({ ...core, market: "SPOT", bidPrice });
const fleet = (spotUnits: number, timeoutDurationMinutes = 20): InstanceFleet[] => [
  {
    instanceFleetType: "MASTER",
    targetOnDemandCapacity: 1,
    instanceTypeConfigs: [{ instanceType: "m5.xlarge" }],
  },
  {
    instanceFleetType: "CORE",
    targetOnDemandCapacity: 2,
    targetSpotCapacity: spotUnits,
    instanceTypeConfigs: [
      { instanceType: "m5.xlarge", bidPriceAsPercentageOfOnDemandPrice: 100 },
      { instanceType: "r5.xlarge", bidPriceAsPercentageOfOnDemandPrice: 100 },
    ],
    launchSpecifications: {
      spotSpecification: { timeoutDurationMinutes, timeoutAction: "TERMINATE_CLUSTER" },
    },
  },
];
/** Out on little free memory, in on much, within limits: the classic pair of rules. */
const automaticScaling = (maxCapacity: number): InstanceGroup["autoScalingPolicy"] => {
  const rule = (name: string, comparisonOperator: "LESS_THAN" | "GREATER_THAN", threshold: number) => ({
    name,
    action: {
      simpleScalingPolicyConfiguration: {
        adjustmentType: "CHANGE_IN_CAPACITY" as const,
        scalingAdjustment: comparisonOperator === "LESS_THAN" ? 1 : -1,
        coolDown: 300,
      },
    },
    trigger: {
      cloudWatchAlarmDefinition: {
        comparisonOperator,
        metricName: "YARNMemoryAvailablePercentage",
        period: 300,
        threshold,
      },
    },
  });
  return {
    constraints: { minCapacity: 2, maxCapacity },
    rules: [rule("out on memory", "LESS_THAN", 15), rule("in on memory", "GREATER_THAN", 75)],
  };
};
const managedScaling = (maximumCapacityUnits: number): ClusterSpec["managedScalingPolicy"] => ({
  computeLimits: { unitType: "Instances", minimumCapacityUnits: 2, maximumCapacityUnits },
});

type Shape = Omit<Partial<ClusterSpec>, "instances"> & { instances: Instances };

function job(name: string, pool: string, { instances, ...settings }: Shape): ProviderInputs {
  const inputs = jobInputs(name, { waitFor: "completed", pool: { name: pool } });
  return { ...inputs, cluster: { ...inputs.cluster, ...settings, instances } } as ProviderInputs;
}

/** Launches the shape in a pool of its own. */
async function launch(pool: string, shape: Shape): Promise<string> {
  const inputs = await provider.check(job(`first-${pool}`, pool, shape));
  expect(inputs.placement).toMatchObject({ action: "launch" });
  const { outputs } = await provider.create(inputs);
  expect(outputs).toMatchObject({ joined: false, state: "COMPLETED" });
  return outputs.clusterId as string;
}
const groupsOf = async (clusterId: string) => {
  const groups = [];
  for await (const page of paginateListInstanceGroups({ client: emr }, { ClusterId: clusterId }))
    groups.push(...(page.InstanceGroups ?? []));
  return groups;
};
const refusals = (placement: ProviderInputs["placement"]) =>
  (placement?.refused ?? []).map(({ reason }) => reason).join("; ");
const preview = async (name: string, pool: string, shape: Shape) =>
  (await provider.check(job(name, pool, shape))).placement;

describe.each<{ name: string; shape: Shape; more: Shape; refusal: RegExp }>([
  {
    name: "one master alone",
    shape: { instances: { instanceGroups: [master] } },
    more: { instances: { instanceGroups: [{ ...master, instanceType: "m5.2xlarge" }] } },
    refusal: /MASTER: 16 GiB .*< 32 GiB .*\(R24\)/,
  },
  {
    name: "one master",
    shape: { instances: { instanceGroups: [master, core] } },
    more: { instances: { instanceGroups: [{ ...master, instanceCount: 3 }, core] } },
    refusal: /MASTER: 4 vCPUs running .* < 12 asked \(3 x m5.xlarge\) \(R25\)/,
  },
  {
    name: "three masters",
    shape: { instances: { instanceGroups: [{ ...master, instanceCount: 3 }, core] } },
    more: {
      instances: { instanceGroups: [{ ...master, instanceCount: 3, instanceType: "r5.xlarge" }, core] },
    },
    refusal: /MASTER: 16 GiB .*< 32 GiB .*\(R24\)/,
  },
  {
    name: "48 task groups",
    shape: { instances: { instanceGroups: [master, core, ...tasks(48)] } },
    more: {
      instances: {
        instanceGroups: [
          master,
          core,
          { instanceRole: "TASK", instanceType: "m5.xlarge", instanceCount: 49 },
        ],
      },
    },
    refusal: /TASK: 192 vCPUs running \(48 x m5.xlarge\) < 196 asked \(49 x m5.xlarge\) \(R25\)/,
  },
  {
    name: "groups on spot",
    shape: { instances: { instanceGroups: [master, spot("0.1")] } },
    more: { instances: { instanceGroups: [master, spot("0.2")] } },
    refusal: /CORE.*0\.1.*0\.2.*\(R23\)/,
  },
  {
    name: "fleets",
    shape: { instances: { instanceFleets: fleet(4) } },
    more: { instances: { instanceFleets: fleet(6) } },
    refusal: /CORE.*4.*6.*\(R33\)/,
  },
  {
    name: "fleets that end without spot",
    shape: { instances: { instanceFleets: fleet(4) } },
    more: { instances: { instanceFleets: fleet(4, 30) } },
    refusal: /CORE.*20.*30.*\(R35\)/,
  },
  {
    name: "managed scaling",
    shape: { instances: { instanceGroups: [master, core] }, managedScalingPolicy: managedScaling(10) },
    more: { instances: { instanceGroups: [master, core] }, managedScalingPolicy: managedScaling(12) },
    refusal: /ManagedScalingPolicy: up to 10 Instances < 12 asked \(X8\)/,
  },
  {
    name: "automatic scaling",
    shape: {
      autoScalingRole: "EMR_AutoScaling_DefaultRole",
      instances: { instanceGroups: [master, { ...core, autoScalingPolicy: automaticScaling(10) }] },
    },
    more: {
      autoScalingRole: "EMR_AutoScaling_DefaultRole",
      instances: { instanceGroups: [master, { ...core, autoScalingPolicy: automaticScaling(20) }] },
    },
    refusal: /CORE.*AutoScalingPolicy up to 10 instances < 20 asked \(X8\)/,
  },
])("$name", ({ name, shape, more, refusal }) => {
  const pool = name.replaceAll(" ", "-");

  test("is launched as asked, joined by a job that asks the same, refused to one that asks more", async () => {
    const clusterId = await launch(pool, shape);
    if (shape.instances.instanceGroups) {
      const asked = shape.instances.instanceGroups;
      const groups = await groupsOf(clusterId);
      expect(groups.map((group) => [group.InstanceGroupType, group.Market, group.BidPrice])).toEqual(
        asked.map((group) => [group.instanceRole, group.market ?? "ON_DEMAND", group.bidPrice]),
      );
      expect(groups.map((group) => [group.InstanceType, group.RunningInstanceCount])).toEqual(
        asked.map((group) => [group.instanceType, group.instanceCount]),
      );
    } else {
      const { InstanceFleets } = await emr.send(new ListInstanceFleetsCommand({ ClusterId: clusterId }));
      expect(InstanceFleets?.map((one) => [one.InstanceFleetType, one.ProvisionedSpotCapacity])).toEqual([
        ["MASTER", 0],
        ["CORE", 4],
      ]);
    }
    const refused = await preview("more", pool, more);
    expect(refused).toMatchObject({ action: "launch" });
    expect(refusals(refused)).toMatch(refusal);
    expect(await preview("same", pool, shape)).toMatchObject({ action: "join", clusterId });
  });
});

test("49 task groups are refused before any AWS call", async () => {
  const { failures } = await provider.tryCheck(
    job("too-many", "too-many", { instances: { instanceGroups: [master, core, ...tasks(49)] } }),
  );
  expect(failures).toMatchObject([{ property: "cluster.instances.instanceGroups" }]);
  expect(failures[0]!.reason).toMatch(/49.*48/);
});

test("managed scaling: a cluster that was scaled in is judged by its limits", async () => {
  const shape = (instanceCount: number): Shape => ({
    instances: { instanceGroups: [master, { ...core, instanceCount }] },
    managedScalingPolicy: managedScaling(10),
  });
  const clusterId = await launch("scaled-in", shape(5));
  const group = (await groupsOf(clusterId)).find(({ InstanceGroupType }) => InstanceGroupType === "CORE");
  const InstanceGroups = [{ InstanceGroupId: group!.Id, InstanceCount: 1 }];
  await emr.send(new ModifyInstanceGroupsCommand({ ClusterId: clusterId, InstanceGroups }));
  const { managedScalingPolicy, ...larger } = shape(11);
  const refused = await preview("larger", "scaled-in", larger);
  expect(refused).toMatchObject({ action: "launch" });
  expect(refusals(refused)).toMatch(
    /up to 10 Instances by managed scaling < 11 needed for 11 x m5.xlarge asked \(R25\)/,
  );
  expect(await preview("as-large", "scaled-in", shape(5))).toMatchObject({ action: "join", clusterId });
});

test("automatic scaling: the policy is the cluster's, rules and limits", async () => {
  const shape = {
    autoScalingRole: "EMR_AutoScaling_DefaultRole",
    instances: { instanceGroups: [master, { ...core, autoScalingPolicy: automaticScaling(6) }] },
  };
  const clusterId = await launch("automatic", shape);
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
  expect(Cluster?.AutoScalingRole).toBe("EMR_AutoScaling_DefaultRole");
  const { InstanceGroups } = await emr.send(new ListInstanceGroupsCommand({ ClusterId: clusterId }));
  expect(InstanceGroups?.[1]?.AutoScalingPolicy).toMatchObject({
    Status: { State: "ATTACHED" },
    Constraints: { MinCapacity: 2, MaxCapacity: 6 },
    Rules: [{ Name: "out on memory" }, { Name: "in on memory" }],
  });
});
