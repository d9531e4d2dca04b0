import { PooledEmrError } from "../errors";
import type { RecordKind, Written } from "./records";

/** Larger objects are not ours: the biggest, a full journal, stays far below. */
const largestRecord = 2 * 1024 * 1024;

/**
 * The record in an object's body.
 *
 * @throws PooledEmrError STORE_NEWER_SCHEMA if a newer version of this package wrote it; STORE_BROKEN_RECORD,
 * naming the object and the first thing wrong in it, if it can't be used.
 */
export function parseRecord<T>(kind: RecordKind<T>, key: string, body: string): Written<T> {
  const broken = (problem: string) =>
    new PooledEmrError("STORE_BROKEN_RECORD", {
      subject: `The ${kind.title} ${key} in the pool's store`,
      problem,
    });
  if (body.length > largestRecord)
    throw broken(`is ${body.length} bytes long, more than this package writes`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw broken("is not JSON");
  }
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === "number" && version > 1)
    throw new PooledEmrError("STORE_NEWER_SCHEMA", {
      subject: `The ${kind.title} ${key} in the pool's store`,
      problem: "was written by a newer version of pulumi-pooled-emr",
      got: version,
      allowed: "schema 1",
    });
  const parsed = kind.schema.safeParse(value);
  if (parsed.success) return parsed.data as Written<T>;
  const issue = parsed.error.issues[0];
  throw broken(
    `has a wrong field ${issue?.path.join(".") || "(root)"}: ${issue?.message ?? "not understood"}`,
  );
}
