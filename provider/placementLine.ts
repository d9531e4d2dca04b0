import type { Placement } from "./args";

/** Most refusals in one line: the nearest misses are what one acts on; `emrpool explain` shows all. */
const mostRefusals = 3;

/** A placement as people read it: `would join j-…, idle 12 s of 600; refused: j-… (…)`. */
export function placementLine({ reason, refused }: Placement): string {
  if (refused.length === 0) return reason;
  const nearest = refused.slice(0, mostRefusals).map((refusal) => `${refusal.clusterId} (${refusal.reason})`);
  const more = refused.length > mostRefusals ? ` and ${refused.length - mostRefusals} more` : "";
  return `${reason}; refused: ${nearest.join(", ")}${more}`;
}
