import type { LowerCaseFields } from "../../../provider/emr/fieldNames";

/** `ReleaseLabel` → `releaseLabel`, at every depth but in the properties of a configuration: the SDK's form to the user's. */
export function userFields<T>(value: T): LowerCaseFields<T> {
  const renamed = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(renamed);
    if (item === null || typeof item !== "object") return item;
    return Object.fromEntries(
      Object.entries(item).map(([name, field]) => [
        name.charAt(0).toLowerCase() + name.slice(1),
        name === "Properties" ? field : renamed(field),
      ]),
    );
  };
  return renamed(value) as LowerCaseFields<T>;
}
