import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/**
 * The issues of a schema in the words of AWS's own input validation: `1 validation error detected: Value '300' at
 * 'stepConcurrencyLevel' failed to satisfy constraint: Member must have value less than or equal to 256`.
 * A message given in a schema stands alone, as the service's own checks do.
 */
export function constraintMessage(issues: readonly Issue[], input: unknown): string {
  const custom = issues.find((issue) => issue.code === "custom");
  if (custom !== undefined && issues.length === 1) return custom.message;
  const parts = issues.map((issue) => oneIssue(issue, input));
  const noun = parts.length === 1 ? "validation error" : "validation errors";
  return `${parts.length} ${noun} detected: ${parts.join("; ")}`;
}

function oneIssue(issue: Issue, input: unknown): string {
  if (issue.code === "custom") return issue.message;
  const value = issue.path.reduce<unknown>(
    (current, key) => (current as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  const shown = value === undefined || value === null ? "null" : `'${printable(value)}'`;
  return `Value ${shown} at '${memberPath(issue.path)}' failed to satisfy constraint: ${constraint(issue, value)}`;
}

function printable(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** `steps.1.member.name`: AWS counts members from 1 and writes fields with a small first letter. */
function memberPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) =>
      typeof key === "number"
        ? `${key + 1}.member`
        : `${String(key).charAt(0).toLowerCase()}${String(key).slice(1)}`,
    )
    .join(".");
}

function constraint(issue: Issue, value: unknown): string {
  if (value === undefined || value === null) return "Member must not be null";
  switch (issue.code) {
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? `Member must have length less than or equal to ${issue.maximum}`
        : `Member must have value less than or equal to ${issue.maximum}`;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? `Member must have length greater than or equal to ${issue.minimum}`
        : `Member must have value greater than or equal to ${issue.minimum}`;
    case "invalid_value":
      return `Member must satisfy enum value set: [${issue.values.map(String).join(", ")}]`;
    case "invalid_format":
      return `Member must satisfy regular expression pattern: ${issue.pattern ?? issue.format}`;
    case "invalid_type":
      return `Member must be of type ${issue.expected}`;
    default:
      return issue.message;
  }
}
