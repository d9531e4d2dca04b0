/**
 * JSON with the keys of every object in code-unit order and absent fields left out, so that equal meaning gives
 * equal text. `null` counts as absent: EMR leaves out what is not set, other tools write `null`.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item) ?? null);
  if (value === null || typeof value !== "object") return value === null ? undefined : value;
  if (value instanceof Date) return value.toISOString();
  // Without a prototype, so that a property called `__proto__` is data and is not lost.
  const result: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) {
    const item = sorted((value as Record<string, unknown>)[key]);
    if (item !== undefined) result[key] = item;
  }
  return result;
}
