import { isMap, type PropertyMap, type PropertyValue } from "./propertyValues";

/** Steps of a property path: names, indexes, or `*` for all elements. */
export type PropertyPath = readonly (string | number)[];

/**
 * Parses the paths of `ignoreChanges` and `replaceOnChanges`: `root.nested["double.quoted"][0].*`.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
 */
export function parsePath(text: string): PropertyPath {
  const path: (string | number)[] = [];
  for (const match of text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.[\]]+)/g)) {
    const [, quoted, index, star, name] = match;
    if (quoted !== undefined) path.push(quoted.replace(/\\(.)/g, "$1"));
    else if (index !== undefined) path.push(Number(index));
    else path.push(star ?? name ?? "");
  }
  return path;
}

/** True when `path` covers the property `key` or something inside of it begins with it. */
export function coversKey(path: PropertyPath, key: string): boolean {
  return path.length === 1 && (path[0] === "*" || path[0] === key);
}

/** A copy of `target` in which what the path names is as in `source`; what `source` lacks is removed. */
export function resetTo(path: PropertyPath, source: PropertyValue, target: PropertyValue): PropertyValue {
  const [step, ...rest] = path;
  if (step === undefined) return source;
  if (Array.isArray(target) && Array.isArray(source)) {
    const wanted = (index: number) => step === "*" || step === index;
    return target.map((element, index) =>
      wanted(index) && index < source.length ? resetTo(rest, source[index] ?? null, element) : element,
    );
  }
  if (!isMap(target) || !isMap(source)) return target;
  const result: PropertyMap = { ...target };
  const keys = step === "*" ? new Set([...Object.keys(target), ...Object.keys(source)]) : [String(step)];
  for (const key of keys) {
    const before = source[key];
    const now = target[key];
    if (rest.length > 0) {
      if (before !== undefined && now !== undefined) result[key] = resetTo(rest, before, now);
    } else if (before === undefined) delete result[key];
    else result[key] = before;
  }
  return result;
}

/** Inputs in which every ignored property keeps its old value. */
export function withIgnoredChanges(
  inputs: PropertyMap,
  old: PropertyMap,
  ignored: readonly string[],
): PropertyMap {
  return ignored.reduce<PropertyMap>(
    (result, path) => resetTo(parsePath(path), old, result) as PropertyMap,
    inputs,
  );
}
