/**
 * `value` as the plain JSON that Pulumi can store: `undefined` is dropped, dates become ISO 8601 text. An
 * `undefined` anywhere in a result of `create` fails *after* the job was submitted, and nothing is stored
 * ("Unexpected struct type", measured), so every returned object passes through here.
 */
export function plainJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
