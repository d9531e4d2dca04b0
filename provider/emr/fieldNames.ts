/**
 * The user writes EMR's structures with the first letter of every *field* lower-cased and nothing else changed
 * (contract, "Field names"). This type and function are that one change; keys of free-form maps
 * (a classification's `properties`) are data, not fields, and stay as they are.
 */

/** `T` of the AWS SDK with the first letter of every field lower-cased, at every depth. */
export type LowerCaseFields<T> = T extends Date | Uint8Array | string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? LowerCaseFields<Item>[]
    : string extends keyof T
      ? { [Key in keyof T]: LowerCaseFields<T[Key]> }
      : { [Key in keyof T as Key extends string ? Uncapitalize<Key> : Key]: LowerCaseFields<T[Key]> };

/**
 * Fields whose value is a free-form map; a test compares them with the SDK's schema. `Properties` is one in a
 * `Configuration`, but a list of `KeyValue` fields in `HadoopJarStep`, so only maps are left alone, not lists.
 * https://docs.aws.amazon.com/emr/latest/APIReference/API_Configuration.html
 */
const freeFormMaps = new Set(["properties", "additionalInfo", "logTypes", "logTypeUploadPolicy"]);

/** `releaseLabel` → `ReleaseLabel`, at every depth: the user's form to the SDK's. */
export function toEmrFields<T>(value: LowerCaseFields<T>): T {
  return renamed(value) as T;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== "object" || value instanceof Date || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => {
        const isMap = freeFormMaps.has(name) && !Array.isArray(field);
        return [name.charAt(0).toUpperCase() + name.slice(1), isMap ? field : renamed(field)];
      }),
  );
}
