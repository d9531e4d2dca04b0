import { z } from "zod";

const count = z.number().nonnegative();
const texts = z.record(z.string(), z.string()).nullish();
const text = z.string().nullish();
const list = z.array(z.string()).nullish();
const number = z.number().nullish();
const time = z.union([z.string(), z.number()]).nullish();

/** Sizes by type, as a file of cases brings them. */
export const sizesForm = z.record(
  z.string(),
  z.looseObject({ memoryGiB: z.number(), vcpus: z.number(), architecture: z.string().nullish() }),
);

const configuration = z.looseObject({
  Classification: text,
  Properties: z.record(z.string(), z.unknown()).nullish(),
  get Configurations() {
    return z.array(configuration).nullish();
  },
});
const configurations = z.array(configuration).nullish();

const volumes = z
  .array(
    z.looseObject({
      VolumeSpecification: z
        .looseObject({ VolumeType: text, SizeInGB: number, Iops: number, Throughput: number })
        .nullish(),
    }),
  )
  .nullish();

const status = z.looseObject({
  State: text,
  Timeline: z.looseObject({ ReadyDateTime: time }).nullish(),
});

const instanceGroup = z.looseObject({
  InstanceGroupType: text,
  InstanceType: text,
  BidPrice: z.union([z.string(), z.number()]).nullish(),
  RequestedInstanceCount: number,
  RunningInstanceCount: number,
  Status: status.nullish(),
  EbsBlockDevices: volumes,
  Configurations: configurations,
  CustomAmiId: text,
});

const instanceFleet = z.looseObject({
  InstanceFleetType: text,
  TargetOnDemandCapacity: number,
  TargetSpotCapacity: number,
  ProvisionedOnDemandCapacity: number,
  ProvisionedSpotCapacity: number,
  Status: status.nullish(),
  InstanceTypeSpecifications: z
    .array(
      z.looseObject({
        InstanceType: text,
        WeightedCapacity: number,
        BidPrice: z.union([z.string(), z.number()]).nullish(),
        BidPriceAsPercentageOfOnDemandPrice: number,
        EbsBlockDevices: volumes,
        Configurations: configurations,
        CustomAmiId: text,
      }),
    )
    .nullish(),
});

/** A cluster as EMR describes it, with the facts EMR does not give in names that start with a small letter. */
const clusterForm = z.looseObject({
  Id: z.string(),
  Status: status.extend({ State: z.string() }),
  ReleaseLabel: text,
  RequestedAmiVersion: text,
  RunningAmiVersion: text,
  CustomAmiId: text,
  Applications: z.array(z.looseObject({ Name: text })).nullish(),
  Configurations: configurations,
  BootstrapActions: z.array(z.looseObject({ ScriptPath: text, Args: list })).nullish(),
  Ec2InstanceAttributes: z
    .looseObject({
      IamInstanceProfile: text,
      AdditionalMasterSecurityGroups: list,
      AdditionalSlaveSecurityGroups: list,
    })
    .nullish(),
  ServiceRole: text,
  AutoScalingRole: text,
  LogEncryptionKmsKeyId: text,
  StepConcurrencyLevel: number,
  EbsRootVolumeSize: number,
  PlacementGroups: z.array(z.looseObject({ InstanceRole: text, PlacementStrategy: text })).nullish(),
  InstanceGroups: z.array(instanceGroup).nullish(),
  InstanceFleets: z.array(instanceFleet).nullish(),
  pool: z.string().nullish(),
  lock: z.looseObject({ owner: text, expiresAt: time }).nullish(),
  stepCounts: z.record(z.string(), count).nullish(),
  additionalInfo: z.unknown().optional(),
  bootstrapFiles: texts,
  yarn: z.looseObject({ availableMB: z.number(), availableVirtualCores: number }).nullish(),
  lastActivity: text,
});

/** One case. Of the request only our own fields: what is not of EMR's form in it matches nothing (requestForm.ts). */
export const caseForm = z.looseObject({
  id: z.string(),
  now: z.string().refine((value) => !Number.isNaN(new Date(value).getTime()), {
    error: "Invalid input: expected a time such as 2026-11-20T10:00:00Z",
  }),
  clusters: z.array(clusterForm),
  request: z.looseObject({
    pool: z.looseObject({
      poolName: z.string(),
      maxConcurrentSteps: number,
      minAvailableMb: number,
      minAvailableVirtualCores: number,
      clusterId: text,
      prefer: z.enum(["most-powerful", "best-fit"]).nullish(),
    }),
    StepConcurrencyLevel: number,
    stepsToAdd: count.nullish(),
    bootstrapFiles: texts,
  }),
  instanceTypes: sizesForm.nullish(),
});

/** Several cases; each is read by itself, so that an error can name it. */
export const casesForm = z.looseObject({
  cases: z.array(z.unknown()),
  instanceTypes: sizesForm.nullish(),
});

/** A case as it stands in a file. */
export type SnapshotCaseForm = z.infer<typeof caseForm>;
/** A cluster of a case as it stands in a file. */
export type SnapshotCluster = z.infer<typeof clusterForm>;
/** A table of sizes as it stands in a file. */
export type SnapshotSizes = z.infer<typeof sizesForm>;
