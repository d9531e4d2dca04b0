import * as pulumi from "@pulumi/pulumi";
import { PooledEmrJob, shellStep } from "pulumi-pooled-emr";

const config = new pulumi.Config();
const bucket = config.get("bucket") ?? "policy-enforced";

const job = new PooledEmrJob("hello", {
  pool: {
    name: config.get("pool") ?? "team-blue",
    store: `s3://${bucket}/pool`,
    maxClusters: 1,
  },
  cluster: {
    releaseLabel: "emr-7.5.0",
    applications: [{ name: "Hadoop" }],
    instances: {
      instanceGroups: [{ instanceRole: "MASTER", instanceType: "m6g.xlarge", instanceCount: 1 }],
    },
    serviceRole: "TeamBlueEmrService",
    jobFlowRole: "TeamBlueEmrMachines",
    autoTerminationPolicy: { idleTimeout: config.getNumber("idleTimeout") ?? 900 },
    logUri: `s3://${bucket}/logs/`,
    tags: [{ key: "owner", value: "team-blue" }],
  },
  steps: [shellStep({ name: "hello", command: "echo hello from $(hostname)" })],
});

export const clusterId = job.clusterId;
export const placement = job.placement;
