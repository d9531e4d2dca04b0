import * as pulumi from "@pulumi/pulumi";
import type { DeepInput, StepConfig } from "../args";
import { PooledEmrError } from "../errors";
import { problemsOfStep } from "../lifecycle/validation/steps";
import { knowSecretParts, secretPaths } from "../secretPaths";
import { localFile } from "./localFile";
import { checkNumbers, type SmallestNumbers } from "./numberOptions";
import { secretWords } from "./secretWords";

/** What every step builder takes. */
export interface StepOptions {
  /** Name of the step, 1–256 characters; the job's claim is appended to it when it is submitted. */
  name: string;
  /**
   * What the cluster does with the job's later steps when this one fails. Default: chosen at submit by the
   * cluster's concurrency, `CANCEL_AND_WAIT` at 1, `CONTINUE` above, where EMR refuses anything else.
   * Actions that end the cluster are refused: others share it.
   */
  actionOnFailure?: "CANCEL_AND_WAIT" | "CONTINUE";
  /**
   * Where this step's logs go instead of the cluster's `logUri`.
   * https://docs.aws.amazon.com/emr/latest/APIReference/API_S3MonitoringConfiguration.html
   */
  monitoring?: {
    /** `s3://` address. Default: the cluster's. */
    logUri?: string;
    /** ARN of the KMS key the logs are encrypted with. Default: the cluster's. */
    encryptionKeyArn?: string;
  };
}

/** The `hadoopJarStep` of a {@link StepConfig}. */
export type HadoopJarStep = NonNullable<StepConfig["hadoopJarStep"]>;

/** A file of a step: an address, a local path, or a Pulumi asset. */
export type FileInput = pulumi.Input<string | pulumi.asset.FileAsset>;

/** `Options` with Pulumi inputs at every depth, and assets for the options named by `FileOption`. */
export type StepInputs<Options, FileOption extends keyof Options> = {
  [Option in keyof Options]: Option extends FileOption
    ? NonNullable<Options[Option]> extends readonly unknown[]
      ? pulumi.Input<FileInput[]>
      : FileInput
    : DeepInput<Options[Option]>;
};

/** Makes one step. Plain options give a plain `StepConfig`; Pulumi outputs or assets among them give an `Output` of it. */
export interface StepBuilder<Options, FileOption extends keyof Options = never> {
  (options: Options): StepConfig;
  (options: StepInputs<Options, FileOption>): pulumi.Output<StepConfig>;
}

/**
 * A builder from what is its own: the limits of its numbers, and the function from options to `hadoopJarStep`.
 *
 * The result checks numbers and EMR's limits: at once for plain options, else as soon as the values are known,
 * always before AWS is called.
 */
export function stepBuilder<Options extends StepOptions, FileOption extends keyof Options = never>(
  builder: string,
  smallestNumbers: SmallestNumbers<Options>,
  hadoopJarStep: (options: Options) => HadoopJarStep,
): StepBuilder<Options, FileOption> {
  const build = (options: Options): StepConfig => {
    const subject = `${builder}(${JSON.stringify(options.name)})`;
    checkNumbers(options, smallestNumbers, subject);
    const step: StepConfig = {
      name: options.name,
      ...(options.actionOnFailure && { actionOnFailure: options.actionOnFailure }),
      hadoopJarStep: hadoopJarStep(options),
      ...(options.monitoring && {
        stepMonitoringConfiguration: { s3MonitoringConfiguration: { ...options.monitoring } },
      }),
    };
    const [problem] = problemsOfStep(step, subject, 1);
    if (problem) {
      const { property, ...details } = problem;
      throw new PooledEmrError("INVALID_INPUT", { subject: property, ...details });
    }
    return step;
  };
  return ((options: Options) => {
    if (!holdsInputs(options)) return build(options);
    const inputs = withAssetsAsReferences(options) as object;
    const step = pulumi.output(inputs).apply((plain) => {
      try {
        return build(plain as Options);
      } catch (error) {
        // Rejects always; Pulumi waits for what `apply` returns.
        return withoutSecretValue(error, inputs) as never;
      }
    });
    knowSecretParts(step, () => secretWords(inputs, step));
    return step;
  }) as StepBuilder<Options, FileOption>;
}

/** An error about options among which are secrets does not show the value it is about. */
async function withoutSecretValue(error: unknown, inputs: object): Promise<never> {
  if (!(error instanceof PooledEmrError) || (await secretPaths(inputs)).length === 0) throw error;
  throw new PooledEmrError(error.code, { ...error.details, got: undefined });
}

function holdsInputs(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  if (pulumi.Output.isInstance(value) || value instanceof Promise || pulumi.asset.Asset.isInstance(value)) {
    return true;
  }
  return Object.values(value).some(holdsInputs);
}

/** An asset's path is a promise, so a reference to it is an output. */
function withAssetsAsReferences(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (pulumi.Output.isInstance(value)) return value.apply(withAssetsAsReferences);
  if (value instanceof Promise) return value.then(withAssetsAsReferences);
  if (pulumi.asset.Asset.isInstance(value)) return referenceOf(value);
  if (Array.isArray(value)) return (value as unknown[]).map(withAssetsAsReferences);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withAssetsAsReferences(item)]));
}

function referenceOf(asset: pulumi.asset.Asset): pulumi.Output<string> {
  const { path } = asset as Partial<pulumi.asset.FileAsset>;
  if (path === undefined) {
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "A step's file",
      problem: "is a Pulumi asset without a path",
      allowed: "pulumi.asset.FileAsset, a local path, or an address such as s3://…",
    });
  }
  return pulumi.output(path).apply(localFile);
}

/** `[flag, value]`, or nothing without a value. */
export function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

/** `[flag, "key=value"]` for every entry, in the order written. */
export function keyValueOptions(flag: string, values: Record<string, string> | undefined): string[] {
  return Object.entries(values ?? {}).flatMap(([key, value]) => [flag, `${key}=${value}`]);
}

/**
 * `[flag, "a,b"]` for Hadoop and Spark options that take a list.
 *
 * @throws PooledEmrError INVALID_INPUT for an entry with a comma, which would be torn in two on the cluster
 */
export function listOption(flag: string, entries: readonly string[] | undefined): string[] {
  const torn = entries?.find((entry) => entry.includes(","));
  if (torn !== undefined) {
    throw new PooledEmrError("INVALID_INPUT", {
      subject: flag,
      problem: "has an entry with a comma, which separates the entries",
      got: torn,
      allowed: "names without a comma",
    });
  }
  return entries === undefined || entries.length === 0 ? [] : [flag, entries.join(",")];
}
