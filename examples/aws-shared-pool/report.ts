import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type EmrPool, PooledEmrJob, sparkStep } from "pulumi-pooled-emr";

/** A job on the pool of another stack: all it knows of the pool are its arguments. */
export function report(poolStack: string, name: string, data: string) {
  const platform = new pulumi.StackReference(poolStack);
  const args = platform.requireOutput("args") as pulumi.Output<pulumi.Unwrap<EmrPool["args"]>>;
  const job = new PooledEmrJob(`${name}-report`, {
    pool: args.pool,
    cluster: args.cluster,
    region: args.region,
    steps: [
      sparkStep({
        name: `${name} report`,
        script: join(__dirname, "report.py"),
        args: [`${data}/raw/`, `${data}/reports/${name}/`, name],
        deployMode: "cluster",
      }),
    ],
  });
  return { clusterId: job.clusterId, joined: job.joined, placement: job.placement };
}
