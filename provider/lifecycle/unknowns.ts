/**
 * How an unknown value looks to a dynamic provider at preview: this string, also in place of numbers and inside
 * lists and objects. It is `pulumi.runtime.unknownValue`, written out so that the pure parts of the lifecycle
 * don't load the SDK. https://github.com/pulumi/pulumi/issues/6310
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True if `value` as a whole is unknown. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** True if `value` is unknown or holds an unknown at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (value !== null && typeof value === "object") return Object.values(value).some(containsUnknown);
  return false;
}
