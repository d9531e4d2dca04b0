import { z } from "zod";

/** Schemas of structures that several operations take. Limits: https://docs.aws.amazon.com/emr/latest/APIReference/ */

/** EMR's `XmlStringMaxLen256` and its kin. */
export const string256 = z.string().max(256);

/** `name` is the field as EMR's own texts name it: `clusterId`, `jobFlowId`, `resourceId`. */
export function clusterIdNamed(name: "clusterId" | "jobFlowId" | "resourceId") {
  return string256.superRefine((value, context) => {
    if (!/^j-[0-9A-Z]+$/.test(value))
      context.addIssue({ code: "custom", message: `${name} '${value}' is not valid.` });
  });
}

export const stepId = string256;

export const marker = z.string().optional();

/** A page is at most 50 long and can't be made longer or shorter. */
export const pageSize = 50;

export const tag = z.object({ Key: z.string().max(128), Value: z.string().max(256).default("") });

export const keyValue = z.object({ Key: z.string().optional(), Value: z.string().optional() });

/** Strings of one HadoopJarStep together: https://docs.aws.amazon.com/emr/latest/APIReference/API_HadoopJarStepConfig.html */
const longestJarStep = 10_240;

const hadoopJarStep = z
  .object({
    Jar: z.string().min(1).max(10_280),
    MainClass: z.string().max(10_280).optional(),
    Args: z.array(z.string().max(10_280)).optional(),
    Properties: z.array(keyValue).optional(),
  })
  .superRefine((jarStep, context) => {
    const strings = [
      jarStep.Jar,
      jarStep.MainClass ?? "",
      ...(jarStep.Args ?? []),
      ...(jarStep.Properties ?? []).flatMap((property) => [property.Key ?? "", property.Value ?? ""]),
    ];
    const length = strings.reduce((sum, text) => sum + text.length, 0);
    if (length > longestJarStep)
      context.addIssue({
        code: "custom",
        message: `Size of an individual argument, or of all strings of the step together, exceeds the limit of ${longestJarStep} characters (${length}).`,
      });
  });

export const actionOnFailure = z.enum([
  "TERMINATE_JOB_FLOW",
  "TERMINATE_CLUSTER",
  "CANCEL_AND_WAIT",
  "CONTINUE",
]);

export const stepConfig = z.object({
  Name: string256,
  ActionOnFailure: actionOnFailure.optional(),
  HadoopJarStep: hadoopJarStep,
  StepMonitoringConfiguration: z
    .object({
      S3MonitoringConfiguration: z
        .object({ LogUri: z.string().optional(), EncryptionKeyArn: z.string().optional() })
        .optional(),
    })
    .optional(),
});

/** At most 256 steps in a call, as at most 256 may be active. */
export const stepConfigs = z.array(stepConfig).min(1).max(256);

export const autoTerminationPolicy = z.object({
  IdleTimeout: z.number().int().min(60).max(604_800).optional(),
});

export const stepConcurrencyLevel = z.number().int().min(1).max(256);

export const configurations = z.array(
  z.looseObject({
    Classification: z.string().optional(),
    Properties: z.record(z.string(), z.string()).optional(),
    get Configurations() {
      return configurations.optional();
    },
  }),
) as z.ZodType<{ Classification?: string; Properties?: Record<string, string> }[]>;

export const managedScalingPolicy = z.looseObject({
  ComputeLimits: z
    .looseObject({
      UnitType: z.enum(["InstanceFleetUnits", "Instances", "VCPU"]),
      MinimumCapacityUnits: z.number().int().min(1),
      MaximumCapacityUnits: z.number().int().min(1),
      MaximumOnDemandCapacityUnits: z.number().int().min(0).optional(),
      MaximumCoreCapacityUnits: z.number().int().min(1).optional(),
    })
    .superRefine((limits, context) => {
      if (limits.MaximumCapacityUnits < limits.MinimumCapacityUnits)
        context.addIssue({
          code: "custom",
          message: "MaximumCapacityUnits must be greater than or equal to MinimumCapacityUnits.",
        });
    }),
});
