import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { EmrPool, PooledEmrJob, sparkStep } from "pulumi-pooled-emr";

const config = new pulumi.Config();
const data = config.get("data") ?? "s3://my-company-data";
const night = config.get("night") || new Date().toISOString().slice(0, "2026-01-31".length);

const pool = new EmrPool("nightly", { data: { read: [`${data}/raw`], write: [`${data}/nightly`] } });

const job = new PooledEmrJob("nightly", {
  ...pool.args,
  steps: [
    sparkStep({
      name: `nightly ${night}`,
      script: join(__dirname, "nightly.py"),
      args: [`${data}/raw/${night}/`, `${data}/nightly/${night}/`],
      deployMode: "cluster",
      conf: { "spark.sql.shuffle.partitions": "64" },
    }),
  ],
  // The same date, the same job: a second `pulumi up` of the night submits nothing. The next one is a new job.
  triggers: [night],
  waitFor: "completed",
  completionTimeoutMinutes: 180,
  // Nothing of a failed night is left to repair by hand: the next `pulumi up` runs it again.
  resubmit: "failed",
});

export const state = job.state;
export const diagnosis = job.diagnosis;
