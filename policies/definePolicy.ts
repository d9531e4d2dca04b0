import type { EnforcementLevel } from "@pulumi/policy";
import type { PolicyComplianceFramework, Severity } from "@pulumi/policy/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Resource, ResourceKind } from "./resource";
import type { Stack } from "./stack";

/** The three sets of defaults the pack is shipped with, one entry point each. */
export type Profile = "dev" | "prod" | "strict";

/** A configuration property: JSON schema with the description, the default and, for numbers, the bounds that users need. */
export type ConfigProperty<Value> = PolicyConfigJSONSchema & { description: string; default: Value };

/** The schema of a policy's own configuration, one entry for each property of `Config`. */
export type ConfigProperties<Config extends object> = {
  [Key in keyof Config]-?: ConfigProperty<Config[Key]>;
};

/**
 * Reports one violation. Message form: what was found, what is allowed, why (the policy's own sentence), how to fix.
 *
 * @param found sentence with the property's path and its effective value; never a secret.
 * @param allowed sentence with the limit.
 * @param fix sentence; the policy's `remediationSteps` when left out.
 * @param level `advisory` for what is only to be known of, whatever the policy's level.
 */
export type Report = (found: string, allowed: string, fix?: string, level?: "advisory") => void;

/** {@link Report} for a rule over the whole stack: the violation is shown at `resource`, or at the stack when left out. */
export type StackReport = (
  resource: Resource | undefined,
  found: string,
  allowed: string,
  fix?: string,
) => void;

/** One rule of the pack, free of any host: what it is called, how strict it is, and how it judges. */
export interface PolicyDefinition<Config extends object = object> {
  /** Kebab-case; public: users' configuration files refer to it. */
  readonly name: string;
  /** The rule as one sentence. */
  readonly description: string;
  /** Why the rule exists, one sentence; part of every message. */
  readonly why: string;
  readonly severity: Severity;
  /** `security` makes a rule mandatory in profile strict. */
  readonly tags: readonly string[];
  /** How to comply, one sentence; part of every message. */
  readonly remediationSteps: string;
  readonly framework?: PolicyComplianceFramework;
  readonly url: string;
  /** Level in profile prod. Dev turns `mandatory` into `advisory`, strict turns rules tagged `security` mandatory. */
  readonly level: EnforcementLevel;
  /** Levels of profiles that depart from what `level` and the tags give. */
  readonly levels?: Partial<Record<Profile, EnforcementLevel>>;
  readonly config: ConfigProperties<Config>;
  /** Configuration defaults of profiles that depart from `config`. */
  readonly profileConfig?: Partial<Record<Profile, Partial<Config>>>;
  /** The resources that `check` and `remediate` are called with. */
  readonly kinds?: readonly ResourceKind[];
  /** Judges one resource before it is created or updated. Reading an unknown value ends the check silently. */
  readonly check?: (resource: Resource, config: Config, report: Report) => void;
  /** Judges the resources of the stack together; resources of exempt pools are not among them. */
  readonly checkStack?: (stack: Stack, config: Config, report: StackReport) => void;
  /**
   * Changes `resource.props` in place, so that values that are Pulumi secrets stay secret, and returns true if it
   * changed anything. Runs at enforcement level `remediate` only, before `check`.
   */
  readonly remediate?: (resource: Resource, config: Config) => boolean;
}

/** Gives `definition` its types; what it returns is what it got. */
export function definePolicy<Config extends object = object>(
  definition: PolicyDefinition<Config>,
): PolicyDefinition<Config> {
  return definition;
}
