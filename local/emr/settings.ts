import { z } from "zod";
import { defaultPhaseDurations } from "./clusterEvents";

const milliseconds = z.number().int().min(0).max(86_400_000);

/** Settings of the local EMR that an admin call changes: `POST /_local/emr/settings` with any of these fields. */
export const emrSettingsSchema = z.strictObject({
  /** How long phases take, in milliseconds of the server's clock. */
  durations: z
    .strictObject({
      starting: milliseconds,
      bootstrapping: milliseconds,
      terminating: milliseconds,
      cancelling: milliseconds,
      resizing: milliseconds,
    })
    .partial(),
  /** By how many seconds listings of each kind lag behind. */
  listingLagSeconds: z
    .strictObject({ clusters: z.number().min(0), steps: z.number().min(0), tags: z.number().min(0) })
    .partial(),
  /** EMR's default quotas are enforced: https://docs.aws.amazon.com/general/latest/gr/emr.html */
  throttling: z.boolean(),
  /** A request whose signature is older than this is refused; null turns the check off. */
  signatureMaxAgeSeconds: z.number().min(1).nullable(),
  /**
   * `run`: steps are processes. `manual`: a running step stays so until an admin call gives its outcome.
   * A number: it completes after so many milliseconds of the server's clock.
   */
  stepExecution: z.union([z.enum(["run", "manual"]), milliseconds]),
  /** Bootstrapping of clusters launched from now on fails with this message; null: it succeeds. */
  bootstrapFailure: z.string().nullable(),
  /** Active clusters an account may have in a Region (AWS's default: 500); null: no limit. */
  maxActiveClusters: z.number().int().min(1).nullable(),
});

/** All settings, with their present values. */
export interface EmrSettings {
  durations: { -readonly [Phase in keyof typeof defaultPhaseDurations]: number };
  listingLagSeconds: { clusters: number; steps: number; tags: number };
  throttling: boolean;
  signatureMaxAgeSeconds: number | null;
  stepExecution: "run" | "manual" | number;
  bootstrapFailure: string | null;
  maxActiveClusters: number | null;
}

/** What may be given when the service is created or by the admin call. */
export type EmrSettingsChange = Partial<z.input<typeof emrSettingsSchema>>;

/** Quotas and lags off, signatures valid for 5 minutes, steps run. */
export function defaultEmrSettings(): EmrSettings {
  return {
    durations: { ...defaultPhaseDurations },
    listingLagSeconds: { clusters: 0, steps: 0, tags: 0 },
    throttling: false,
    signatureMaxAgeSeconds: 300,
    stepExecution: "run",
    bootstrapFailure: null,
    maxActiveClusters: null,
  };
}

/** `settings` with `change` laid over it, two levels deep. */
export function changedSettings(settings: EmrSettings, change: EmrSettingsChange): EmrSettings {
  return {
    ...settings,
    ...change,
    durations: { ...settings.durations, ...change.durations },
    listingLagSeconds: { ...settings.listingLagSeconds, ...change.listingLagSeconds },
  };
}
