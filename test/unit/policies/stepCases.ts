import { goodFleetJobProps } from "../../support/policies/programs";
import type { PolicyCase } from "./policyCase";

const args = "steps.0.hadoopJarStep.args";
const rawStep = (changes: object = {}) => ({
  name: "count",
  actionOnFailure: "CONTINUE",
  hadoopJarStep: { jar: "command-runner.jar", args: ["spark-submit", "s3://etl-code/wc.py"] },
  ...changes,
});

/** Policies about steps, their code and their arguments. */
export const stepCases: PolicyCase[] = [
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: { [`${args}.2`]: "--password=hunter2" },
    found:
      "steps[0].hadoopJarStep.args[2] looks like a secret: password or key by name (value not shown). Allowed: values without secrets.",
    unknownAt: `${args}.2`,
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: { [`${args}.2`]: "--db-password", [`${args}.3`]: "hunter2" },
    found: "steps[0].hadoopJarStep.args[3] looks like a secret: password or key by name",
    unknownAt: `${args}.3`,
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: { secretPaths: ["steps[0].hadoopJarStep.args[2]", "cluster.kerberosAttributes.kdcAdminPassword"] },
    found: "steps[0].hadoopJarStep.args[2] is a Pulumi secret (not shown).",
    unknownAt: "secretPaths",
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: {
      "cluster.configurations": [
        { classification: "hive-site", properties: { "javax.jdo.option.ConnectionPassword": "hunter2" } },
      ],
      "cluster.bootstrapActions": [
        { name: "b", scriptBootstrapAction: { path: "s3://b/1.0/b.sh", args: ["AKIAIOSFODNN7EXAMPLE"] } },
      ],
    },
    found: [
      "cluster.bootstrapActions[0].scriptBootstrapAction.args[0] looks like a secret: AWS access key",
      "cluster.configurations[0].properties.javax.jdo.option.ConnectionPassword looks like a secret",
    ],
    unknownAt: "cluster",
  },
  {
    policy: "no-secrets-in-args",
    kind: "cluster",
    set: {
      steps: [
        rawStep({ hadoopJarStep: { jar: "a.jar", args: [], properties: { url: "jdbc:pg://me:pw@db/x" } } }),
      ],
    },
    found: "steps[0].hadoopJarStep.properties.url looks like a secret: password in an address",
    unknownAt: "steps.0.hadoopJarStep.properties",
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: {
      secretPaths: ["cluster.configurations", "steps", "cluster.kerberosAttributes", "executionRoleArn"],
    },
    found: ["cluster.configurations is a Pulumi secret (not shown).", "steps is a Pulumi secret"],
    unknownAt: "secretPaths",
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    set: {
      "cluster.configurations": [
        {
          classification: "hadoop-env",
          properties: {},
          configurations: [{ classification: "export", properties: { DB_PASSWORD: "hunter2" } }],
        },
      ],
      "cluster.instances.instanceGroups.1.configurations": [
        { classification: "core-site", properties: { "fs.s3a.secret.key": "hunter2" } },
      ],
    },
    found: [
      "cluster.configurations[0].configurations[0].properties.DB_PASSWORD looks like a secret",
      "cluster.instances.instanceGroups[1].configurations[0].properties.fs.s3a.secret.key looks like a secret",
    ],
    unknownAt: "cluster",
  },
  {
    policy: "no-secrets-in-args",
    kind: "job",
    from: goodFleetJobProps,
    set: {
      "cluster.instances.instanceFleets.2.instanceTypeConfigs.1.configurations": [
        {
          classification: "yarn-env",
          configurations: [{ classification: "export", properties: { API_KEY: "hunter2" } }],
        },
      ],
    },
    found:
      "cluster.instances.instanceFleets[2].instanceTypeConfigs[1].configurations[0].configurations[0].properties.API_KEY looks like a secret",
    unknownAt: "cluster.instances.instanceFleets.2.instanceTypeConfigs.1.configurations.0.configurations",
  },
  {
    policy: "no-secrets-in-args",
    kind: "cluster",
    set: {
      configurationsJson: JSON.stringify([
        {
          Classification: "hadoop-env",
          Configurations: [{ Classification: "export", Properties: { DB_PASSWORD: "hunter2" } }],
        },
      ]),
    },
    found: "configurationsJson[0].Configurations[0].properties.DB_PASSWORD looks like a secret",
    unknownAt: "configurationsJson",
  },
  {
    policy: "no-secrets-in-args",
    kind: "cluster",
    set: {
      // The provider's older form, which may also be the address of a file.
      configurations: '[{"Classification":"hive-site","Properties":{"db.password":"hunter2"}}]',
    },
    found: "configurations[0].properties.db.password looks like a secret",
    unknownAt: "configurations",
  },
  {
    policy: "no-secrets-in-args",
    kind: "cluster",
    set: {
      configurations: "s3://etl-code/configurations.json",
      coreInstanceGroup: undefined,
      coreInstanceFleet: {
        targetOnDemandCapacity: 2,
        instanceTypeConfigs: [
          {
            instanceType: "m7g.xlarge",
            configurations: [{ classification: "hive-site", properties: { "db.password": "hunter2" } }],
          },
        ],
      },
    },
    found:
      "coreInstanceFleet.instanceTypeConfigs[0].configurations[0].properties.db.password looks like a secret",
    unknownAt: "coreInstanceFleet",
  },
  {
    policy: "no-secrets-in-args",
    kind: "instanceGroup",
    set: {
      configurationsJson: JSON.stringify([
        { Classification: "core-site", Properties: { "fs.s3a.secret.key": "hunter2" } },
      ]),
    },
    found: "configurationsJson[0].properties.fs.s3a.secret.key looks like a secret",
    unknownAt: "configurationsJson",
  },
  {
    policy: "no-secrets-in-args",
    kind: "instanceFleet",
    set: {
      "instanceTypeConfigs.0.configurations": [
        { classification: "core-site", properties: { "fs.s3a.secret.key": "hunter2" } },
      ],
    },
    found: "instanceTypeConfigs[0].configurations[0].properties.fs.s3a.secret.key looks like a secret",
    unknownAt: "instanceTypeConfigs.0.configurations.0.properties",
  },
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
