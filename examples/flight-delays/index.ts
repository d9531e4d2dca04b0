import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PooledEmrJob, streamingStep } from "pulumi-pooled-emr";

const config = new pulumi.Config();
const groupBy = config.get("groupBy") ?? "origin";
const instanceType = config.get("instanceType") ?? "m5.xlarge";
const results = `${config.get("results") ?? "s3://flight-delays/delays"}/${pulumi.getStack()}`;

const job = new PooledEmrJob(`delays-by-${groupBy}`, {
  pool: {
    name: config.get("pool") ?? "flights",
    store: config.get("store") ?? "s3://flight-delays/pool",
    maxClusters: 2,
  },
  // The same in every stack: whichever deploys first launches the cluster, the others join it.
  cluster: {
    releaseLabel: "emr-7.5.0",
    applications: [{ name: "Hadoop" }],
    instances: {
      instanceGroups: [
        { instanceRole: "MASTER", instanceType, instanceCount: 1 },
        { instanceRole: "CORE", instanceType, instanceCount: 2 },
      ],
    },
    serviceRole: "EMR_DefaultRole",
    jobFlowRole: "EMR_EC2_DefaultRole",
    autoTerminationPolicy: { idleTimeout: 600 },
    logUri: config.get("logs") ?? "s3://flight-delays/logs/",
  },
  steps: [
    streamingStep({
      name: `mean delay by ${groupBy}`,
      mapper: `node mapper.js ${groupBy}`,
      combiner: "node reducer.js totals",
      reducer: "node reducer.js means",
      files: [join(__dirname, "mapper.js"), join(__dirname, "reducer.js")],
      input: config.get("input") ?? "s3://flight-delays/flights/*.tsv",
      output: results,
    }),
  ],
  waitFor: "completed",
  completionTimeoutMinutes: 30,
});

export const clusterId = job.clusterId;
export const joined = job.joined;
export const state = job.state;
export const result = results;
