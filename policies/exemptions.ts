import { z } from "zod";
import type { ConfigProperties } from "./definePolicy";
import type { Resource } from "./resource";

/** One exemption of a policy: whom, why, and until which day. */
export interface Exemption {
  reason: string;
  /** Last day, `YYYY-MM-DD`, in UTC. */
  until: string;
}

/** Configuration that every policy of the pack takes beside its own. */
export interface CommonConfig {
  enabled: boolean;
  exemptPools: (Exemption & { pool: string })[];
  exemptStacks: (Exemption & { stack: string })[];
}

const exemptionFields = {
  reason: { type: "string", minLength: 10, description: "Why, for those who review it." },
  until: {
    type: "string",
    format: "date",
    pattern: "^\\d{4}-\\d{2}-\\d{2}$",
    description: "Last day of the exemption, YYYY-MM-DD in UTC; later it is reported and no longer holds.",
  },
} as const;

export const commonConfig: ConfigProperties<CommonConfig> = {
  enabled: { type: "boolean", default: true, description: "False turns the policy off." },
  exemptPools: {
    type: "array",
    default: [],
    maxItems: 100,
    description:
      "Pools whose jobs and kept clusters the policy passes over, each with a reason and an end date.",
    items: {
      type: "object",
      properties: { pool: { type: "string", description: "The pool's name." }, ...exemptionFields },
      required: ["pool", "reason", "until"],
      additionalProperties: false,
    },
  },
  exemptStacks: {
    type: "array",
    default: [],
    maxItems: 100,
    description: "Stacks the policy passes over, each with a reason and an end date.",
    items: {
      type: "object",
      properties: {
        stack: { type: "string", description: "The stack's name, or project/stack." },
        ...exemptionFields,
      },
      required: ["stack", "reason", "until"],
      additionalProperties: false,
    },
  },
};

/** Whether a resource is passed over, and the exemptions that would apply to it but have no end date to come. */
export interface ExemptionVerdict {
  exempt: boolean;
  /** One message each. */
  expired: string[];
}

/**
 * Which exemptions apply to `resource` at `now`. The pool's name is read only if there are exemptions by pool, so
 * that an unknown name silences no policy without need.
 */
export function exemptionsOf(resource: Resource, config: CommonConfig, now: Date): ExemptionVerdict {
  const stackNames = [resource.stackName, `${resource.projectName}/${resource.stackName}`];
  const matching: (Exemption & { subject: string })[] = config.exemptStacks
    .filter((exemption) => stackNames.includes(exemption.stack))
    .map((exemption) => ({ ...exemption, subject: `stack ${exemption.stack}` }));
  if (config.exemptPools.length > 0 && resource.pooled !== undefined) {
    const pool = resource.pooled.pool.name;
    matching.push(
      ...config.exemptPools
        .filter((exemption) => exemption.pool === pool)
        .map((exemption) => ({ ...exemption, subject: `pool ${exemption.pool}` })),
    );
  }
  const today = now.toISOString().slice(0, 10);
  return {
    exempt: matching.some((exemption) => isDate(exemption.until) && today <= exemption.until),
    expired: matching
      .filter((exemption) => !isDate(exemption.until) || today > exemption.until)
      .map(expiredMessage),
  };
}

/** Whether `until` is a day of the calendar: 2027-02-30, which any day comes before, would be an exemption for ever. */
function isDate(until: string | undefined): boolean {
  return z.iso.date().safeParse(until).success;
}

/** An end date that is missing or no date has the same effect as one that has passed. */
function expiredMessage({ subject, until, reason }: Exemption & { subject: string }): string {
  const isWrong = until !== undefined && !isDate(until);
  const ended =
    until === undefined
      ? "has no end date"
      : isWrong
        ? `ends on ${JSON.stringify(until)}, which is no day of the calendar`
        : `ended on ${until}`;
  return [
    `The exemption of ${subject} (${reason}) ${ended}.`,
    isWrong
      ? "Allowed: a date YYYY-MM-DD, such as 2027-01-31; until then the exemption does not hold."
      : "Allowed: exemptions whose end date has not passed.",
    "An exemption nobody looks at again is a rule nobody keeps.",
    "Remove it from the policy's configuration, or give it a new end date.",
  ].join(" ");
}
