import type { PolicyCase } from "./policyCase";

const args = "steps.0.hadoopJarStep.args";
const rawStep = (changes: object = {}) => ({
  name: "count",
  actionOnFailure: "CONTINUE",
  hadoopJarStep: { jar: "command-runner.jar", args: ["spark-submit", "s3://etl-code/wc.py"] },
  ...changes,
});

/** Policies about steps and their code. */
export const stepCases: PolicyCase[] = [
  {
    policy: "no-terminate-on-shared",
    kind: "job",
    set: { "steps.0.actionOnFailure": "TERMINATE_CLUSTER" },
    found: "steps[0].actionOnFailure is TERMINATE_CLUSTER.",
    unknownAt: "steps.0.actionOnFailure",
    remediated: { "steps.0.actionOnFailure": "CANCEL_AND_WAIT" },
  },
  {
    policy: "no-terminate-on-shared",
    kind: "job",
    set: { "steps.0.actionOnFailure": "TERMINATE_JOB_FLOW", "pool.maxConcurrentSteps": 2 },
    found: "steps[0].actionOnFailure is TERMINATE_JOB_FLOW.",
    unknownAt: "steps.0",
    remediated: { "steps.0.actionOnFailure": "CONTINUE" },
  },
  {
    policy: "action-matches-concurrency",
    kind: "job",
    set: { "steps.0.actionOnFailure": "CANCEL_AND_WAIT", "pool.maxConcurrentSteps": 2 },
    found: "steps[0].actionOnFailure is CANCEL_AND_WAIT with pool.maxConcurrentSteps 2.",
    unknownAt: "pool.maxConcurrentSteps",
    remediated: { "steps.0.actionOnFailure": "CONTINUE" },
  },
  {
    policy: "action-matches-concurrency",
    kind: "cluster",
    set: { steps: [rawStep({ actionOnFailure: "CANCEL_AND_WAIT" })], stepConcurrencyLevel: 2 },
    found: "steps[0].actionOnFailure is CANCEL_AND_WAIT with stepConcurrencyLevel 2.",
    unknownAt: "steps.0.actionOnFailure",
    remediated: { "steps.0.actionOnFailure": "CONTINUE" },
  },
  {
    policy: "step-concurrency-limit",
    kind: "job",
    set: { "pool.maxConcurrentSteps": 11 },
    found: "pool.maxConcurrentSteps is 11. Allowed: at most 10.",
    unknownAt: "pool.maxConcurrentSteps",
  },
  {
    policy: "step-concurrency-limit",
    kind: "cluster",
    set: { stepConcurrencyLevel: 256 },
    found: "stepConcurrencyLevel is 256.",
    unknownAt: "stepConcurrencyLevel",
  },
  {
    policy: "no-debugging-step",
    kind: "job",
    set: { [`${args}.0`]: "state-pusher-script" },
    found: "steps[0] sets up Hadoop debugging.",
    unknownAt: `${args}.0`,
  },
  {
    policy: "no-debugging-step",
    kind: "cluster",
    set: {
      steps: [
        rawStep({
          hadoopJarStep: {
            jar: "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar",
            args: ["s3://us-east-1.elasticmapreduce/libs/state-pusher/0.1/fetch"],
          },
        }),
      ],
    },
    found: "steps[0] sets up Hadoop debugging.",
    unknownAt: "steps.0.hadoopJarStep.args",
  },
  {
    policy: "bootstrap-pinned",
    kind: "job",
    set: {
      "cluster.bootstrapActions": [
        { name: "pinned", scriptBootstrapAction: { path: "s3://etl-code/1.2.0/setup.sh" } },
        { name: "own", scriptBootstrapAction: { path: "file:/usr/share/aws/emr/setup.sh" } },
        { name: "open", scriptBootstrapAction: { path: "s3://etl-code/latest/setup.sh" } },
      ],
    },
    found: "cluster.bootstrapActions[2].scriptBootstrapAction.path is s3://etl-code/latest/setup.sh.",
    unknownAt: "cluster.bootstrapActions.2.scriptBootstrapAction.path",
  },
  {
    policy: "bootstrap-pinned",
    kind: "cluster",
    set: { bootstrapActions: [{ name: "b", path: "s3://elsewhere/0123456789abcdef/b.sh" }] },
    surroundings: { config: { buckets: ["etl-code"] } },
    found: "bootstrapActions[0].path is s3://elsewhere/0123456789abcdef/b.sh. Allowed: scripts in etl-code.",
    unknownAt: "bootstrapActions",
  },
  {
    policy: "artifact-bucket-allowed",
    kind: "job",
    set: {},
    surroundings: { config: { buckets: ["central-code"] } },
    found: "steps[0].hadoopJarStep.args[1] is s3://etl-code/wc.py. Allowed: artefacts in central-code.",
    unknownAt: `${args}.1`,
  },
  {
    policy: "artifact-bucket-allowed",
    kind: "job",
    set: {},
    surroundings: { config: { bucketRegions: { "etl-code": "eu-west-1" } } },
    found: "steps[0].hadoopJarStep.args[1] is s3://etl-code/wc.py, in eu-west-1, for a job in us-east-1.",
    unknownAt: "region",
  },
  {
    policy: "artifact-bucket-allowed",
    kind: "job",
    set: {
      [`${args}.2`]: "--py-files",
      [`${args}.3`]: "s3://etl-code/a.zip,s3://elsewhere/b.zip#b.zip,https://example.com/c.whl",
    },
    surroundings: { config: { buckets: ["etl-code"] } },
    found: [
      "steps[0].hadoopJarStep.args[3] is s3://elsewhere/b.zip. Allowed: artefacts in etl-code.",
      "steps[0].hadoopJarStep.args[3] is https://example.com/…. Allowed: artefacts in etl-code.",
    ],
    unknownAt: `${args}.3`,
  },
  {
    policy: "artifact-bucket-allowed",
    kind: "cluster",
    set: {
      steps: [rawStep({ hadoopJarStep: { jar: "https://me:hunter2@example.com/a.jar?token=x", args: [] } })],
    },
    found: "steps[0].hadoopJarStep.jar is https://example.com/…. Allowed: artefacts in S3.",
    unknownAt: "steps.0.hadoopJarStep.jar",
  },
];
