import { bootstrapActionsDiffer, uploadedFilesDiffer } from "./bootstrapRules";
import type { Candidate } from "./candidate";
import { configurationsDiffer } from "./configurations";
import { judge } from "./groupRules";
import { type Comparison, different, type Rule, shown } from "./rule";
import { stepLimit } from "./stepLimit";

const starting = new Set(["PLANNED", "LAUNCHING", "STARTING", "BOOTSTRAPPING"]);

/** Rules that look at the cluster as a whole, in the order in which they decide. */
export const clusterRules: readonly Rule[] = [
  {
    number: "R1",
    asks: "the same pool",
    check: ({ request, candidate }) =>
      different("pool", candidate.pool === null ? undefined : candidate.pool, request.poolName),
  },
  {
    number: "R2",
    asks: "a state in which the job may start",
    passing: ({ candidate }) => starting.has(candidate.live.state) || candidate.live.state === "RUNNING",
    check: stateRefuses,
  },
  {
    number: "R3",
    asks: "a cluster that stays up without steps",
    check: ({ candidate }) =>
      candidate.traits.autoTerminate
        ? "AutoTerminate: true, asked false: it ends after its last step"
        : undefined,
  },
  {
    number: "R6",
    asks: "the same release label or AMI version",
    check: ({ request, candidate }) => different("release", candidate.traits.release, request.traits.release),
  },
  {
    number: "R7",
    asks: "the same custom AMI",
    check: customAmiRefuses,
  },
  {
    number: "R8",
    asks: "the same applications",
    check: ({ request, candidate }) =>
      different("applications", candidate.traits.applications, request.traits.applications),
  },
  {
    number: "R9",
    asks: "the same configurations",
    check: ({ request, candidate }) =>
      configurationsDiffer(candidate.traits.configurations, request.traits.configurations),
  },
  {
    number: "R10",
    asks: "the same bootstrap actions in the same order",
    check: ({ request, candidate }) => bootstrapActionsDiffer(request.traits, candidate.traits),
  },
  {
    number: "R11",
    asks: "the same content of the bootstrap's files",
    check: ({ request, candidate }) => uploadedFilesDiffer(request.traits, candidate.traits),
  },
  {
    number: "R12",
    asks: "the same additional info",
    check: ({ request, candidate }) =>
      different("AdditionalInfo", candidate.traits.additionalInfo, request.traits.additionalInfo),
  },
  {
    number: "R13",
    asks: "instance groups for groups, fleets for fleets",
    check: ({ request, candidate }) =>
      different("instances", collection(candidate.traits.usesFleets), collection(request.traits.usesFleets)),
  },
  {
    number: "R14",
    asks: "the same EC2 key pair, if one is asked for",
    check: ({ request, candidate }) =>
      request.traits.keyName === undefined
        ? undefined
        : different("Ec2KeyName", candidate.traits.keyName, request.traits.keyName),
  },
  {
    number: "R15",
    asks: "one of the subnets asked for",
    check: ({ request, candidate }) => {
      const [asked, actual] = [request.traits.subnets, candidate.traits.subnets];
      const fits =
        asked.length === 0
          ? actual.length === 0
          : actual.length > 0 && actual.every((id) => asked.includes(id));
      return fits ? undefined : `subnet: ${shown(actual.join(", "))}, asked ${shown(asked.join(" or "))}`;
    },
  },
  {
    number: "R16",
    asks: "a root volume at least as large, or none set on either side",
    check: rootVolumeRefuses,
  },
  {
    number: "R17",
    asks: "no more concurrent steps than the job accepts",
    check: ({ request, candidate }) =>
      candidate.traits.stepConcurrency <= request.maxConcurrentSteps
        ? undefined
        : `StepConcurrencyLevel: ${candidate.traits.stepConcurrency} > ${request.maxConcurrentSteps} accepted`,
  },
  {
    number: "R20",
    asks: "no unfinished step on a WAITING cluster",
    passing: () => true,
    check: ({ candidate }) => {
      const { state, steps } = candidate.live;
      if (state !== "WAITING" || !steps || steps.unfinished === 0 || ledgerShares(candidate))
        return undefined;
      return `state WAITING with ${steps.unfinished} unfinished steps, asked 0: it is busy`;
    },
  },
  {
    number: "R18",
    asks: "a free slot",
    passing: ({ request, candidate: { live, traits } }) =>
      slotsNeeded(request.weight, live.slots?.total ?? traits.stepConcurrency) <=
      (live.slots?.total ?? traits.stepConcurrency),
    check: slotRefuses,
  },
  {
    number: "R19",
    asks: "room below the limit of steps",
    check: ({ request, candidate }) => {
      const limit = candidate.live.stepLimit ?? stepLimit(candidate.traits);
      return candidate.live.stepsTotal + request.stepsToAdd <= limit
        ? undefined
        : `steps: ${candidate.live.stepsTotal} on the cluster + ${request.stepsToAdd} > ${limit} allowed`;
    },
  },
  {
    number: "R38",
    asks: "the memory and cores free in YARN that the job needs",
    passing: ({ candidate }) => Boolean(candidate.live.yarn),
    check: yarnRefuses,
  },
  {
    number: "R41",
    asks: "no unexpired lock of another job",
    passing: () => true,
    check: ({ candidate, context }) => {
      const { lock } = candidate.live;
      if (!lock || (lock.expiresAt !== undefined && lock.expiresAt <= context.now.getTime()))
        return undefined;
      const until = lock.expiresAt === undefined ? "without end" : new Date(lock.expiresAt).toISOString();
      return `locked by ${lock.owner} until ${until}, now ${context.now.toISOString()}`;
    },
  },
];

