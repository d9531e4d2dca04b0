import type {
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { PolicyDefinition, Profile, Report } from "./definePolicy";
import { type CommonConfig, exemptionsOf } from "./exemptions";
import { known } from "./known";
import { configSchemaIn, defaultConfig, levelIn } from "./profiles";
import { Resource } from "./resource";
import { Stack } from "./stack";

/** A policy of the pack in the form the SDK takes: some judge single resources and the stack. */
export type PulumiPolicy = Omit<ResourceValidationPolicy, "validateResource"> &
  Partial<Pick<ResourceValidationPolicy, "validateResource">> &
  Partial<Pick<StackValidationPolicy, "validateStack">>;

/**
 * Makes a definition a policy of the SDK: profile defaults, exemptions, the one form of messages, and silence where
 * a value isn't known at preview (the SDK would print a line for each; the update judges again with all values).
 *
 * @param now the current time, for exemptions' end dates.
 */
export function pulumiPolicy<Config extends object>(
  definition: PolicyDefinition<Config>,
  profile: Profile,
  now: () => Date = () => new Date(),
): PulumiPolicy {
  const policy = definition as unknown as PolicyDefinition<never>;
  const { check, checkStack, remediate } = definition;
  const defaults = defaultConfig(profile, definition);
  return {
    name: definition.name,
    description: definition.description,
    severity: definition.severity,
    tags: [...definition.tags],
    remediationSteps: definition.remediationSteps,
    url: definition.url,
    ...(definition.framework && { framework: definition.framework }),
    enforcementLevel: levelIn(profile, policy),
    configSchema: configSchemaIn(profile, policy),
    ...(check && {
      validateResource: (args: ResourceValidationArgs, report: ReportViolation) =>
        judge(args, (resource, config) => {
          const verdict = exemptionsOf(resource, config, now());
          for (const message of verdict.expired) reportAdvice(report, definition.description, message);
          if (!verdict.exempt) check(resource, config, violationReport(definition, report));
        }),
    }),
    ...(remediate && {
      remediateResource: (args: ResourceValidationArgs) => {
        let changed = false;
        judge(args, (resource, config) => {
          changed = !exemptionsOf(resource, config, now()).exempt && remediate(resource, config);
        });
        return changed ? args.props : undefined;
      },
    }),
    ...(checkStack && { validateStack }),
  };

  /** Calls `body` if the resource's kind is judged and the policy is on; an unknown value ends it. */
  function judge(
    args: ResourceValidationArgs,
    body: (resource: Resource, config: Config & CommonConfig) => void,
  ): void {
    const resource = new Resource(args, args.stackTags);
    if (resource.kind === undefined || !definition.kinds?.includes(resource.kind)) return;
    const config = { ...defaults, ...args.getConfig<Config & CommonConfig>() };
    if (config.enabled) known(() => body(resource, config), undefined);
  }

  function validateStack(args: StackValidationArgs, report: ReportViolation): void {
    const config = { ...defaults, ...args.getConfig<Config & CommonConfig>() };
    if (!config.enabled) return;
    const resources = args.resources.map((source) => new Resource(source, args.stackTags));
    const expired = new Set<string>();
    const judged = resources.filter((resource) => {
      // A pool whose name isn't known yet can't be told to be exempt: judged again at the update.
      const verdict = known(() => exemptionsOf(resource, config, now()), { exempt: true, expired: [] });
      for (const message of verdict.expired) expired.add(message);
      return !verdict.exempt;
    });
    for (const message of expired) reportAdvice(report, definition.description, message);
    const stack = new Stack(judged, args.stackTags);
    known(
      () =>
        checkStack!(stack, config, (resource, ...sentences) =>
          violationReport(definition, report, resource?.urn)(...sentences),
        ),
      undefined,
    );
  }
}

function violationReport<Config extends object>(
  definition: PolicyDefinition<Config>,
  report: ReportViolation,
  urn?: string,
): Report {
  return (found, allowed, fix = definition.remediationSteps, level) => {
    const message = [found, allowed, definition.why, fix].join(" ");
    if (level === undefined) report(message, urn);
    else reportAdvice(report, definition.description, message);
  };
}

/**
 * Reports as advice at every level of the policy: the day on which an exemption ends, say, must not by itself stop a
 * stack that keeps the rule. The SDK takes a report with a level of its own (`server.js`, makeReportViolationFun),
 * though its types don't say so; `test/integration` pins it.
 */
function reportAdvice(report: ReportViolation, description: string, message: string): void {
  (report as unknown as (violation: { message: string; enforcementLevel: "advisory" }) => void)({
    message: `${description}\n${message}`,
    enforcementLevel: "advisory",
  });
}
