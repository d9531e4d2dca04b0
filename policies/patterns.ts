import type { ConfigProperty } from "./definePolicy";

/** Schema of a list of names or regular expressions, each of which must match a whole value. */
export function patternList(description: string, patterns: string[] = []): ConfigProperty<string[]> {
  return {
    type: "array",
    items: { type: "string", format: "regex", minLength: 1 },
    maxItems: 200,
    default: patterns,
    description,
  };
}

/** Whether one of `patterns` matches the whole of `value`. */
export function matchesAny(value: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(value));
}

/** Patterns of stacks that are production, where a rule tells them apart. */
export const productionStacks = ["prod", "production", "prod-.*"];

/** `list` for a message. */
export function listed(list: readonly string[], nothing: string): string {
  return list.length === 0 ? nothing : list.join(", ");
}
