import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  integerParameter,
  lastModifiedNow,
  type S3Call,
  type S3Environment,
  type S3Handler,
  xmlResponse,
} from "../call";
import { invalidArgument, invalidRequest, noSuchUpload } from "../errors";
import { compareUtf8 } from "../listing";
import { checksumElements, checksumHeaders, readDescription } from "../objectHeaders";
import { readRange } from "../range";
import { namedAlgorithm, receiveBody } from "../receiveBody";
import type { FinishedBody } from "../stagedBody";
import { createUpload, type Part, type Upload } from "../uploads";
import { renderXml } from "../xml";
import { findCopySource } from "./writeObject";

export const createMultipartUpload: S3Handler = ({ store, clock }, call) => {
  const bucket = store.bucket(call.bucket);
  const algorithm = namedAlgorithm(call.headers, "x-amz-checksum-algorithm");
  const asked = call.headers.get("x-amz-checksum-type")?.toUpperCase();
  const checksumType = asked ?? (algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE");
  if (checksumType !== "FULL_OBJECT" && checksumType !== "COMPOSITE") {
    throw invalidRequest(`Value for x-amz-checksum-type header is invalid: ${asked}`);
  }
  const upload = createUpload(join(bucket.folder, "uploads"), {
    uploadId: randomBytes(24).toString("base64url"),
    key: call.key,
    initiatedAt: clock.now(),
    ...readDescription(call.headers),
    ...(algorithm === undefined ? {} : { checksumAlgorithm: algorithm }),
    checksumType,
  });
  bucket.uploads.set(upload.uploadId, upload);
  return xmlResponse(
    renderXml("InitiateMultipartUploadResult", {
      Bucket: call.bucket,
      Key: call.key,
      UploadId: upload.uploadId,
    }),
    algorithm === undefined
      ? {}
      : { "x-amz-checksum-algorithm": algorithm.toUpperCase(), "x-amz-checksum-type": checksumType },
  );
};

export const uploadPart: S3Handler = async (environment, call) => {
  const number = partNumber(call);
  const { checksumAlgorithm } = findUpload(environment, call);
  const body = await receiveBody(environment, call, { also: checksumAlgorithm });
  const part = placePart(environment, call, number, body);
  return new Response(null, {
    status: 200,
    headers: {
      etag: `"${part.object.etag}"`,
      ...checksumHeaders({ ...part.object, checksumType: "COMPOSITE" }),
    },
  });
};

export const uploadPartCopy: S3Handler = async (environment, call) => {
  const number = partNumber(call);
  const upload = findUpload(environment, call);
  const source = findCopySource(environment, call);
  const header = call.headers.get("x-amz-copy-source-range");
  const range = readRange(header, source.object.size) ?? { first: 0, length: source.object.size };
  const staged = environment.store.newBody(
    upload.checksumAlgorithm === undefined ? [] : [upload.checksumAlgorithm],
  );
  for await (const bytes of source.open(range.first, range.length)) {
    await staged.write(bytes);
  }
  const part = placePart(environment, call, number, await staged.finish());
  return xmlResponse(
    renderXml("CopyPartResult", {
      LastModified: new Date(part.object.lastModified).toISOString(),
      ETag: `"${part.object.etag}"`,
      ...checksumElements(part.object, false),
    }),
  );
};

/** Synchronous. A part sent again takes the place of the earlier one, in a file of its own. */
function placePart(environment: S3Environment, call: S3Call, number: number, body: FinishedBody): Part {
  try {
    const upload = findUpload(environment, call);
    const part: Part = {
      number,
      file: join(upload.folder, `${number}.${randomBytes(8).toString("hex")}.part`),
      object: {
        key: call.key,
        size: body.size,
        etag: body.md5.toString("hex"),
        lastModified: lastModifiedNow(environment.clock),
        headers: {},
        metadata: {},
        checksums: body.checksums,
        checksumType: "FULL_OBJECT",
      },
    };
    const earlier = upload.parts.get(number);
    const aside = `${part.file}.next`;
    body.place(part.object, aside);
    if (earlier !== undefined) {
      rmSync(earlier.file, { force: true });
    }
    renameSync(aside, part.file);
    upload.parts.set(number, part);
    return part;
  } finally {
    body.discard();
  }
}

export const abortMultipartUpload: S3Handler = (environment, call) => {
  findUpload(environment, call);
  removeUpload(environment, call);
  return new Response(null, { status: 204 });
};

export const listParts: S3Handler = (environment, call) => {
  const upload = findUpload(environment, call);
  const most = integerParameter(call, "max-parts", 1000, 1000);
  const after = integerParameter(call, "part-number-marker", 0, 10_000);
  const parts = [...upload.parts.values()]
    .sort((a, b) => a.number - b.number)
    .filter((part) => part.number > after);
  const page = parts.slice(0, most);
  return xmlResponse(
    renderXml("ListPartsResult", {
      Bucket: call.bucket,
      Key: call.key,
      UploadId: upload.uploadId,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: most,
      IsTruncated: page.length < parts.length,
      Part: page.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.object.lastModified).toISOString(),
        ETag: `"${part.object.etag}"`,
        Size: part.object.size,
        ...checksumElements(part.object, false),
      })),
      StorageClass: "STANDARD",
      ChecksumAlgorithm: upload.checksumAlgorithm?.toUpperCase(),
      ChecksumType: upload.checksumAlgorithm === undefined ? undefined : upload.checksumType,
    }),
  );
};

