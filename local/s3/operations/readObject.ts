import { type S3Call, type S3Environment, type S3Handler, xmlResponse } from "../call";
import { checkDeleteCondition, checkReadConditions } from "../conditions";
import { invalidArgument, malformedXml, noSuchKey, notImplemented, S3Error } from "../errors";
import { readHeaders } from "../objectHeaders";
import { objectBody } from "../objectStream";
import { type ByteRange, partRange, readRange } from "../range";
import { receiveXml } from "../receiveBody";
import type { StoredObject } from "../storedObject";
import { elements, parseXml, renderXml } from "../xml";

/** Query parameters of a read that put another header into its answer. */
const overrides = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** Synchronous from look-up to open file, so that headers and bytes are of one and the same write. */
export const getObject: S3Handler = (environment, call) => {
  const { object, range, headers } = describeRead(environment, call);
  const descriptor = environment.store.openObject(call.bucket, call.key);
  return new Response(objectBody(descriptor, range?.first ?? 0, range?.length ?? object.size), {
    status: range === undefined ? 200 : 206,
    headers,
  });
};

export const headObject: S3Handler = (environment, call) => {
  const { range, headers } = describeRead(environment, call);
  return new Response(null, { status: range === undefined ? 200 : 206, headers });
};

function describeRead(
  { store }: S3Environment,
  call: S3Call,
): { object: StoredObject; range: ByteRange | undefined; headers: Record<string, string> } {
  const object = store.bucket(call.bucket).objects.get(call.key);
  if (object === undefined) {
    throw noSuchKey(call.key);
  }
  checkReadConditions(call.headers, object);
  const range = requestedRange(call, object);
  const wantsChecksums = call.headers.get("x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  const headers: Record<string, string> = {
    ...readHeaders(object, wantsChecksums && (range === undefined || range.length === object.size)),
    "content-length": String(range?.length ?? object.size),
  };
  if (range !== undefined) {
    const last = Math.max(range.first, range.first + range.length - 1);
    headers["content-range"] = `bytes ${range.first}-${last}/${object.size}`;
  }
  if (call.query.has("partNumber") && object.partSizes !== undefined) {
    headers["x-amz-mp-parts-count"] = String(object.partSizes.length);
  }
  for (const name of overrides) {
    const value = call.query.get(`response-${name}`);
    if (value !== null) {
      headers[name] = value;
    }
  }
  return { object, range, headers };
}

function requestedRange(call: S3Call, object: StoredObject): ByteRange | undefined {
  const partNumber = call.query.get("partNumber");
  if (partNumber === null) {
    return readRange(call.headers.get("range"), object.size);
  }
  if (!/^\d{1,5}$/.test(partNumber) || Number(partNumber) < 1 || Number(partNumber) > 10_000) {
    throw invalidArgument(
      "partNumber",
      partNumber,
      "Part number must be an integer between 1 and 10000, inclusive",
    );
  }
  return partRange(object.partSizes ?? [object.size], Number(partNumber));
}

export const deleteObject: S3Handler = ({ store, settings }, call) => {
  const directoryOnly = ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"].find((name) =>
    call.headers.has(name),
  );
  if (directoryOnly !== undefined) {
    throw notImplemented(`${directoryOnly} is for directory buckets`);
  }
  store.deleteObject(call.bucket, call.key, (current) =>
    checkDeleteCondition(call.headers.get("if-match"), call.key, current, settings.ignoreConditions),
  );
  return new Response(null, { status: 204 });
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects: S3Handler = async (environment, call) => {
  const { store, settings } = environment;
  store.bucket(call.bucket);
  const request = parseXml(await receiveXml(environment, call, true), "Delete");
  const objects = elements(request?.Object);
  if (request === undefined || objects.length === 0 || objects.length > 1000) {
    throw malformedXml();
  }
  const deleted: object[] = [];
  const errors: object[] = [];
  for (const { Key, ETag } of objects) {
    if (typeof Key !== "string" || Key === "") {
      throw malformedXml();
    }
    try {
      store.deleteObject(call.bucket, Key, (current) =>
        checkDeleteCondition(typeof ETag === "string" ? ETag : null, Key, current, settings.ignoreConditions),
      );
      deleted.push({ Key });
    } catch (error) {
      if (!(error instanceof S3Error)) {
        throw error;
      }
      errors.push({ Key, Code: error.code, Message: error.message });
    }
  }
  const quiet = request.Quiet === "true";
  return xmlResponse(renderXml("DeleteResult", { Deleted: quiet ? [] : deleted, Error: errors }));
};
