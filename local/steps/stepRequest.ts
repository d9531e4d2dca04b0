/** A step as its process needs it. Kept as `step.json` in the step's folder. */
export interface StepRequest {
  readonly clusterId: string;
  readonly stepId: string;
  readonly region: string;
  /** `s3://…` under which the logs go; none are uploaded without it. */
  readonly logUri?: string;
  /** As in the step's configuration. */
  readonly jar: string;
  readonly mainClass?: string;
  readonly args: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

/** How a step's process ended. Kept as `outcome.json` in the step's folder; its absence means: not by itself. */
export interface StepProcessOutcome {
  readonly state: "COMPLETED" | "FAILED" | "CANCELLED" | "INTERRUPTED";
  readonly failure?: { readonly reason?: string; readonly message?: string; readonly logFile?: string };
}
