import { goodFleetJobProps } from "../../support/policies/programs";
import type { PolicyCase } from "./policyCase";

const args = "steps.0.hadoopJarStep.args";

/** The policy about secrets, by where they may stand; `secretText.test.ts` has what they look like. */
export const secretCases: PolicyCase[] = [
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
        { name: "s", hadoopJarStep: { jar: "a.jar", args: [], properties: { url: "jdbc:pg://me:pw@db/x" } } },
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
];
