import type { SecurityTraits } from "./clusterTraits";
import { type Comparison, different, type Rule, shown } from "./rule";

/** Closer to its idle timeout than this, in milliseconds, a cluster may end before the job's first step. (X4) */
export const idleMargin = 60_000;

/** Settings that systems before us did not compare. */
export const settingRules: readonly Rule[] = [
  {
    number: "X1",
    asks: "the same security settings",
    check: ({ request, candidate }) => {
      for (const [field, name] of securityFields) {
        const reason = different(name, candidate.traits.security[field], request.traits.security[field]);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
  },
  { number: "X4", asks: "more than 60 s left before the idle timeout", check: idleTimeoutRefuses },
  {
    number: "X5",
    asks: "one of the availability zones asked for",
    check: ({ request, candidate }) => {
      const [asked, actual] = [request.traits.zones, candidate.traits.zones];
      if (asked.length === 0 || (actual.length > 0 && actual.every((zone) => asked.includes(zone))))
        return undefined;
      return `availability zone: ${shown(actual.join(", "))}, asked ${asked.join(" or ")}`;
    },
  },
  { number: "X6", asks: "the same processor architecture", check: architectureRefuses },
  {
    number: "X7",
    asks: "the same operating system release, if one is asked for",
    check: ({ request, candidate }) =>
      request.traits.osRelease === undefined
        ? undefined
        : different("OSReleaseLabel", candidate.traits.osRelease, request.traits.osRelease),
  },
  { number: "X8", asks: "scaling limits at least as high, if asked for", check: scalingRefuses },
  {
    number: "X9",
    asks: "no termination protection: it would keep an idle cluster for ever",
    check: ({ candidate }) =>
      candidate.traits.terminationProtected ? "TerminationProtected: true, asked false" : undefined,
  },
  {
    number: "X10",
    asks: "the same placement groups, if asked for",
    check: ({ request, candidate }) =>
      request.traits.placementGroups === ""
        ? undefined
        : different("placement groups", candidate.traits.placementGroups, request.traits.placementGroups),
  },
  {
    number: "X11",
    asks: "Spark Connect sessions, if asked for",
    check: ({ request, candidate }) =>
      request.traits.sessionEnabled && !candidate.traits.sessionEnabled
        ? "SessionEnabled: false, asked true"
        : undefined,
  },
  {
    number: "X12",
    asks: "the same repository upgrade on boot, with a custom AMI",
    check: ({ request, candidate }) =>
      different("RepoUpgradeOnBoot", candidate.traits.repoUpgradeOnBoot, request.traits.repoUpgradeOnBoot),
  },
  {
    number: "X13",
    asks: "the same legacy products",
    check: ({ request, candidate }) =>
      different("SupportedProducts", candidate.traits.supportedProducts, request.traits.supportedProducts),
  },
  {
    number: "X14",
    asks: "the same Hadoop version",
    check: ({ request, candidate }) =>
      different("HadoopVersion", candidate.traits.hadoopVersion, request.traits.hadoopVersion),
  },
  {
    number: "X15",
    asks: "the same automatic scaling role, where a group has a scaling policy",
    check: ({ request, candidate }) =>
      request.traits.groups.some(({ scalingMaximum }) => scalingMaximum !== undefined)
        ? different("AutoScalingRole", candidate.traits.autoScalingRole, request.traits.autoScalingRole)
        : undefined,
  },
];

const securityFields: readonly (readonly [keyof SecurityTraits, string])[] = [
  ["securityConfiguration", "SecurityConfiguration"],
  ["serviceRole", "ServiceRole"],
  ["instanceProfile", "JobFlowRole"],
  ["managedMasterSecurityGroup", "EmrManagedMasterSecurityGroup"],
  ["managedSlaveSecurityGroup", "EmrManagedSlaveSecurityGroup"],
  ["serviceAccessSecurityGroup", "ServiceAccessSecurityGroup"],
  ["additionalMasterSecurityGroups", "AdditionalMasterSecurityGroups"],
  ["additionalSlaveSecurityGroups", "AdditionalSlaveSecurityGroups"],
  ["kerberosRealm", "KerberosAttributes.Realm"],
  ["kerberosDomainJoinUser", "KerberosAttributes.ADDomainJoinUser"],
  ["logEncryptionKmsKeyId", "LogEncryptionKmsKeyId"],
];

/** Only a WAITING cluster is idle; without a known last activity nothing can be said. */
function idleTimeoutRefuses({ candidate, context }: Comparison): string | undefined {
  const { state, lastActivity } = candidate.live;
  const { idleTimeout } = candidate.traits;
  if (state !== "WAITING" || lastActivity === undefined || !idleTimeout) return undefined;
  const left = lastActivity + idleTimeout * 1000 - context.now.getTime();
  if (left > idleMargin) return undefined;
  return `idle timeout of ${idleTimeout} s: ${Math.round(left / 1000)} s left, asked more than ${idleMargin / 1000} s`;
}

/** Fleets only ever have types that were asked for (R30). */
function architectureRefuses({ request, pairs, context }: Comparison): string | undefined {
  const asked = request.architectures;
  if (!asked) return undefined;
  for (const { label, actual } of pairs.groups)
    for (const { type } of actual) {
      const has = context.instanceTypes.get(type)?.architecture;
      if (has !== undefined && !asked.has(has))
        return `${label}: ${type} is ${has}, asked ${[...asked].join(" or ")}`;
    }
  return undefined;
}

function scalingRefuses({ request, candidate, pairs }: Comparison): string | undefined {
  const [asked, actual] = [request.traits.scaling, candidate.traits.scaling];
  if (asked) {
    if (!actual) return `ManagedScalingPolicy: none, asked up to ${asked.maximum} ${asked.unitType}`;
    if (actual.unitType !== asked.unitType)
      return `ManagedScalingPolicy: units of ${actual.unitType}, asked ${asked.unitType}`;
    if (actual.maximum < asked.maximum)
      return `ManagedScalingPolicy: up to ${actual.maximum} ${actual.unitType} < ${asked.maximum} asked`;
  }
  for (const pair of pairs.groups) {
    const wanted = Math.max(...pair.asked.map(({ scalingMaximum }) => scalingMaximum ?? 0));
    if (pair.extra || wanted === 0) continue;
    const has = Math.max(...pair.actual.map(({ scalingMaximum }) => scalingMaximum ?? 0));
    if (has < wanted) return `${pair.label}: AutoScalingPolicy up to ${has} instances < ${wanted} asked`;
  }
  return undefined;
}
