import { resourceTypes } from "../../../policies/resource";

export type Props = Record<string, any>;

/** A resource of a stack that is judged, with what policies can ask about it. */
export interface TestResource {
  type: string;
  name: string;
  props: Props;
  /** Names of resources whose outputs flow into a property, by property. */
  dependencies?: Record<string, string[]>;
}

const tags = { owner: "data-platform", "cost-centre": "4711", env: "prod", "max-age-days": "7" };

/** Inputs of a `PooledEmrJob` that keep every policy of every profile, as `check` returns them. */
export function goodJobProps(): Props {
  return {
    pool: { name: "etl", store: "s3://etl-pools/emr", maxClusters: 2 },
    cluster: {
      releaseLabel: "emr-7.5.0",
      applications: [{ name: "Spark" }],
      instances: {
        instanceGroups: [
          { instanceRole: "MASTER", instanceType: "m7g.2xlarge", instanceCount: 1 },
          { instanceRole: "CORE", instanceType: "m7g.xlarge", instanceCount: 2 },
        ],
        ec2SubnetId: "subnet-0a1b2c3d",
        unhealthyNodeReplacement: true,
      },
      serviceRole: "etl-service",
      jobFlowRole: "etl-nodes",
      autoTerminationPolicy: { idleTimeout: 600 },
      logUri: "s3://etl-logs/emr/",
      logEncryptionKmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/logs",
      securityConfiguration: "etl-security",
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    },
    steps: [
      {
        name: "count",
        hadoopJarStep: {
          jar: "command-runner.jar",
          args: ["spark-submit", "s3://etl-code/wc.py", "s3://etl-data/in"],
        },
      },
    ],
    executionRoleArn: "arn:aws:iam::111122223333:role/etl-count",
    region: "us-east-1",
    placement: {
      action: "launch",
      launchId: "launch-1",
      fingerprint: "00000000000000aa",
      instances: "1 x m7g.2xlarge (MASTER), 2 x m7g.xlarge (CORE)",
      reason: "No cluster of the pool is active.",
      refused: [],
    },
  };
}

/** {@link goodJobProps} with instance fleets and managed scaling. */
export function goodFleetJobProps(): Props {
  const props = goodJobProps();
  const families = ["m6g", "m7g", "c6g", "c7g", "r7g"];
  props.cluster.instances = {
    instanceFleets: [
      {
        instanceFleetType: "MASTER",
        targetOnDemandCapacity: 1,
        instanceTypeConfigs: [{ instanceType: "m7g.2xlarge" }],
      },
      {
        instanceFleetType: "CORE",
        targetOnDemandCapacity: 8,
        instanceTypeConfigs: [{ instanceType: "m7g.xlarge", weightedCapacity: 4 }],
      },
      {
        instanceFleetType: "TASK",
        targetSpotCapacity: 8,
        instanceTypeConfigs: families.map((family) => ({
          instanceType: `${family}.xlarge`,
          weightedCapacity: 4,
        })),
        launchSpecifications: {
          spotSpecification: {
            allocationStrategy: "price-capacity-optimized",
            timeoutAction: "SWITCH_TO_ON_DEMAND",
            timeoutDurationMinutes: 10,
          },
        },
      },
    ],
    ec2SubnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    unhealthyNodeReplacement: true,
  };
  props.cluster.managedScalingPolicy = {
    computeLimits: {
      unitType: "InstanceFleetUnits",
      minimumCapacityUnits: 4,
      maximumCapacityUnits: 16,
      maximumOnDemandCapacityUnits: 8,
    },
  };
  return props;
}

/** Inputs of a `PooledEmrCluster` with the pool and the cluster of a job. */
export function keptClusterOf({ pool, cluster, region }: Props): Props {
  return { pool, cluster, region };
}

/** Inputs of a `PooledEmrCluster` that keep every policy of every profile: it waits for its next job through a night. */
export function goodKeptClusterProps(): Props {
  const props = keptClusterOf(goodJobProps());
  props.cluster.autoTerminationPolicy = { idleTimeout: 43_200 };
  return props;
}

/** Inputs of an `aws.emr.Cluster` that keep every policy of every profile. */
export function goodClusterProps(): Props {
  return {
    releaseLabel: "emr-7.5.0",
    applications: ["Spark"],
    masterInstanceGroup: { instanceType: "m7g.2xlarge" },
    coreInstanceGroup: { instanceType: "m7g.xlarge", instanceCount: 2 },
    ec2Attributes: {
      instanceProfile: "arn:aws:iam::111122223333:instance-profile/etl-nodes",
      subnetId: "subnet-0a1b2c3d",
    },
    serviceRole: "arn:aws:iam::111122223333:role/etl-service",
    autoTerminationPolicy: { idleTimeout: 600 },
    logUri: "s3://etl-logs/emr/",
    logEncryptionKmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/logs",
    securityConfiguration: "etl-security",
    unhealthyNodeReplacement: true,
    tags: { ...tags },
  };
}

/** The document of a security configuration that keeps every policy. */
export function goodSecurityDocument(): Props {
  return {
    EncryptionConfiguration: {
      EnableInTransitEncryption: true,
      EnableAtRestEncryption: true,
      AtRestEncryptionConfiguration: {
        S3EncryptionConfiguration: { EncryptionMode: "SSE-S3" },
        LocalDiskEncryptionConfiguration: { EncryptionKeyProviderType: "AwsKms", AwsKmsKey: "arn:aws:kms:…" },
      },
      InTransitEncryptionConfiguration: {
        TLSCertificateConfiguration: { CertificateProviderType: "PEM", S3Object: "s3://etl-code/certs.zip" },
      },
    },
    InstanceMetadataServiceConfiguration: {
      MinimumInstanceMetadataServiceVersion: 2,
      HttpPutResponseHopLimit: 1,
    },
  };
}

/** A good resource of each kind. */
export const goodProps = {
  job: goodJobProps,
  keptCluster: goodKeptClusterProps,
  cluster: goodClusterProps,
  instanceGroup: () => ({ clusterId: "j-1", instanceType: "m7g.xlarge", instanceCount: 2 }),
  instanceFleet: () => ({
    clusterId: "j-1",
    targetOnDemandCapacity: 8,
    instanceTypeConfigs: [{ instanceType: "m7g.xlarge", weightedCapacity: 4 }],
  }),
  managedScalingPolicy: () => ({
    clusterId: "j-1",
    computeLimits: [
      {
        unitType: "Instances",
        minimumCapacityUnits: 2,
        maximumCapacityUnits: 10,
        maximumOndemandCapacityUnits: 4,
      },
    ],
  }),
  securityConfiguration: () => ({ configuration: JSON.stringify(goodSecurityDocument()) }),
  blockPublicAccess: () => ({
    blockPublicSecurityGroupRules: true,
    permittedPublicSecurityGroupRuleRanges: [{ minRange: 22, maxRange: 22 }],
  }),
} satisfies Record<keyof typeof resourceTypes, () => Props>;

export const jobResource = (name: string, props: Props = goodJobProps()): TestResource => ({
  type: resourceTypes.job,
  name,
  props,
});

export const keptClusterResource = (name: string, props: Props = goodKeptClusterProps()): TestResource => ({
  type: resourceTypes.keptCluster,
  name,
  props,
});

export const clusterResource = (name: string, props: Props = goodClusterProps()): TestResource => ({
  type: resourceTypes.cluster,
  name,
  props,
});
