import { setAt } from "./judge";
import { goodClusterProps, goodJobProps, goodKeptClusterProps, type Props } from "./programs";

/** What is wrong with a program, and the policies that must say so: those and no other. */
export interface Mistake {
  set: Record<string, unknown>;
  policy: string;
}

/** Ten mistakes in a `PooledEmrJob` that its own `check` has nothing against. */
export const jobMistakes: Mistake[] = [
  { policy: "idle-timeout-required", set: { "cluster.autoTerminationPolicy.idleTimeout": 86400 } },
  { policy: "pool-name-allowed", set: { "pool.name": "My-Pool" } },
  { policy: "pool-max-clusters", set: { "pool.maxClusters": undefined } },
  {
    policy: "instance-types-allowed",
    set: { "cluster.instances.instanceGroups.1.instanceType": "i2.xlarge" },
  },
  { policy: "release-minimum", set: { "cluster.releaseLabel": "emr-5.36.0" } },
  { policy: "log-uri-required", set: { "cluster.logUri": undefined } },
  { policy: "private-subnet", set: { "cluster.instances.ec2SubnetId": undefined } },
  { policy: "roles-not-default", set: { "cluster.serviceRole": "EMR_DefaultRole" } },
  { policy: "no-secrets-in-args", set: { "steps.0.hadoopJarStep.args.2": "--password=hunter2" } },
  { policy: "required-tags", set: { "cluster.tags.0.value": "" } },
];

/** Ten mistakes in a `PooledEmrCluster`. */
export const keptClusterMistakes: Mistake[] = [
  // A week.
  { policy: "idle-timeout-required", set: { "cluster.autoTerminationPolicy": undefined } },
  { policy: "pool-name-allowed", set: { "pool.name": "My-Pool" } },
  { policy: "pool-max-clusters", set: { "pool.maxClusters": 50 } },
  { policy: "hourly-price-limit", set: { "cluster.instances.instanceGroups.1.instanceType": "p3.16xlarge" } },
  { policy: "no-termination-protection", set: { "cluster.instances.terminationProtected": true } },
  { policy: "release-minimum", set: { "cluster.releaseLabel": "emr-5.36.0" } },
  { policy: "security-configuration-required", set: { "cluster.securityConfiguration": undefined } },
  { policy: "private-subnet", set: { "cluster.instances.ec2SubnetId": undefined } },
  { policy: "roles-not-default", set: { "cluster.jobFlowRole": "EMR_EC2_DefaultRole" } },
  {
    policy: "no-secrets-in-args",
    set: {
      "cluster.configurations": [
        {
          classification: "hadoop-env",
          configurations: [{ classification: "export", properties: { DB_PASSWORD: "hunter2" } }],
        },
      ],
    },
  },
];

/** Ten mistakes in an `aws.emr.Cluster`. */
export const clusterMistakes: Mistake[] = [
  { policy: "idle-timeout-required", set: { autoTerminationPolicy: undefined } },
  { policy: "no-termination-protection", set: { terminationProtection: true } },
  { policy: "instance-types-allowed", set: { "coreInstanceGroup.instanceType": "i2.xlarge" } },
  { policy: "master-on-demand", set: { "masterInstanceGroup.bidPrice": "0.2" } },
  { policy: "release-minimum", set: { releaseLabel: "emr-5.36.0" } },
  { policy: "log-uri-required", set: { logUri: "hdfs:///var/log" } },
  { policy: "security-configuration-required", set: { securityConfiguration: undefined } },
  { policy: "private-subnet", set: { "ec2Attributes.subnetId": undefined } },
  { policy: "roles-not-default", set: { "ec2Attributes.instanceProfile": "EMR_EC2_DefaultRole" } },
  { policy: "required-tags", set: { "tags.owner": undefined } },
];

export function mistakenProps(from: Props, mistakes: readonly Mistake[]): Props {
  for (const { set } of mistakes) for (const [path, value] of Object.entries(set)) setAt(from, path, value);
  return from;
}

export const mistakenJob = (): Props => mistakenProps(goodJobProps(), jobMistakes);
export const mistakenKeptCluster = (): Props => mistakenProps(goodKeptClusterProps(), keptClusterMistakes);
export const mistakenCluster = (): Props => mistakenProps(goodClusterProps(), clusterMistakes);
