import type { Placement } from "../args";

/** Largest placement in state, in bytes of JSON, and most refusals in it (decisions.md 19). */
const mostBytes = 1024;
const mostRefusals = 5;

/** The placement as state keeps it: the nearest refusals, and texts cut until it fits. */
export function shortPlacement(placement: Placement): Placement {
  let short: Placement = { ...placement, refused: placement.refused.slice(0, mostRefusals) };
  for (let longest = 240; bytesOf(short) > mostBytes && longest > 20; longest -= 20) {
    short = {
      ...short,
      reason: cut(short.reason, longest * 2),
      ...(short.instances === undefined ? {} : { instances: cut(short.instances, longest) }),
      refused: short.refused.map((refusal) => ({ ...refusal, reason: cut(refusal.reason, longest) })),
    };
  }
  return short;
}

function bytesOf(placement: Placement): number {
  return Buffer.byteLength(JSON.stringify(placement));
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}
