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

/** What is asked for against what is there, role by role. Either `groups` or `fleets` is empty. */
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
function judge(role: string, asked: readonly string[], coreByMaster: boolean): JudgedRole | undefined {
  if (asked.includes(role)) return { role, judgedBy: role, extra: false };
  if (role === "CORE" && coreByMaster) return { role, judgedBy: "MASTER", extra: false };
  if (role === "TASK" && asked.includes("CORE")) return { role, judgedBy: "CORE", extra: true };
  if (role === "TASK" && coreByMaster) return { role, judgedBy: "MASTER", extra: true };
  return undefined;
}

interface HasRole {
  readonly role: string;
}

/** Calls `pair` for each role of the cluster that is judged; says which roles are missing and which nobody covers. */
function pairRoles(
  asked: readonly HasRole[],
  actual: readonly HasRole[],
  pair: (judged: JudgedRole) => void,
): Pick<RolePairs, "missing" | "surplus"> {
  const [askedRoles, actualRoles] = [rolesOf(asked), rolesOf(actual)];
  const masterOnly = askedRoles.length === 1 && askedRoles[0] === "MASTER";
  const coreByMaster = masterOnly && actualRoles.includes("CORE");
  const surplus: string[] = [];
  for (const role of actualRoles) {
    const judged = judge(role, askedRoles, coreByMaster);
    if (judged) pair(judged);
    else surplus.push(role);
  }
  return { surplus, missing: askedRoles.filter((role) => !actualRoles.includes(role)) };
}

/** Groups of the cluster against the groups they are judged by. (R22) */
export function pairGroups(
  asked: readonly InstanceGroupTraits[],
  actual: readonly InstanceGroupTraits[],
): RolePairs {
  const groups: GroupPair[] = [];
  const roles = pairRoles(asked, actual, ({ role, judgedBy, extra }) => {
    groups.push({
      label: label(role, judgedBy),
      role,
      asked: asked.filter((group) => group.role === judgedBy),
      actual: actual.filter((group) => group.role === role),
      extra,
    });
  });
  return { groups, fleets: [], ...roles };
}

/** Fleets of the cluster against the fleets they are judged by. (R37) */
export function pairFleets(
  asked: readonly InstanceFleetTraits[],
  actual: readonly InstanceFleetTraits[],
): RolePairs {
  const fleets: FleetPair[] = [];
  const roles = pairRoles(asked, actual, ({ role, judgedBy, extra }) => {
    fleets.push({
      label: label(role, judgedBy),
      role,
      asked: asked.find((fleet) => fleet.role === judgedBy)!,
      actual: actual.find((fleet) => fleet.role === role)!,
      extra,
    });
  });
  return { groups: [], fleets, ...roles };
}

function rolesOf(items: readonly HasRole[]): string[] {
  const roles: string[] = [];
  for (const { role } of items) if (!roles.includes(role)) roles.push(role);
  return roles;
}

function label(role: string, judgedBy: string): string {
  return role === judgedBy ? role : `${role} (judged by the request for ${judgedBy})`;
}
