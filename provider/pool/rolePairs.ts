import type { InstanceFleetTraits } from "./instanceFleets";
import type { InstanceGroupTraits } from "./instanceGroups";

/** Groups of one role: what is there against what it is judged by. */
export interface GroupPair {
  /** `TASK`; or `TASK (judged by CORE)` for a role that was not asked for. (R22) */
  readonly label: string;
  readonly role: string;
  readonly asked: readonly InstanceGroupTraits[];
  readonly actual: readonly InstanceGroupTraits[];
  /** Not asked for and of no use to the job: no amount is required. */
  readonly extra: boolean;
}

/** Fleets of one role, likewise. (R37) */
export interface FleetPair {
  readonly label: string;
  readonly role: string;
  readonly asked: InstanceFleetTraits;
  readonly actual: InstanceFleetTraits;
  readonly extra: boolean;
}

export interface RolePairs {
  readonly groups: readonly GroupPair[];
  readonly fleets: readonly FleetPair[];
  /** Roles asked for that the cluster lacks, and roles it has that nothing asked for covers. */
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

/** Where sizes are not compared. */
export const noPairs: RolePairs = { groups: [], fleets: [], missing: [], surplus: [] };

interface JudgedRole {
  readonly role: string;
  readonly judgedBy: string;
  readonly extra: boolean;
}

/**
 * By which requested role each role of the cluster is judged (R22, R37): its own if it was asked for; CORE by
 * MASTER if only a MASTER was asked for, in full, for its instances run the tasks; TASK by CORE, without an
 * amount.
 */
function judgedRoles(asked: ReadonlySet<string>, actual: ReadonlySet<string>) {
  const judged: JudgedRole[] = [];
  const surplus: string[] = [];
  const masterOnly = asked.size === 1 && asked.has("MASTER");
  const coreByMaster = masterOnly && actual.has("CORE");
  for (const role of actual) {
    if (asked.has(role)) judged.push({ role, judgedBy: role, extra: false });
    else if (role === "CORE" && coreByMaster) judged.push({ role, judgedBy: "MASTER", extra: false });
    else if (role === "TASK" && asked.has("CORE")) judged.push({ role, judgedBy: "CORE", extra: true });
    else if (role === "TASK" && coreByMaster) judged.push({ role, judgedBy: "MASTER", extra: true });
    else surplus.push(role);
  }
  return { judged, surplus, missing: [...asked].filter((role) => !actual.has(role)) };
}

export function pairGroups(
  asked: readonly InstanceGroupTraits[],
  actual: readonly InstanceGroupTraits[],
): RolePairs {
  const { judged, surplus, missing } = judgedRoles(rolesOf(asked), rolesOf(actual));
  const groups = judged.map(({ role, judgedBy, extra }) => ({
    label: label(role, judgedBy),
    role,
    asked: asked.filter((group) => group.role === judgedBy),
    actual: actual.filter((group) => group.role === role),
    extra,
  }));
  return { groups, fleets: [], missing, surplus };
}

export function pairFleets(
  asked: readonly InstanceFleetTraits[],
  actual: readonly InstanceFleetTraits[],
): RolePairs {
  const { judged, surplus, missing } = judgedRoles(rolesOf(asked), rolesOf(actual));
  const fleets = judged.map(({ role, judgedBy, extra }) => ({
    label: label(role, judgedBy),
    role,
    asked: asked.find((fleet) => fleet.role === judgedBy)!,
    actual: actual.find((fleet) => fleet.role === role)!,
    extra,
  }));
  return { groups: [], fleets, missing, surplus };
}

function rolesOf(items: readonly { readonly role: string }[]): Set<string> {
  const roles = new Set<string>();
  for (const { role } of items) roles.add(role);
  return roles;
}

function label(role: string, judgedBy: string): string {
  return role === judgedBy ? role : `${role} (judged by the request for ${judgedBy})`;
}
