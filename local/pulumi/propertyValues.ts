import { isDeepStrictEqual } from "node:util";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A property as Pulumi's gRPC carries it: JSON, with objects that have a signature key for secrets and outputs. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;

/** Properties of a resource by name. */
export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** Key whose value says what kind of special object this is (`sdk/go/common/resource/sig`). */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** Signature of a secret: `{ [signatureKey]: secretSignature, value }`, in state files `ciphertext` for `value`. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What stands for a value not known during preview (`pulumi.runtime.unknownValue`). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for JSON objects, arrays and null excluded. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True when the value itself (not something inside it) is marked secret. */
export function isSecret(value: PropertyValue | undefined): boolean {
  return isMap(value) && value[signatureKey] === secretSignature;
}

/** Marks a value as secret; a secret stays as it is. */
export function makeSecret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value: withoutSecrets(value) };
}

/** A copy of the properties, each value of which went through `change` after its children did. */
function mapValues(value: PropertyValue, change: (value: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return change(value.map((element) => mapValues(element, change)));
  if (!isMap(value)) return change(value);
  return change(
    Object.fromEntries(Object.entries(value).map(([key, element]) => [key, mapValues(element, change)])),
  );
}

/** The value with every secret marker removed: what a provider that doesn't accept secrets gets. */
export function withoutSecrets<T extends PropertyValue>(value: T): T {
  return mapValues(value, (inner) => (isSecret(inner) ? ((inner as PropertyMap).value ?? null) : inner)) as T;
}

/** True when a secret is anywhere in the value. */
export function containsSecrets(value: PropertyValue): boolean {
  return contains(value, isSecret);
}

/** True when a value not known yet is anywhere in the value. */
export function containsUnknowns(value: PropertyValue): boolean {
  return contains(value, (inner) => inner === unknownValue);
}

function contains(value: PropertyValue, wanted: (value: PropertyValue) => boolean): boolean {
  if (wanted(value)) return true;
  if (Array.isArray(value)) return value.some((element) => contains(element, wanted));
  return isMap(value) && Object.values(value).some((element) => contains(element, wanted));
}

/**
 * Marks in `outputs` what is secret in `inputs`, as the engine does for providers that don't accept secrets
 * (`annotateSecrets` of `provider_plugin.go`): same key only; a secret inside an array hides the whole array.
 */
export function withSecretsOf(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const result: PropertyMap = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = result[key];
    if (output === undefined) continue;
    if (isMap(output) && isMap(input) && !isSecret(input) && !isSecret(output)) {
      result[key] = withSecretsOf(output, input);
    } else if (!isSecret(output) && containsSecrets(input)) {
      result[key] = makeSecret(output);
    }
  }
  return result;
}

/** Replaces the SDK's output values (value, known or not, secret or not, dependencies) by plain ones. */
export function withoutOutputValues<T extends PropertyValue>(value: T): T {
  return mapValues(value, (inner) => {
    if (!isMap(inner) || inner[signatureKey] !== outputSignature) return inner;
    const plain = inner.value === undefined ? unknownValue : inner.value;
    return inner.secret === true ? makeSecret(plain) : plain;
  }) as T;
}

/** JSON equality; the order of keys doesn't matter. */
export function sameProperties(one: PropertyValue, other: PropertyValue): boolean {
  return isDeepStrictEqual(one, other);
}

/** Names of the top-level properties that differ, sorted. */
export function changedKeys(before: PropertyMap, after: PropertyMap): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key])).sort();
}

/** Keys that Pulumi hides from people and policies (`resource.IsInternalPropertyKey`). */
export function isInternalKey(key: string): boolean {
  return key.startsWith("__");
}

/** A copy without the keys people and policies are not shown. */
export function withoutInternalKeys(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !isInternalKey(key)));
}

/** Properties of a protobuf struct; an absent struct has none. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : (struct.toJavaScript() as PropertyMap);
}

/** Properties as a protobuf struct. */
export function toStruct(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
}
