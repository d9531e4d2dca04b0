import { z } from "zod";

const oneOf = (...values: [string, ...string[]]) =>
  z.enum(values, { error: values.map((value) => `"${value}"`).join(", ") });

const whole = (from: number, to: number, unit = "") => {
  const error = `a whole number from ${from} to ${to}${unit}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};

const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

/**
 * `s3://bucket[/prefix]`; bucket names after https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
 * prefixes without the parts `.` and `..`, which clients would take out of the request's path.
 */
const s3Location = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/(?!\.\.?(\/|$))[^\s/]*)*$/;

const poolFields = {
  name: text(/^(?!\.+$)[A-Za-z0-9._-]{1,64}$/, "1 to 64 of A-Z a-z 0-9 . _ -, not only dots"),
  store: text(
    s3Location,
    "s3://bucket or s3://bucket/prefix, with neither blanks nor parts . or .. in the prefix",
  ),
  maxClusters: whole(1, 500).optional(),
  waitMinutes: z
    .number({ error: "0 to 1440 minutes" })
    .min(0, { error: "0 to 1440 minutes" })
    .max(1440, { error: "0 to 1440 minutes" })
    .optional(),
  timeoutMinutes: z
    .number({ error: "more than 0, up to 1440 minutes" })
    .positive({ error: "more than 0, up to 1440 minutes" })
    .max(1440, { error: "more than 0, up to 1440 minutes" })
    .optional(),
  maxConcurrentSteps: whole(1, 256).optional(),
  joinStarting: z.boolean({ error: "true or false" }).optional(),
  prefer: oneOf("most-powerful", "best-fit").optional(),
  clusterId: text(/^j-[A-Z0-9]+$/, "an EMR cluster id such as j-2AXXXXXXGAPLF").optional(),
  minAvailable: z
    .strictObject(
      { memoryMB: whole(1, 1_000_000_000, " MB") },
      { error: "{ memoryMB }: CloudWatch reports free memory, but no free cores" },
    )
    .optional(),
};

const pool = z.strictObject(poolFields, {
  error: 'an object with name and store, such as { name: "etl", store: "s3://my-bucket/emr-pool" }',
});

/** The inputs beside `cluster` and `steps`, whose shape is EMR's. Each error text is what is allowed. */
export const optionsSchema = z.strictObject({
  pool,
  cluster: z.looseObject({}, { error: "an object: RunJobFlow with fields in lowerCamelCase" }),
  steps: z
    .array(z.looseObject({}, { error: "a step: StepConfig with fields in lowerCamelCase" }), {
      error: "a list of 1 to 256 steps",
    })
    .min(1, { error: "a list of 1 to 256 steps" })
    .max(256, { error: "a list of 1 to 256 steps" }),
  executionRoleArn: text(/^arn:[^:]+:iam::\d{12}:role\/.+$/, "arn:aws:iam::<account>:role/<name>").optional(),
  waitFor: oneOf("submitted", "running", "completed").optional(),
  completionTimeoutMinutes: z
    .number({ error: "more than 0, up to 10080 minutes" })
    .positive({ error: "more than 0, up to 10080 minutes" })
    .max(10080, { error: "more than 0, up to 10080 minutes" })
    .optional(),
  onDelete: oneOf("cancel", "leave").optional(),
  resubmit: oneOf("never-started", "failed", "never").optional(),
  parallelSteps: z.boolean({ error: "true or false" }).optional(),
  scope: z.string({ error: "a string" }).max(256, { error: "at most 256 characters" }).optional(),
  triggers: z.array(z.string({ error: "a list of strings" }), { error: "a list of strings" }).optional(),
  region: text(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "an AWS region such as eu-west-1").optional(),
});
