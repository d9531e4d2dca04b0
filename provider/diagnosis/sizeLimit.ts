import type { Diagnosis } from "../args";

/** What a diagnosis may weigh in state, in bytes of its JSON (decisions.md 19). */
export const diagnosisLimit = 2048;

/** Bytes of a value in state. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), "utf8");
}

/**
 * The diagnosis, cut to {@link diagnosisLimit}: first the excerpt loses what is far from its point, then the
 * message its end, at last the object's name goes. `kind` and `advice` always stay.
 */
export function withinLimit(diagnosis: Diagnosis): Diagnosis {
  const result = { ...diagnosis };
  if (jsonBytes(result) <= diagnosisLimit) return result;
  if (result.excerpt !== undefined) {
    const room = diagnosisLimit - jsonBytes({ ...result, excerpt: "" });
    result.excerpt = room > 100 ? cutToBytes(result.excerpt, room) : undefined;
    if (result.excerpt === undefined) delete result.excerpt;
  }
  if (jsonBytes(result) > diagnosisLimit) {
    const room = diagnosisLimit - jsonBytes({ ...result, message: "" });
    if (room < 200) delete result.logUri;
    result.message = cutToBytes(result.message, diagnosisLimit - jsonBytes({ ...result, message: "" }));
  }
  return result;
}

/** The longest beginning of `text`, whole characters, whose JSON needs at most `bytes`, ending in `…` if cut. */
export function cutToBytes(text: string, bytes: number): string {
  const size = (part: string) => jsonBytes(part) - 2;
  if (size(text) <= bytes) return text;
  const characters = [...text];
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (size(`${characters.slice(0, middle).join("")}…`) <= bytes) low = middle;
    else high = middle - 1;
  }
  return bytes < size("…") ? "" : `${characters.slice(0, low).join("")}…`;
}
