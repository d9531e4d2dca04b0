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

  // Outcomes of a job
  JOB_FAILED: {
    meaning: "A step of the job failed on the cluster.",
    nextStep:
      'See the diagnosis and the step\'s log, then set resubmit to "failed" or change `triggers` or the steps.',
  },
  JOB_CANCELLED: {
    meaning: "Steps of the job were cancelled by somebody else, or because their cluster ended.",
    nextStep: 'Find out who ended them, then set resubmit to "failed" or change `triggers`.',
  },
  JOB_INTERRUPTED: {
    meaning: "The cluster ended while steps of the job ran or waited.",
    nextStep: 'See why the cluster ended, then set resubmit to "failed" or change `triggers`.',
  },
  JOB_NEVER_STARTED: {
    meaning: "The cluster went away before any step of the job began.",
    nextStep: "Run `pulumi up`: it places the job anew, at most 3 times.",
  },
  JOB_LOST: {
    meaning: "The cluster is gone and EMR no longer shows the job's steps, so the outcome can't be known.",
    nextStep:
      'Look at what the job wrote; if it must run again, set resubmit to "failed" or change `triggers`.',
  },

  NO_SUCH_JOB: {
    meaning: "The id given to `PooledEmrJob.get` is not the claim of a job in the pool's store.",
    nextStep: "Give the `claimId` output of the job, and the pool it was placed in.",
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
  AWS_PACKAGE_MISSING: {
    meaning: "`EmrPool` was used without the package `@pulumi/aws`, an optional peer.",
    nextStep: "Install it: `npm install @pulumi/aws@7`.",
  },

  // Kept clusters
  CLUSTER_FAILED: {
    meaning: "The cluster of a `PooledEmrCluster` ended before it could take steps.",
    nextStep: "Act on EMR's reason in the message, then run `pulumi up` again: it launches another.",
  },
  DRAIN_TIMEOUT: {
    meaning: "A `PooledEmrCluster` was deleted, but jobs still run on its cluster.",
    nextStep: "Run `pulumi destroy` again when they have ended, or raise drainTimeoutMinutes.",
  },

  // The pool's store
  AWS_NO_REGION: {
    meaning: "Neither the job, nor the stack, nor the AWS SDK's chain names a region.",
    nextStep: "Set `region`, `pulumi config set aws:region …`, or AWS_REGION.",
  },
  AWS_NO_CREDENTIALS: {
    meaning: "The AWS SDK finds no credentials on the machine that deploys.",
    nextStep: "Log in (`aws sso login`), set AWS_PROFILE, or give the machine a role.",
  },
  STORE_NO_SUCH_BUCKET: {
    meaning: "The bucket of `pool.store` does not exist, or not in the Region it was asked in.",
    nextStep:
      "Create the bucket or correct pool.store; `pulumi destroy` and `refresh` of jobs go on without it, with a warning.",
  },
  STORE_ACCESS_DENIED: {
    meaning:
      "S3 refuses this identity's read or write under `pool.store`, or the bucket belongs to another account.",
    nextStep: "Grant the permissions of docs/iam.md, or correct pool.store.",
  },
  STORE_UNAVAILABLE: {
    meaning: "S3 could not be reached or kept failing; nothing was submitted without it.",
    nextStep: "Run the same command again: the job's journal resumes where it stopped.",
  },
  STORE_IGNORES_CONDITIONS: {
    meaning: "The store does not honour conditional writes, so it can't keep two deployments apart.",
    nextStep: "Use a store with atomic conditional writes.",
  },
  STORE_REFUSED: {
    meaning:
      "S3 refuses a write under `pool.store` for a reason that trying again does not mend, such as a disabled key.",
    nextStep:
      "Act on S3's reason in the message; the bucket's encryption key and policy are the usual places.",
  },
  STORE_NEWER_SCHEMA: {
    meaning: "A record in the pool's store was written by a newer version of this package.",
    nextStep: "Upgrade pulumi-pooled-emr here.",
  },
  STORE_BROKEN_RECORD: {
    meaning: "A record in the pool's store is not what this package writes; somebody changed it by hand.",
    nextStep: "Repair or restore the object, see docs/protocol.md.",
  },

  // Placement and submission
  POOL_TIMEOUT: {
    meaning: "The job found no place in its pool within `pool.timeoutMinutes`.",
    nextStep: "Raise pool.timeoutMinutes or pool.maxClusters, or free a cluster.",
  },
  POOL_OTHER_REGION: {
    meaning:
      "The pool's clusters are in another Region than the one asked in, where EMR knows none of them; nothing was done.",
    nextStep:
      "Set `region`, `aws:region` or AWS_REGION to the pool's Region, or take another pool.name: a pool has one Region.",
  },
  POOL_CANNOT_LAUNCH: {
    meaning: "The job needs a cluster that its own settings can't launch.",
    nextStep: "Change the settings the message names.",
  },
  LAUNCH_REFUSED: {
    meaning: "EMR refused to launch the job's cluster; nothing was launched.",
    nextStep:
      "Correct the cluster's settings or the account's limits and permissions that the message names.",
  },
  SUBMIT_DENIED: {
    meaning: "EMR refuses this identity to add steps; nothing was submitted.",
    nextStep:
      "Grant elasticmapreduce:AddJobFlowSteps, and iam:PassRole for executionRoleArn, see docs/iam.md.",
  },
  COMPLETION_TIMEOUT: {
    meaning:
      'The job did not end within `completionTimeoutMinutes` (with waitFor "running": did not begin within ' +
      "`pool.timeoutMinutes`); its steps run on.",
    nextStep: "Run `pulumi up` again to go on waiting, or raise completionTimeoutMinutes.",
  },
  JOB_RETIRED: {
    meaning: "Another deployment deleted or replaced the job while this one was placing it.",
    nextStep:
      "Let one deployment of a stack finish before the next, or set `scope` if two stacks share the name.",
  },
  CALL_NOT_SENT: {
    meaning:
      "A call could not be signed soon enough after its record was written: clock or network are too slow.",
    nextStep:
      "Correct what the message names (the connection to EMR, or this machine's clock), then run the same command again.",
  },
  EVIDENCE_LOST: {
    meaning: "Whether the steps were submitted can't be found out any more by looking at EMR.",
    nextStep: "Look for the job's steps in the cluster's logs and repair its journal, see docs/protocol.md.",
  },
  ADOPT_REFUSED: {
    meaning: "A cluster can't be taken into the pool.",
    nextStep: "Choose a running cluster that belongs to no other pool.",
  },
  NO_SUCH_ENTRY: {
    meaning: "The pool has no such cluster entry, or it is ending.",
    nextStep: "List the pool's entries with `emrpool list`.",
  },
  FENCE_NOT_MEASURED: {
    meaning: "A pool's waiting constants may be lowered only after a measurement.",
    nextStep: "Measure first, see docs/protocol.md, then pass --measured.",
  },

  // Embedded Pulumi host
  PULUMI_PASSPHRASE: {
    meaning: "The secrets of a stack can't be encrypted or decrypted by the embedded Pulumi host.",
    nextStep:
      "Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of the stack.",
  },
  PULUMI_STACK_LOCKED: {
    meaning: "Another process is working on the stack.",
    nextStep: "Wait until it has ended; if it can't be running any more, delete the named file.",
  },
  PULUMI_STATE_UNREADABLE: {
    meaning: "The state file of a stack is not one the embedded Pulumi host can read.",
    nextStep:
      "Put back an export of the stack made earlier, or remove the file to begin with an empty stack.",
  },
  PULUMI_PROJECT: {
    meaning: "The Pulumi project, its stack file or its SDK can't be used by the embedded host.",
    nextStep: "Correct the named file; the runtime has to be nodejs.",
  },
  PULUMI_POLICY_PACK: {
    meaning: "A policy pack can't be configured.",
    nextStep: "Correct the file given with --policy-pack-config.",
  },
  PULUMI_HOST_UNSUPPORTED: {
    meaning: "The program needs something that the embedded Pulumi host doesn't do.",
    nextStep: "Use the pulumi CLI for this program.",
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

/** `subject problem (got …; allowed: …). Fix. [CODE]`, in one line, each sentence with one full stop or question mark. */
export function errorMessage(code: ErrorCode, details: ErrorDetails): string {
  const facts = [
    details.got === undefined ? undefined : `got ${printable(details.got)}`,
    details.allowed === undefined ? undefined : `allowed: ${sentence(details.allowed)}`,
  ].filter((fact) => fact !== undefined);
  const parenthesis = facts.length > 0 ? ` (${facts.join("; ")})` : "";
  const fix = sentence(details.fix ?? errorCatalog[code].nextStep);
  const end = fix.endsWith("?") ? "" : ".";
  return `${details.subject} ${sentence(details.problem)}${parenthesis}. ${fix}${end} [${code}]`;
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
    // JSON has no word for these and says null.
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return JSON.stringify(value) ?? String(value);
  } catch {
    // bigint and circular values: a message about a bad value must not fail on it.
    return String(value);
  }
}
