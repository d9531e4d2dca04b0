import { openSync } from "node:fs";
import { lastModifiedNow, type S3Call, type S3Environment, type S3Handler, xmlResponse } from "../call";
import { checksumAlgorithms, composeChecksums } from "../checksums";
import { checkWriteConditions } from "../conditions";
import { malformedXml, noSuchUpload, S3Error } from "../errors";
import { checksumElements } from "../objectHeaders";
import { objectStream } from "../objectStream";
import { badDigest, multipartEtag, receiveXml } from "../receiveBody";
import type { FinishedBody } from "../stagedBody";
import type { StoredObject } from "../storedObject";
import type { Part, Upload } from "../uploads";
import { elements, parseXml, renderXml } from "../xml";
import { findUpload, removeUpload } from "./multipart";

/** Smallest size of every part but the last. */
const smallestPart = 5 * 1024 ** 2;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const completeMultipartUpload: S3Handler = async (environment, call) => {
  const { store, clock, settings } = environment;
  const request = parseXml(
    await receiveXml(environment, { ...call, headers: ofRequestBody(call.headers) }),
    "CompleteMultipartUpload",
  );
  const upload = findUpload(environment, call);
  const parts = chosenParts(upload, elements(request?.Part));
  const body = await joinParts(environment, upload, parts);
  try {
    const object: StoredObject = {
      key: upload.key,
      size: body.size,
      etag: multipartEtag(parts.map((part) => part.object.etag)),
      lastModified: lastModifiedNow(clock),
      headers: upload.headers,
      metadata: upload.metadata,
      checksums: await wholeChecksums(upload, parts, body, call),
      checksumType: upload.checksumType,
      partSizes: parts.map((part) => part.object.size),
    };
    store.putObject(call.bucket, object, body, (current) => {
      // Two requests may complete the same upload at once; one of them finds it gone.
      findUpload(environment, call);
      checkWriteConditions(call.headers, call.key, current, settings.ignoreConditions);
    });
    removeUpload(environment, call);
    return xmlResponse(
      renderXml("CompleteMultipartUploadResult", {
        Location: `/${call.bucket}/${call.key}`,
        Bucket: call.bucket,
        Key: call.key,
        ETag: `"${object.etag}"`,
        ...checksumElements(object, true),
      }),
    );
  } finally {
    body.discard();
  }
};

/** The checksum headers of this operation are about the object, not about the XML they come with. */
function ofRequestBody(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const algorithm of checksumAlgorithms) {
    kept.delete(`x-amz-checksum-${algorithm}`);
  }
  return kept;
}

function chosenParts(upload: Upload, asked: Record<string, unknown>[]): Part[] {
  if (asked.length === 0) {
    throw malformedXml();
  }
  const parts: Part[] = [];
  for (const { PartNumber, ETag } of asked) {
    const part = upload.parts.get(Number(PartNumber));
    if (part === undefined || String(ETag).replace(/^"|"$/g, "") !== part.object.etag) {
      throw new S3Error(
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: upload.uploadId, PartNumber: String(PartNumber), ETag: String(ETag) },
      );
    }
    if (part.number <= (parts.at(-1)?.number ?? 0)) {
      throw new S3Error(
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
      );
    }
    parts.push(part);
  }
  const small = parts.slice(0, -1).find((part) => part.object.size < smallestPart);
  if (small !== undefined) {
    throw new S3Error(
      400,
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      {
        ProposedSize: String(small.object.size),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(small.number),
      },
    );
  }
  return parts;
}

async function joinParts({ store }: S3Environment, upload: Upload, parts: Part[]): Promise<FinishedBody> {
  const whole = upload.checksumType === "FULL_OBJECT" ? upload.checksumAlgorithm : undefined;
  const staged = store.newBody(whole === undefined ? [] : [whole]);
  try {
    for (const part of parts) {
      for await (const bytes of objectStream(openSync(part.file, "r"), 0, part.object.size)) {
        await staged.write(bytes);
      }
    }
    return await staged.finish();
  } catch (error) {
    await staged.abandon();
    // The upload was aborted or completed by another request in the meantime.
    throw (error as NodeJS.ErrnoException).code === "ENOENT" ? noSuchUpload(upload.uploadId) : error;
  }
}

/**
 * The object's checksum: over all bytes, or composed of the parts' own. What the client sent must agree.
 *
 * @throws S3Error BadDigest.
 */
async function wholeChecksums(
  upload: Upload,
  parts: Part[],
  body: FinishedBody,
  call: S3Call,
): Promise<Record<string, string>> {
  const algorithm = upload.checksumAlgorithm;
  if (algorithm === undefined) {
    return {};
  }
  const value =
    upload.checksumType === "FULL_OBJECT"
      ? body.checksums[algorithm]!
      : await composeChecksums(
          algorithm,
          parts.map((part) => part.object.checksums[algorithm]!),
        );
  const claimed = call.headers.get(`x-amz-checksum-${algorithm}`);
  if (claimed !== null && claimed !== value) {
    throw badDigest(algorithm.toUpperCase());
  }
  return { [algorithm]: value };
}
