import type { Placement } from "../args";
import { cutToBytes, jsonBytes } from "../diagnosis/sizeLimit";

/** Largest placement in state, in bytes of JSON, and most refusals in it (decisions.md 19). */
const mostBytes = 1024;
const mostRefusals = 5;

/** The placement as state keeps it: the nearest refusals, and texts cut until it fits. */
export function shortPlacement(placement: Placement): Placement {
  let short: Placement = { ...placement, refused: placement.refused.slice(0, mostRefusals) };
  for (let longest = 240; jsonBytes(short) > mostBytes && longest > 0; longest -= 20) {
    short = {
      ...short,
      reason: cutToBytes(short.reason, longest * 2),
      ...(short.instances === undefined ? {} : { instances: cutToBytes(short.instances, longest) }),
      refused: short.refused.map((refusal) => ({ ...refusal, reason: cutToBytes(refusal.reason, longest) })),
    };
  }
  return short;
}
