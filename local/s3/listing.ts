/** Order of keys in S3's listings: by their UTF-8 bytes, which differs from JavaScript's for astral characters. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) {
      return codePointOrder(a) - codePointOrder(b);
    }
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others. */
function codePointOrder(codeUnit: number): number {
  if (codeUnit >= 0xe000) {
    return codeUnit - 0x800;
  }
  return codeUnit >= 0xd800 ? codeUnit + 0x2000 : codeUnit;
}

/** What to list. */
export interface ListRequest {
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  /** Only what comes after this key, or after all keys that begin with this common prefix. */
  readonly after?: string;
  readonly maxKeys: number;
}

export interface ListPage {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** Last key or common prefix of the page, to go on after. */
  readonly last?: string;
}

/**
 * One page of keys; those that hold the delimiter behind the prefix are rolled up.
 *
 * @param sorted all keys of the bucket, in UTF-8 order.
 */
export function listPage(sorted: readonly string[], request: ListRequest): ListPage {
  const { prefix, delimiter, after, maxKeys } = request;
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  if (maxKeys === 0) {
    return { keys, commonPrefixes, truncated: false };
  }
  const start = firstAtOrAfter(
    sorted,
    after !== undefined && compareUtf8(after, prefix) > 0 ? after : prefix,
  );
  for (let i = start; i < sorted.length; i++) {
    const key = sorted[i]!;
    if (!key.startsWith(prefix)) {
      break;
    }
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const item = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (key === after || item === last || (cut >= 0 && item === after)) {
      continue;
    }
    if (keys.length + commonPrefixes.length === maxKeys) {
      return { keys, commonPrefixes, truncated: true, last };
    }
    (cut < 0 ? keys : commonPrefixes).push(item);
    last = item;
  }
  return { keys, commonPrefixes, truncated: false, last };
}

function firstAtOrAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(sorted[middle]!, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
