import type { PolicyRemediation, PolicyViolation } from "./policyPack";
import type { PropertyMap } from "./propertyValues";

/** Which of the four operations a host runs. */
export type OperationKind = "preview" | "update" | "refresh" | "destroy";

/** What is done to one resource. */
export type StepOperation =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete"
  | "delete-replaced"
  | "read"
  | "refresh";

/** How much a message matters; the levels of Pulumi's engine log. */
export type Severity = "debug" | "info" | "warning" | "error";

/** A resource as it is shown. */
export interface ShownResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** What a deployment tells while it runs. */
export interface DeploymentEvents {
  /** A step begins (in a preview: is planned). */
  stepStarted(operation: StepOperation, resource: ShownResource, details: StepDetails): void;
  /** A step ended well. */
  stepDone(operation: StepOperation, resource: ShownResource, seconds: number): void;
  /** A step failed; its message is sent as a log line. */
  stepFailed(operation: StepOperation, resource: ShownResource, seconds: number): void;
  /** A line of the program (no urn, or the stack's), of a provider or of the deployment itself. */
  log(severity: Severity, message: string, urn: string | undefined, ephemeral: boolean): void;
  policyViolation(violation: PolicyViolation): void;
  policyRemediation(remediation: PolicyRemediation, urn: string): void;
}

/** What a step would change. */
export interface StepDetails {
  readonly oldInputs?: PropertyMap;
  readonly newInputs?: PropertyMap;
  readonly replaceKeys?: readonly string[];
}

/** Outcome of one operation. */
export interface OperationResult {
  readonly succeeded: boolean;
  /** Number of resources by what was done (or would be done) to them; `same` included. */
  readonly changes: Readonly<Partial<Record<StepOperation, number>>>;
  /** Outputs of the stack; those not known yet are left out, those that are secret too. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly violations: readonly PolicyViolation[];
  /** Errors and warnings by resource, in the order they came. */
  readonly diagnostics: readonly {
    readonly severity: Severity;
    readonly message: string;
    readonly urn?: string;
  }[];
}