/** A group or fleet type with an AMI of its own overrides that of the cluster. */
function customAmiRefuses({ request, candidate, pairs, context }: Comparison): string | undefined {
  const whole = different("CustomAmiId", candidate.traits.customAmi, request.traits.customAmi);
  if (whole !== undefined) return whole;
  for (const pair of pairs.groups)
    for (const group of pair.actual) {
      const asked = judge(pair, group, context.instanceTypes);
      const reason = different(`${pair.label}: CustomAmiId`, group.customAmi, asked.customAmi);
      if (reason !== undefined) return reason;
    }
  for (const pair of pairs.fleets)
    for (const type of pair.actual.types) {
      const asked = pair.asked.types.find((other) => other.type === type.type);
      const reason =
        asked && different(`${pair.label}: ${type.type}: CustomAmiId`, type.customAmi, asked.customAmi);
      if (reason !== undefined) return reason;
    }
  return undefined;
}

function stateRefuses({ request, candidate }: Comparison): string | undefined {
  const { state, slots } = candidate.live;
  if (state === "WAITING") return undefined;
  if (state === "RUNNING") {
    const shares = candidate.traits.stepConcurrency > 1 && request.maxConcurrentSteps > 1;
    // EMR shows RUNNING for some seconds after the last step: the ledger, which knows of its end, counts.
    if (shares || slots?.taken === 0) return undefined;
    return `state: RUNNING with StepConcurrencyLevel ${candidate.traits.stepConcurrency} and ${request.maxConcurrentSteps} concurrent steps accepted, asked WAITING`;
  }
  if (starting.has(state)) {
    if (candidate.ours || request.joinStarting) return undefined;
    return `state: ${state}, asked WAITING${request.maxConcurrentSteps > 1 ? " or RUNNING" : ""}`;
  }
  return `state: ${shown(state)}, asked WAITING${request.maxConcurrentSteps > 1 ? " or RUNNING" : ""}: it takes no more steps`;
}

/** On a shared cluster the ledger counts our own steps; one that is just being taken up is no sign of others. */
function ledgerShares({ live }: Candidate): boolean {
  return live.slots !== undefined && (live.slots.total > 1 || live.slots.taken > 0);
}

/** A job alone on a cluster of concurrency 1 takes its one slot, however many steps it has. */
function slotsNeeded(weight: number, total: number): number {
  return total === 1 ? 1 : weight;
}

function slotRefuses({ request, candidate }: Comparison): string | undefined {
  const { slots, steps } = candidate.live;
  if (slots) {
    const free = slots.total - slots.taken;
    const needed = slotsNeeded(request.weight, slots.total);
    return needed <= free ? undefined : `slots: ${free} of ${slots.total} free < ${needed} needed by the job`;
  }
  const level = candidate.traits.stepConcurrency;
  const active = (steps?.pending ?? 0) + (steps?.running ?? 0);
  return active < level
    ? undefined
    : `steps: ${active} pending or running, asked fewer than StepConcurrencyLevel ${level}`;
}

function rootVolumeRefuses({ request, candidate }: Comparison): string | undefined {
  const [asked, actual] = [request.traits, candidate.traits];
  if (asked.rootVolumeSize === undefined)
    return different("EbsRootVolumeSize", actual.rootVolumeSize, undefined) ?? rootVolumeSpeed();
  if (actual.rootVolumeSize === undefined)
    return `EbsRootVolumeSize: none, asked ${asked.rootVolumeSize} GiB`;
  if (actual.rootVolumeSize < asked.rootVolumeSize)
    return `EbsRootVolumeSize: ${actual.rootVolumeSize} GiB < ${asked.rootVolumeSize} GiB asked`;
  return rootVolumeSpeed();

  function rootVolumeSpeed(): string | undefined {
    if ((actual.rootVolumeIops ?? 0) < (asked.rootVolumeIops ?? 0))
      return `EbsRootVolumeIops: ${shown(actual.rootVolumeIops)} < ${asked.rootVolumeIops} asked`;
    if ((actual.rootVolumeThroughput ?? 0) < (asked.rootVolumeThroughput ?? 0))
      return `EbsRootVolumeThroughput: ${shown(actual.rootVolumeThroughput)} < ${asked.rootVolumeThroughput} asked`;
    return undefined;
  }
}

function yarnRefuses({ request, candidate }: Comparison): string | undefined {
  if (!request.yarnMinimum) return undefined;
  const { yarn } = candidate.live;
  const [memory, cores] = [request.minAvailableMB ?? 0, request.minAvailableVirtualCores ?? 0];
  if (!yarn) {
    const asked = [memory > 0 && `${memory} MB`, cores > 0 && `${cores} cores`].filter(Boolean);
    return `free in YARN: can't be read, asked ${asked.join(" and ")}`;
  }
  // A comparison that fails for what is not a number as well.
  if (memory > 0 && !(yarn.availableMB >= memory))
    return `free YARN memory: ${yarn.availableMB} MB < ${memory} MB asked`;
  if (cores > 0 && !((yarn.availableVirtualCores ?? Number.NaN) >= cores))
    return `free YARN cores: ${shown(yarn.availableVirtualCores)} < ${cores} asked`;
  return undefined;
}

function collection(usesFleets: boolean): string {
  return usesFleets ? "INSTANCE_FLEET" : "INSTANCE_GROUP";
}
