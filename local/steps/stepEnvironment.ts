import { devNull } from "node:os";
import type { StepRequest } from "./stepRequest";

/** Variables of the server's own environment that a step may need. Others may hold secrets and stay behind. */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|JAVA_HOME|SPARK_HOME|PYSPARK_.*|PYTHON.*|HADOOP_.*|HIVE_.*|PIG_.*|VIRTUAL_ENV|PYENV_.*|TSX_.*)$/;

/**
 * The environment of a step's processes: AWS SDKs and tools in it talk to the local server, and to nothing else,
 * whatever credentials and profiles the machine has.
 */
export function stepEnvironment(
  server: NodeJS.ProcessEnv,
  request: Pick<StepRequest, "clusterId" | "stepId" | "region">,
  endpoint: string,
): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(server).filter(([name]) => passedOn.test(name))),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_EMR: endpoint,
    AWS_REGION: request.region,
    AWS_DEFAULT_REGION: request.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    EMR_CLUSTER_ID: request.clusterId,
    EMR_STEP_ID: request.stepId,
  };
}
