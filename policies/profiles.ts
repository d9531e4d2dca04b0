import type { EnforcementLevel } from "@pulumi/policy";
import type { PolicyDefinition, Profile } from "./definePolicy";
import { type CommonConfig, commonConfig } from "./exemptions";

/**
 * The level of a policy in a profile. Dev only advises, apart from the rules that protect others in the pool and
 * say so in `levels`; strict makes the security rules mandatory.
 */
export function levelIn(profile: Profile, policy: PolicyDefinition<never>): EnforcementLevel {
  const own = policy.levels?.[profile];
  if (own !== undefined) return own;
  if (profile === "dev" && policy.level === "mandatory") return "advisory";
  if (profile === "strict" && policy.tags.includes("security")) return "mandatory";
  return policy.level;
}

/** The configuration schema of a policy in a profile, with what all policies take. */
export function configSchemaIn(profile: Profile, policy: PolicyDefinition<never>) {
  const defaults = (policy.profileConfig?.[profile] ?? {}) as Record<string, unknown>;
  const own = Object.fromEntries(
    Object.entries(policy.config).map(([key, property]) => [
      key,
      key in defaults ? { ...(property as object), default: defaults[key] } : property,
    ]),
  );
  return { properties: { ...own, ...commonConfig } };
}

/**
 * Configuration of the policy where the host sends none for a property. The engine fills in defaults too; a host
 * that doesn't, such as a test, gets the same policy.
 */
export function defaultConfig<Config extends object>(
  profile: Profile,
  policy: PolicyDefinition<Config>,
): Config & CommonConfig {
  const { properties } = configSchemaIn(profile, policy as unknown as PolicyDefinition<never>);
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => [key, (property as { default: unknown }).default]),
  ) as Config & CommonConfig;
}
