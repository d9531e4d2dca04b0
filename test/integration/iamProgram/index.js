const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const { PooledEmrCluster, PooledEmrJob, scriptStep, shellStep } = require("pulumi-pooled-emr");

const common = {
  releaseLabel: "emr-7.5.0",
  serviceRole: "EMR_DefaultRole",
  jobFlowRole: "EMR_EC2_DefaultRole",
  logUri: "s3://iam-data/logs/",
};
const groups = {
  ...common,
  instances: { instanceGroups: [{ instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 }] },
};
const fleets = {
  ...common,
  instances: {
    instanceFleets: [
      {
        instanceFleetType: "MASTER",
        targetOnDemandCapacity: 1,
        instanceTypeConfigs: [{ instanceType: "m5.xlarge" }],
      },
    ],
  },
  managedScalingPolicy: {
    computeLimits: { unitType: "InstanceFleetUnits", minimumCapacityUnits: 1, maximumCapacityUnits: 2 },
  },
};
const bootstrapActions = [{ name: "b", scriptBootstrapAction: { path: "s3://iam-data/bootstrap.sh" } }];
const command = (text) => [shellStep({ name: text, command: text })];

const parts = {
  groups: {
    cluster: { ...groups, bootstrapActions },
    steps: [scriptStep({ name: "s", script: join(__dirname, "step.sh") })],
  },
  memory: { cluster: groups, pool: { minAvailable: { memoryMB: 1 } }, steps: command("true") },
  failing: { cluster: groups, steps: command("echo no space left on device >&2; exit 1") },
  napping: { cluster: groups, steps: command("sleep 601"), waitFor: "submitted" },
  sleeping: { cluster: groups, steps: command("sleep 600"), waitFor: "submitted" },
  fleets: { cluster: fleets, steps: command("true") },
};

/** With core machines, one more of them when large. */
function grown({ pool, cluster }, size) {
  const count = size === "large" ? 2 : 1;
  const { instanceGroups, instanceFleets, ...instances } = cluster.instances;
  const core = { instanceType: "m5.xlarge" };
  return {
    pool,
    cluster: {
      ...cluster,
      instances: {
        ...instances,
        ...(instanceGroups && {
          instanceGroups: [...instanceGroups, { ...core, instanceRole: "CORE", instanceCount: count }],
        }),
        ...(instanceFleets && {
          instanceFleets: [
            ...instanceFleets,
            { instanceFleetType: "CORE", targetOnDemandCapacity: count, instanceTypeConfigs: [core] },
          ],
        }),
      },
    },
  };
}

const kept = (cluster, instances) => ({
  pool: { name: "kept", store: "s3://iam-pool/store" },
  cluster: { ...cluster, instances: { ...cluster.instances, ...instances } },
});
const sizes = {
  small: {
    groups: kept({ ...groups, tags: [{ key: "a", value: "1" }] }),
    fleets: kept(fleets),
  },
  large: {
    groups: kept(
      {
        ...groups,
        tags: [{ key: "b", value: "2" }],
        autoTerminationPolicy: { idleTimeout: 3600 },
        managedScalingPolicy: {
          computeLimits: { unitType: "Instances", minimumCapacityUnits: 2, maximumCapacityUnits: 4 },
        },
      },
      { terminationProtected: true },
    ),
    fleets: kept({ ...fleets, managedScalingPolicy: undefined }),
  },
};

for (const name of new pulumi.Config().require("parts").split(" ")) {
  if (name in sizes) {
    new PooledEmrCluster("groups", grown(sizes[name].groups, name));
    new PooledEmrCluster("fleets", grown(sizes[name].fleets, name));
    continue;
  }
  const { pool, ...part } = parts[name];
  new PooledEmrJob(name, {
    waitFor: "completed",
    ...part,
    pool: { name: "iam", store: "s3://iam-pool/store", ...pool },
  });
}
