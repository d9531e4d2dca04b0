/**
 * Whether what stands at `property` is a secret, is part of one, or holds one.
 *
 * @param secrets - paths as `secretPaths` gives them
 */
export function touchesSecret(property: string, secrets: readonly string[]): boolean {
  return secrets.some((path) => isWithin(path, property) || isWithin(property, path));
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** The part of `value` at a path; `undefined` if there is none. */
export function valueAtPath(value: unknown, path: string): unknown {
  if (path === "") return value;
  const found = splitPath(value, /^[.[]/.test(path) ? path : `.${path}`);
  return found && valueAtPath((value as Record<string, unknown>)[found.key], found.rest);
}

/**
 * The key of `value` with which a path begins, and the rest of the path. Keys may hold dots themselves
 * (`.properties.spark.executor.memory`): it is the longest that fits.
 *
 * @param path - begins with `.` or `[`
 */
export function splitPath(value: unknown, path: string): { key: string; rest: string } | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const keys = Object.keys(value).sort((a, b) => b.length - a.length);
  for (const key of keys) {
    const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
    const rest = path.slice(step.length);
    if (path.startsWith(step) && /^($|[.[])/.test(rest)) return { key, rest };
  }
  return undefined;
}
