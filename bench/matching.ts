import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import Table from "cli-table3";
import type { Candidate, PoolRequest } from "../provider/pool/candidate";
import { decide } from "../provider/pool/decide";
import { type DescribedCluster, describedTraits } from "../provider/pool/describedTraits";
import { shippedInstanceTypes } from "../provider/pool/instanceTypes";

/**
 * How long a decision takes over many candidate clusters, and how that grows. `npx tsx bench/matching.ts`
 *
 * Candidates are described clusters with configurations, two bootstrap actions, three groups and EBS volumes. Of ten, one
 * is joinable; the others are of another release, application set, configuration, security configuration or
 * subnet, too small, busy, full, or of another pool. "with facts" turns EMR's descriptions into candidates as well, which
 * in life is done once a cluster.
 */
const types = ["m5.xlarge", "m5.2xlarge", "r5.xlarge", "c5.4xlarge"];
const cluster: RunJobFlowInput = {
  Name: "bench",
  ReleaseLabel: "emr-7.5.0",
  Applications: [{ Name: "Spark" }, { Name: "Hadoop" }, { Name: "Hive" }],
  Configurations: [
    {
      Classification: "spark-defaults",
      Properties: { "spark.executor.memory": "4g", "spark.executor.cores": "2" },
    },
    {
      Classification: "hadoop-env",
      Properties: {},
      Configurations: [{ Classification: "export", Properties: { JAVA_HOME: "/usr/lib/jvm/java-17" } }],
    },
  ],
  BootstrapActions: [1, 2].map((number) => ({
    Name: `action ${number}`,
    ScriptBootstrapAction: { Path: `s3://bucket/bootstrap-${number}.sh`, Args: ["--level", String(number)] },
  })),
  SecurityConfiguration: "encrypted",
  ServiceRole: "EMR_DefaultRole",
  JobFlowRole: "EMR_EC2_DefaultRole",
  Instances: {
    Ec2SubnetIds: ["subnet-1", "subnet-2"],
    InstanceGroups: [
      { InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 },
      {
        InstanceRole: "CORE",
        InstanceType: "m5.xlarge",
        InstanceCount: 4,
        EbsConfiguration: {
          EbsBlockDeviceConfigs: [
            { VolumeSpecification: { VolumeType: "gp3", SizeInGB: 100, Iops: 3000 }, VolumesPerInstance: 2 },
          ],
        },
      },
    ],
  },
};
const request: PoolRequest = { poolName: "etl", cluster, maxConcurrentSteps: 1, stepsToAdd: 3 };
const now = new Date("2026-01-01T12:00:00Z");

function describe(index: number): DescribedCluster {
  const kind = index % 10;
  const group = (role: "MASTER" | "CORE" | "TASK", type: string, count: number) => ({
    InstanceGroupType: role,
    InstanceType: type as string,
    Market: "ON_DEMAND" as const,
    RequestedInstanceCount: count,
    RunningInstanceCount: count,
    EbsBlockDevices: [150, 100].map((SizeInGB) => ({
      VolumeSpecification: { VolumeType: "gp3", SizeInGB, Iops: 3000 },
    })),
  });
  return {
    Id: `j-${index.toString(36).toUpperCase().padStart(9, "0")}`,
    Status: {
      State: kind === 1 ? "RUNNING" : "WAITING",
      Timeline: { ReadyDateTime: new Date(now.getTime() - index * 1000) },
    },
    ReleaseLabel: kind === 2 ? "emr-7.4.0" : "emr-7.5.0",
    Applications:
      kind === 3 ? [{ Name: "Spark" }] : [{ Name: "hive" }, { Name: "hadoop" }, { Name: "spark" }],
    Configurations: kind === 4 ? cluster.Configurations!.slice(1) : [...cluster.Configurations!].reverse(),
    BootstrapActions: cluster.BootstrapActions!.map(({ Name, ScriptBootstrapAction }) => ({
      Name,
      ScriptPath: ScriptBootstrapAction!.Path,
      Args: ScriptBootstrapAction!.Args,
    })),
    SecurityConfiguration: kind === 5 ? "open" : "encrypted",
    ServiceRole: "arn:aws:iam::123456789012:role/EMR_DefaultRole",
    Ec2InstanceAttributes: {
      Ec2SubnetId: kind === 6 ? "subnet-9" : "subnet-2",
      IamInstanceProfile: "EMR_EC2_DefaultRole",
    },
    InstanceCollectionType: "INSTANCE_GROUP",
    InstanceGroups: [
      group("MASTER", "m5.xlarge", 1),
      group("CORE", types[index % types.length]!, kind === 7 ? 1 : 4 + (index % 5)),
      group("TASK", "m5.2xlarge", index % 3),
    ],
    AutoTerminationPolicy: { IdleTimeout: 3600 },
  };
}

function candidate(description: DescribedCluster, index: number): Candidate {
  return {
    id: description.Id!,
    pool: index % 10 === 9 ? "other" : "etl",
    ours: false,
    traits: describedTraits(description),
    live: {
      state: description.Status!.State!,
      stepsTotal: index % 10 === 8 ? 999 : 20,
      steps: { pending: 0, running: 0, unfinished: 0 },
      readyAt: description.Status!.Timeline!.ReadyDateTime!.getTime(),
    },
  };
}

/** Median of several runs, in milliseconds of one core: what else the machine does is left out. */
function median(run: () => void): number {
  for (let warm = 0; warm < 5; warm++) run();
  const times = Array.from({ length: 15 }, () => {
    const begun = process.cpuUsage();
    run();
    const used = process.cpuUsage(begun);
    return (used.user + used.system) / 1000;
  });
  return times.sort((a, b) => a - b)[7]!;
}

const context = { now, instanceTypes: shippedInstanceTypes };
const table = new Table({
  head: ["candidates", "joinable", "decide CPU ms", "clusters/s", "with facts CPU ms", "clusters/s"],
  style: { head: [], border: [], compact: true },
});
for (const size of [1_000, 10_000, 100_000]) {
  const descriptions = Array.from({ length: size }, (_, index) => describe(index));
  const candidates = descriptions.map(candidate);
  const joinable = decide(request, candidates, context).ranking.length;
  const decided = median(() => decide(request, candidates, context));
  const whole = median(() => decide(request, descriptions.map(candidate), context));
  const perSecond = (milliseconds: number) => Math.round((size / milliseconds) * 1000).toLocaleString("en");
  table.push([size, joinable, decided.toFixed(2), perSecond(decided), whole.toFixed(2), perSecond(whole)]);
}
console.log(table.toString());
