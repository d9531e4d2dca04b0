import * as pulumi from "@pulumi/pulumi";
import { PooledEmrJob, s3DistCpStep } from "pulumi-pooled-emr";

const config = new pulumi.Config();
const bucket = config.get("bucket") ?? "my-emr-bucket";
const subnets = config.getObject<string[]>("subnets") ?? [];

/** Types of the same size: whichever is to be had, the cluster has as many units. */
const types = ["m6g.xlarge", "m7g.xlarge", "r6g.xlarge", "r7g.xlarge", "c6g.2xlarge", "c7g.2xlarge"];

const job = new PooledEmrJob("compact-logs", {
  pool: { name: "spot", store: `s3://${bucket}/pool`, maxClusters: 4, waitMinutes: 5 },
  cluster: {
    releaseLabel: "emr-7.5.0",
    applications: [{ name: "Hadoop" }],
    instances: {
      ...(subnets.length > 0 && { ec2SubnetIds: subnets }),
      instanceFleets: [
        {
          // Losing the primary ends the cluster: never on spot.
          instanceFleetType: "MASTER",
          targetOnDemandCapacity: 1,
          instanceTypeConfigs: types.slice(0, 3).map((instanceType) => ({ instanceType })),
        },
        {
          // Core machines hold HDFS.
          instanceFleetType: "CORE",
          targetOnDemandCapacity: 2,
          instanceTypeConfigs: types.map((instanceType) => ({ instanceType, weightedCapacity: 1 })),
        },
        {
          instanceFleetType: "TASK",
          targetSpotCapacity: 2,
          instanceTypeConfigs: types.map((instanceType) => ({
            instanceType,
            weightedCapacity: 1,
            bidPriceAsPercentageOfOnDemandPrice: 100,
          })),
          launchSpecifications: {
            spotSpecification: {
              allocationStrategy: "price-capacity-optimized",
              timeoutDurationMinutes: 10,
              timeoutAction: "SWITCH_TO_ON_DEMAND",
            },
          },
        },
      ],
    },
    managedScalingPolicy: {
      computeLimits: {
        unitType: "InstanceFleetUnits",
        minimumCapacityUnits: 2,
        maximumCapacityUnits: 20,
        maximumOnDemandCapacityUnits: 4,
        maximumCoreCapacityUnits: 4,
      },
    },
    serviceRole: "EMR_DefaultRole",
    jobFlowRole: "EMR_EC2_DefaultRole",
    autoTerminationPolicy: { idleTimeout: 600 },
    logUri: `s3://${bucket}/emr-logs/`,
  },
  steps: [
    s3DistCpStep({
      name: "join small log files by day",
      src: `s3://${bucket}/logs/`,
      dest: `s3://${bucket}/logs-by-day/`,
      groupBy: ".*/(\\d{4}-\\d{2}-\\d{2})[^/]*\\.log",
      targetSize: 256,
    }),
  ],
});

export const clusterId = job.clusterId;
export const placement = job.placement;
