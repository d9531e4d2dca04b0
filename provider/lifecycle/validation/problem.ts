import { distance } from "fastest-levenshtein";
import { type ErrorDetails, errorMessage } from "../../errors";
import { touchesSecret } from "../../inputPaths";

/** Something an input is refused for: `subject` is the property's path. */
export interface Problem extends Omit<ErrorDetails, "subject"> {
  readonly property: string;
}

/** Pulumi's own form of a {@link Problem}. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/**
 * The problem as Pulumi's check failure; reads well behind `property p value {v} has a problem:`. The engine prints
 * there the whole value of the input that is named, secrets in plain, so that an input with a secret in it is named by
 * the reason only.
 * https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/step_generator.go (issueCheckFailures)
 *
 * @param secrets - paths of the inputs that are Pulumi secrets
 */
export function checkFailure(
  { property, ...details }: Problem,
  secrets: readonly string[] = [],
): CheckFailure {
  const [input] = property.split(/[.[]/, 1);
  return {
    property: touchesSecret(input!, secrets) ? "" : property,
    reason: errorMessage("INVALID_INPUT", { subject: property, ...details }),
  };
}

/** The problem without the value got, where that is or holds a secret. */
export function withoutSecretValue(problem: Problem, secrets: readonly string[] = []): Problem {
  return touchesSecret(problem.property, secrets) ? { ...problem, got: undefined } : problem;
}

/** The name among `names` a misspelt one was most likely meant to be; `undefined` if none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const nearest = names.toSorted(
    (a, b) => distance(plain(name), plain(a)) - distance(plain(name), plain(b)),
  )[0];
  const tolerated = Math.max(1, Math.floor(name.length / 3));
  return nearest !== undefined && distance(plain(name), plain(nearest)) <= tolerated ? nearest : undefined;
}

/** The problem of a field that doesn't exist. */
export function unknownField(property: string, name: string, names: readonly string[]): Problem {
  const nearest = nearestName(name, names);
  return {
    property,
    problem: "is not a known field",
    allowed: [...names].sort().join(", "),
    fix: nearest ? `Did you mean \`${nearest}\`?` : "Remove it, or correct its name",
  };
}
