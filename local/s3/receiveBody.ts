import { createHash } from "node:crypto";
import { decodeAwsChunked } from "./awsChunked";
import type { S3Call, S3Environment } from "./call";
import { type ChecksumAlgorithm, checksumAlgorithm, checksumAlgorithms } from "./checksums";
import { invalidRequest, S3Error } from "./errors";
import type { FinishedBody } from "./stagedBody";

/** Largest object of one PUT or part. */
const largestBody = 5 * 1024 ** 3;

/** More than the XML of 1,000 keys or 10,000 parts needs; it is held in memory. */
const largestXml = 8 * 1024 ** 2;

/** A checksum of the body is another than the client said. */
export const badDigest = (what: string) =>
  new S3Error(400, "BadDigest", `The ${what} you specified did not match the calculated checksum.`);

/**
 * Takes the body of a request in and checks it against everything the client said of it: length, Content-MD5,
 * `x-amz-content-sha256`, and checksums in headers or in the trailer of `aws-chunked`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 *
 * @param options.also an algorithm to compute whether or not the client sent it.
 * @param options.onBytes sees the decoded bytes as they come.
 * @param options.largest most bytes to take. Default 5 GiB.
 * @throws S3Error BadDigest, XAmzContentSHA256Mismatch, IncompleteBody, MissingContentLength, EntityTooLarge,
 *   InvalidRequest.
 */
export async function receiveBody(
  environment: S3Environment,
  call: S3Call,
  options: { also?: ChecksumAlgorithm; onBytes?: (bytes: Uint8Array) => void; largest?: number } = {},
): Promise<FinishedBody> {
  const { headers } = call;
  const sha256 = headers.get("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  const isChunked = sha256.startsWith("STREAMING-");
  const expected = expectedLength(headers, isChunked, options.largest ?? largestBody);
  const announced = announcedAlgorithms(headers);
  const trailers = new Map<string, string>();
  const algorithms = options.also === undefined ? announced : [...announced, options.also];
  const staged = environment.store.newBody(algorithms, !isChunked);
  try {
    const raw = call.request.body ?? [];
    const bytes = isChunked ? decodeAwsChunked(raw as AsyncIterable<Uint8Array>, trailers) : raw;
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      options.onBytes?.(chunk);
      await staged.write(chunk);
      if (staged.size > expected) {
        break;
      }
    }
  } catch (error) {
    await staged.abandon();
    throw error instanceof S3Error ? error : connectionBroke(error);
  }
  const body = await staged.finish();
  try {
    if (body.size !== expected) {
      throw new S3Error(
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      );
    }
    checkDigests(headers, trailers, body, sha256);
    return body;
  } catch (error) {
    body.discard();
    throw error;
  }
}

/** The body as text, for the small XML bodies of the other operations. */
export async function receiveXml(
  environment: S3Environment,
  call: S3Call,
  digestRequired = false,
): Promise<string> {
  if (digestRequired && !call.headers.has("content-md5") && announcedAlgorithms(call.headers).length === 0) {
    throw invalidRequest("Missing required header for this request: Content-MD5");
  }
  const chunks: Uint8Array[] = [];
  const body = await receiveBody(environment, call, {
    onBytes: (bytes) => chunks.push(Buffer.from(bytes)),
    largest: largestXml,
  });
  body.discard();
  return Buffer.concat(chunks).toString("utf8");
}

function expectedLength(headers: Headers, isChunked: boolean, largest: number): number {
  const text = headers.get(isChunked ? "x-amz-decoded-content-length" : "content-length");
  if (text === null) {
    if (!isChunked && !headers.has("transfer-encoding")) {
      return 0;
    }
    throw new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const length = Number(text);
  if (!/^\d+$/.test(text) || length > largest) {
    throw new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: text,
      MaxSizeAllowed: String(largest),
    });
  }
  return length;
}

/** Algorithms of which the client sends a value, now or in the trailer. */
function announcedAlgorithms(headers: Headers): ChecksumAlgorithm[] {
  const inTrailer = (headers.get("x-amz-trailer") ?? "").toLowerCase();
  return checksumAlgorithms.filter(
    (algorithm) =>
      headers.has(`x-amz-checksum-${algorithm}`) ||
      inTrailer.split(",").some((name) => name.trim() === `x-amz-checksum-${algorithm}`),
  );
}

/** The algorithm the client names for an upload, from whichever header it uses. @throws S3Error InvalidRequest. */
export function namedAlgorithm(headers: Headers, header: string): ChecksumAlgorithm | undefined {
  const name = headers.get(header);
  if (name === null) {
    return undefined;
  }
  const algorithm = checksumAlgorithm(name);
  if (algorithm === undefined) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported: ${name}. Please try again with any of the valid types: [${checksumAlgorithms.join(", ").toUpperCase()}]`,
    );
  }
  return algorithm;
}

function checkDigests(
  headers: Headers,
  trailers: Map<string, string>,
  body: FinishedBody,
  sha256: string,
): void {
  const md5 = headers.get("content-md5");
  if (md5 !== null) {
    if (Buffer.from(md5, "base64").length !== 16) {
      throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
    }
    if (md5 !== body.md5.toString("base64")) {
      throw badDigest("Content-MD5");
    }
  }
  if (/^[0-9a-f]{64}$/.test(sha256) && sha256 !== body.sha256) {
    throw new S3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { ClientComputedContentSHA256: sha256, S3ComputedContentSHA256: body.sha256 ?? "" },
    );
  }
  for (const algorithm of announcedAlgorithms(headers)) {
    const name = `x-amz-checksum-${algorithm}`;
    const claimed = headers.get(name) ?? trailers.get(name);
    if (claimed === undefined) {
      throw new S3Error(400, "MalformedTrailerError", `The trailer ${name} that was announced did not come`);
    }
    if (claimed !== body.checksums[algorithm]) {
      throw badDigest(algorithm.toUpperCase());
    }
  }
}

function connectionBroke(cause: unknown): S3Error {
  const error = new S3Error(
    400,
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
  error.cause = cause;
  return error;
}

/** MD5 of the parts' MD5s and their number: the ETag of a multipart upload. */
export function multipartEtag(partMd5s: readonly string[]): string {
  const hash = createHash("md5");
  for (const md5 of partMd5s) {
    hash.update(Buffer.from(md5, "hex"));
  }
  return `${hash.digest("hex")}-${partMd5s.length}`;
}
