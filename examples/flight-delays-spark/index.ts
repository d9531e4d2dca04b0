import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PooledEmrJob, sparkStep } from "pulumi-pooled-emr";
import { missingSpark } from "./missingSpark";

const config = new pulumi.Config();
const groupBy = config.get("groupBy") ?? "origin";
const results = `${config.get("results") ?? "s3://flight-delays/delays-spark"}/${pulumi.getStack()}`;

const missing = missingSpark(process.env);
if (missing) pulumi.log.warn(missing);

const job = new PooledEmrJob(`delays-by-${groupBy}`, {
  pool: {
    name: config.get("pool") ?? "flights-spark",
    store: config.get("store") ?? "s3://flight-delays/pool",
    maxClusters: 2,
  },
  cluster: {
    releaseLabel: "emr-7.5.0",
    applications: [{ name: "Hadoop" }, { name: "Spark" }],
    instances: {
      instanceGroups: [
        { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
        { instanceRole: "CORE", instanceType: "m5.xlarge", instanceCount: 2 },
      ],
    },
    serviceRole: "EMR_DefaultRole",
    jobFlowRole: "EMR_EC2_DefaultRole",
    autoTerminationPolicy: { idleTimeout: 600 },
    logUri: config.get("logs") ?? "s3://flight-delays/logs/",
  },
  steps: [
    sparkStep({
      name: `mean delay by ${groupBy}`,
      script: join(__dirname, "delays.py"),
      args: [config.get("input") ?? "s3://flight-delays/flights/*.tsv", results, groupBy],
    }),
  ],
  waitFor: "completed",
  completionTimeoutMinutes: 30,
});

export const clusterId = job.clusterId;
export const joined = job.joined;
export const state = job.state;
export const result = results;
