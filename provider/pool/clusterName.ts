import { PooledEmrError } from "../errors";

/** What the name of a cluster of a pool says: one `ListClusters` finds the pool's clusters without describing any. */
export interface ClusterNameParts {
  /** Words of the user's in front of the suffix; cut to fit. */
  readonly userName: string;
  /** 1–64 of `A-Za-z0-9._-`; may contain dots. */
  readonly pool: string;
  readonly schema: number;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** Lower-case letters and digits. */
  readonly poolId: string;
  readonly entryId: string;
  /** Rises with every launch call, so that one name is one request. */
  readonly attempt: number;
}

/** Longest name EMR takes. https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html */
export const longestClusterName = 256;

const marker = "#pe.";
const suffix =
  /^(?<pool>[A-Za-z0-9._-]{1,64})\.(?<schema>[0-9]{1,9})\.(?<fingerprint>[0-9a-f]{16})\.(?<poolId>[a-z0-9]{1,32})\.(?<entryId>[a-z0-9]{1,32})\.(?<attempt>[0-9]{1,9})$/;

/** Refused by EMR in a cluster's name; with them control characters and halves of characters, which break listings. */
const forbidden = /[<>$|`\p{Cc}\p{Cs}]/gu;

/**
 * `<user name, cut> #pe.<pool>.<schema>.<fingerprint>.<poolId>.<entryId>.<attempt>`, 256 characters at most.
 * Forbidden characters of the user's name become `_`, and a `#pe.` in it becomes `_pe.`, so that it can't fake
 * a suffix; characters outside the basic plane are never cut in two.
 *
 * @throws PooledEmrError INVALID_INPUT if a part of the suffix does not have its form
 */
export function formatClusterName(parts: ClusterNameParts): string {
  const { pool, schema, fingerprint, poolId, entryId, attempt } = parts;
  const text = `${pool}.${schema}.${fingerprint}.${poolId}.${entryId}.${attempt}`;
  const read = suffix.exec(text)?.groups;
  if (read?.pool !== pool || read.entryId !== entryId || read.poolId !== poolId)
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "cluster name",
      problem: "can't be formed",
      got: text,
      allowed:
        "pool of 1-64 of A-Za-z0-9._-, fingerprint of 16 hex digits, ids of lower-case letters and digits, whole numbers",
    });
  const tail = ` ${marker}${text}`;
  const words = parts.userName.replace(forbidden, "_").replaceAll(marker, "_pe.").trim();
  return `${cut(words, longestClusterName - tail.length)}${tail}`.trimStart();
}

/** The parts of a name in this form; `undefined` for any other name. */
export function parseClusterName(name: string | undefined): ClusterNameParts | undefined {
  const start = name?.lastIndexOf(marker) ?? -1;
  if (name === undefined || start < 0 || (start > 0 && name[start - 1] !== " ")) return undefined;
  const read = suffix.exec(name.slice(start + marker.length))?.groups;
  if (!read) return undefined;
  return {
    userName: name.slice(0, Math.max(0, start - 1)),
    pool: read.pool!,
    schema: Number(read.schema),
    fingerprint: read.fingerprint!,
    poolId: read.poolId!,
    entryId: read.entryId!,
    attempt: Number(read.attempt),
  };
}

/** At most `length` UTF-16 units, without half a character at the end. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\uD800-\uDBFF]/.test(text[length - 1]!) ? length - 1 : length;
  return text.slice(0, end).trimEnd();
}
