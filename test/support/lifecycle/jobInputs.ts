import type { ProviderInputs } from "../../../provider/lifecycle/state";
import { bucket } from "./emrWorld";

/** Inputs as the provider gets them from the resource's constructor; laid over, the top level replaced. */
export function jobInputs(
  name: string,
  changes: Partial<Omit<ProviderInputs, "pool">> & { pool?: Partial<ProviderInputs["pool"]> } = {},
): ProviderInputs {
  return {
    cluster: {
      releaseLabel: "emr-7.5.0",
      applications: [{ name: "Spark" }],
      instances: {
        instanceGroups: [{ instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 }],
      },
      serviceRole: "EMR_DefaultRole",
      jobFlowRole: "EMR_EC2_DefaultRole",
    },
    steps: [{ name: "count", hadoopJarStep: { jar: "command-runner.jar", args: ["true"] } }],
    __urn: `urn:pulumi:dev::tests::pulumi-nodejs:dynamic/emr:PooledEmrJob::${name}`,
    __organization: "organization",
    ...changes,
    pool: { name: `pool-${name}`, store: `s3://${bucket}/pools`, ...changes.pool },
  } as ProviderInputs;
}
