import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Permission, type PolicyKind, permissions } from "../../../provider/iam/permissions";

/** One command the AWS SDK was asked to send, as `recorder.cjs` writes it. */
export interface RecordedCall {
  readonly service: "emr" | "s3" | "cloudwatch";
  readonly operation: string;
  /** File of this repository that sent it; undefined where the stack doesn't say. */
  readonly by?: string;
  readonly kind?: PolicyKind;
}

/** All calls recorded in `folder`, by all processes. */
export function recordedCalls(folder: string): RecordedCall[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      // A killed process may leave half a line.
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as RecordedCall),
  );
}

/** The calls of the product itself, not of tests, local servers, examples or measurements. */
export function productCalls(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.filter(({ by }) => by?.startsWith("provider/"));
}

const prefixes = { emr: "elasticmapreduce", s3: "s3", cloudwatch: "cloudwatch" } as const;

/** Operations of the SDK a permission lets through: its own name unless said otherwise. */
function operationsOf(permission: Permission): readonly string[] {
  return permission.operations ?? [permission.action.split(":")[1]!];
}

/** Calls that no permission of `kinds` lets through, each once: `emr:RunJobFlow (provider/emr/guardedClient.js)`. */
export function uncovered(calls: readonly RecordedCall[], kinds: readonly PolicyKind[]): string[] {
  const granted = permissions.filter((permission) => permission.kinds.some((kind) => kinds.includes(kind)));
  const missing = calls.filter(
    ({ service, operation }) =>
      !granted.some(
        (permission) =>
          permission.action.startsWith(`${prefixes[service]}:`) &&
          operationsOf(permission).includes(operation),
      ),
  );
  return [...new Set(missing.map(({ service, operation, by }) => `${service}:${operation} (${by})`))].sort();
}

/** Actions of `kind` that no call needed. Those that AWS checks within other calls need none. */
export function unneeded(calls: readonly RecordedCall[], kind: PolicyKind): string[] {
  const idle = permissions.filter(
    (permission) =>
      permission.kinds.includes(kind) &&
      operationsOf(permission).length > 0 &&
      !calls.some(
        ({ service, operation }) =>
          permission.action.startsWith(`${prefixes[service]}:`) &&
          operationsOf(permission).includes(operation),
      ),
  );
  return [...new Set(idle.map(({ action }) => action))].sort();
}
