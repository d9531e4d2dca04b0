/** Inputs as a provider receives them. */
export type Inputs = Record<string, any>;

/** The example of the contract (design README, section 2). */
export function validInputs(): Inputs {
  return {
    pool: { name: "etl", store: "s3://my-bucket/emr-pool", maxClusters: 4 },
    cluster: {
      releaseLabel: "emr-7.5.0",
      applications: [{ name: "Spark" }],
      instances: {
        instanceGroups: [
          { instanceRole: "MASTER", instanceType: "m5.xlarge", instanceCount: 1 },
          { instanceRole: "CORE", instanceType: "m5.xlarge", instanceCount: 2 },
        ],
      },
      serviceRole: "EMR_DefaultRole",
      jobFlowRole: "EMR_EC2_DefaultRole",
      autoTerminationPolicy: { idleTimeout: 600 },
      logUri: "s3://my-bucket/logs/",
    },
    steps: [
      {
        name: "count",
        hadoopJarStep: {
          jar: "command-runner.jar",
          args: ["spark-submit", "s3://my-bucket/wc.py", "in", "out"],
        },
      },
    ],
  };
}

/** {@link validInputs} with the values at the given paths (`steps[0].name`) changed, or removed if undefined. */
export function inputsWith(changes: Record<string, unknown>): Inputs {
  const inputs = validInputs();
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split(/[.[\]]+/).filter((part) => part !== "");
    const last = parts.pop()!;
    let holder = inputs;
    for (const part of parts) holder = holder[part] ??= {};
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return inputs;
}