export const listMultipartUploads: S3Handler = ({ store }, call) => {
  const bucket = store.bucket(call.bucket);
  const prefix = call.query.get("prefix") ?? "";
  const most = integerParameter(call, "max-uploads", 1000, 1000);
  const marker = {
    key: call.query.get("key-marker") ?? "",
    uploadId: call.query.get("upload-id-marker") ?? "",
  };
  const uploads = [...bucket.uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix) && compareUploads(upload, marker) > 0)
    .sort(compareUploads);
  const page = uploads.slice(0, most);
  const isTruncated = page.length < uploads.length;
  return xmlResponse(
    renderXml("ListMultipartUploadsResult", {
      Bucket: call.bucket,
      Prefix: prefix,
      KeyMarker: marker.key,
      UploadIdMarker: marker.uploadId,
      NextKeyMarker: isTruncated ? page.at(-1)?.key : undefined,
      NextUploadIdMarker: isTruncated ? page.at(-1)?.uploadId : undefined,
      MaxUploads: most,
      IsTruncated: isTruncated,
      Upload: page.map((upload) => ({
        Key: upload.key,
        UploadId: upload.uploadId,
        StorageClass: "STANDARD",
        Initiated: new Date(upload.initiatedAt).toISOString(),
      })),
    }),
  );
};

type UploadPosition = Pick<Upload, "key" | "uploadId">;

/** By key, then by id. A marker without an upload id stands behind all uploads of its key. */
function compareUploads(left: UploadPosition, right: UploadPosition): number {
  const byKey = compareUtf8(left.key, right.key);
  if (byKey !== 0) {
    return byKey;
  }
  return right.uploadId === "" ? -1 : compareUtf8(left.uploadId, right.uploadId);
}

function partNumber(call: S3Call): number {
  const text = call.query.get("partNumber") ?? "";
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 10_000) {
    throw invalidArgument(
      "partNumber",
      text,
      "Part number must be an integer between 1 and 10000, inclusive",
    );
  }
  return Number(text);
}

/** @throws S3Error NoSuchBucket, NoSuchUpload. */
export function findUpload({ store }: S3Environment, call: S3Call): Upload {
  const uploadId = call.query.get("uploadId") ?? "";
  const upload = store.bucket(call.bucket).uploads.get(uploadId);
  if (upload === undefined || upload.key !== call.key) {
    throw noSuchUpload(uploadId);
  }
  return upload;
}

/** Forgets an upload and removes its parts. */
export function removeUpload(environment: S3Environment, call: S3Call): void {
  const upload = findUpload(environment, call);
  environment.store.bucket(call.bucket).uploads.delete(upload.uploadId);
  // The description goes first: what is left after a crash is then no upload any more.
  rmSync(join(upload.folder, "upload.json"), { force: true });
  rmSync(upload.folder, { recursive: true, force: true });
}
