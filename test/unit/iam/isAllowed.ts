import type { PolicyDocument } from "../../../provider/iam/policyDocument";

/** A call as IAM judges it. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys the service sends along, by name. */
  readonly context?: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether a policy of `Allow` statements lets a call through, as IAM evaluates it. A few lines of our own: the one
 * library that does it, @cloud-copilot/iam-simulate, is under the AGPL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isAllowed({ Statement }: PolicyDocument, { action, resource, context = {} }: AccessRequest) {
  return Statement.some(
    ({ Effect, Action, Resource = [], Condition = {} }) =>
      Effect === "Allow" &&
      Action.includes(action) &&
      Resource.some((pattern) => matches(resource, pattern)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, context[key], [values].flat())),
      ),
  );
}

function holds(operator: string, value: string | undefined, allowed: string[]): boolean {
  const [, compare, ifExists] = /^String(Equals|Like)(IfExists)?$/.exec(operator) ?? [];
  if (compare === undefined) throw new Error(`no rule here for the operator ${operator}`);
  if (value === undefined) return ifExists !== undefined;
  return allowed.some((pattern) => (compare === "Like" ? matches(value, pattern) : value === pattern));
}

/** `*` is any text, `?` any one character. */
function matches(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(text);
}
