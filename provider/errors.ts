/**
 * Every error a user can meet, by its stable code.
 *
 * The message form is one for all: what is wrong (property or resource, and the value got), what is allowed,
 * and the next step to take. `docs/errors.md` is generated from {@link errorCatalog}.
 */

/** What {@link errorCatalog} says of one code. */
export interface ErrorCatalogEntry {
  /** One sentence: when this error appears. */
  readonly meaning: string;
  /** One sentence: what the user does next. */
  readonly nextStep: string;
}

/** Codes are stable: scripts and people search for them. Add at the end of a group, never rename. */
export const errorCatalog = {
  INVALID_INPUT: {
    meaning: "An input of the resource has a value that is not allowed.",
    nextStep: "Change the named property to a value the message allows.",
  },

  // Command line
  INVALID_ARGUMENT: {
    meaning: "An option, argument or file given to `emrpool` can't be used; the exit code is 2.",
    nextStep: "Correct the command line; `emrpool help <command>` shows what is allowed.",
  },

  // Local files of steps
  LOCAL_FILE_NOT_FOUND: {
    meaning: "A step names a local file that does not exist or can't be read.",
    nextStep: "Correct the path, or give an address such as `s3://…` if the file is not on this machine.",
  },
  LOCAL_FILE_CHANGED: {
    meaning: "A local file of a step was changed while the deployment ran.",
    nextStep: "Run the deployment again: it reads the file anew.",
  },
  ASSET_NOT_UPLOADED: {
    meaning: "A local file of a step could not be written to the pool's store; no step was submitted.",
    nextStep: "See that the credentials may read and write below `<store>/v1/assets/`, then run again.",
  },
} as const satisfies Record<string, ErrorCatalogEntry>;

/** A stable error code of this package. */
export type ErrorCode = keyof typeof errorCatalog;

/** The parts an error message is built from. */
export interface ErrorDetails {
  /** Property path (`pool.name`) or resource (`cluster j-…`, `s3://bucket/key`) the error is about. */
  readonly subject: string;
  /** What is wrong, as a sentence fragment that follows the subject. */
  readonly problem: string;
  /** The value got, if it is not secret. */
  readonly got?: unknown;
  /** What is allowed. */
  readonly allowed?: string;
  /** The next step to take; the catalog's when left out. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** An error whose message is written for the user of the package: no stack trace is needed to act on it. */
export class PooledEmrError extends Error {
  override readonly name = "PooledEmrError";

  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails,
  ) {
    super(errorMessage(code, details), { cause: details.cause });
  }
}

/** `subject problem (got …; allowed: …). Fix. [CODE]`, in one line, each sentence with exactly one full stop. */
export function errorMessage(code: ErrorCode, details: ErrorDetails): string {
  const facts = [
    details.got === undefined ? undefined : `got ${printable(details.got)}`,
    details.allowed === undefined ? undefined : `allowed: ${sentence(details.allowed)}`,
  ].filter((fact) => fact !== undefined);
  const parenthesis = facts.length > 0 ? ` (${facts.join("; ")})` : "";
  const fix = sentence(details.fix ?? errorCatalog[code].nextStep);
  return `${details.subject} ${sentence(details.problem)}${parenthesis}. ${fix}. [${code}]`;
}

/** Without line breaks, which Pulumi's tables and CI logs tear apart, and without its own full stop. */
function sentence(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").replace(/[.\s]+$/, "");
}

const longestValue = 120;

function printable(value: unknown): string {
  const characters = [...valueText(value)];
  if (characters.length <= longestValue) return characters.join("");
  return `${characters.slice(0, longestValue - 3).join("")}...`;
}

function valueText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // bigint and circular values: a message about a bad value must not fail on it.
    return String(value);
  }
}
