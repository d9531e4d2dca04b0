import { S3Error } from "./errors";

/** Part of an object: `length` bytes from `first` on. */
export interface ByteRange {
  readonly first: number;
  readonly length: number;
}

/**
 * Reads a `Range` header. S3 serves one range; what isn't in that form is ignored, as HTTP asks.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 *
 * @returns undefined: the whole object.
 * @throws S3Error InvalidRange (416) if the range lies outside of the object.
 */
export function readRange(header: string | null, size: number): ByteRange | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (parts === null || (parts[1] === "" && parts[2] === "")) {
    return undefined;
  }
  const [from, to] = [parts[1]!, parts[2]!];
  if (from !== "" && to !== "" && Number(to) < Number(from)) {
    return undefined;
  }
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (first >= size || (from === "" && Number(to) === 0)) {
    throw new S3Error(
      416,
      "InvalidRange",
      "The requested range is not satisfiable",
      { RangeRequested: header!, ActualObjectSize: String(size) },
      { "content-range": `bytes */${size}` },
    );
  }
  return { first, length: last - first + 1 };
}

/** The range of one part of a multipart object. @throws S3Error InvalidPartNumber (416). */
export function partRange(partSizes: readonly number[], partNumber: number): ByteRange {
  const length = partSizes[partNumber - 1];
  if (length === undefined) {
    throw new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: String(partNumber),
      ActualPartCount: String(partSizes.length),
    });
  }
  return { first: partSizes.slice(0, partNumber - 1).reduce((sum, size) => sum + size, 0), length };
}
