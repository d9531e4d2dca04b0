import { lastModifiedNow, type S3Call, type S3Environment, type S3Handler, xmlResponse } from "../call";
import { type ChecksumAlgorithm, checksumAlgorithm } from "../checksums";
import { checkReadConditions, checkWriteConditions } from "../conditions";
import { invalidArgument, invalidRequest, noSuchKey } from "../errors";
import {
  checksumElements,
  etagOf,
  type ObjectDescription,
  readDescription,
  writtenHeaders,
} from "../objectHeaders";
import { objectStream } from "../objectStream";
import { namedAlgorithm, receiveBody } from "../receiveBody";
import type { StoredObject } from "../storedObject";
import { renderXml } from "../xml";

export const putObject: S3Handler = async (environment, call) => {
  const { store, clock, settings } = environment;
  store.bucket(call.bucket);
  const description = readDescription(call.headers);
  const body = await receiveBody(environment, call);
  const object: StoredObject = {
    key: call.key,
    size: body.size,
    etag: etagOf(body, description),
    lastModified: lastModifiedNow(clock),
    ...description,
    checksums: body.checksums,
    checksumType: "FULL_OBJECT",
  };
  store.putObject(call.bucket, object, body, (current) =>
    checkWriteConditions(call.headers, call.key, current, settings.ignoreConditions),
  );
  return new Response(null, { status: 200, headers: writtenHeaders(object) });
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject: S3Handler = async (environment, call) => {
  const { store, clock, settings } = environment;
  store.bucket(call.bucket);
  const directive = call.headers.get("x-amz-metadata-directive") ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw invalidArgument("x-amz-metadata-directive", directive, "Unknown metadata directive.");
  }
  const named = namedAlgorithm(call.headers, "x-amz-checksum-algorithm");
  const given = readDescription(call.headers);
  const source = findCopySource(environment, call);
  if (directive === "COPY" && call.key === source.object.key && call.bucket === source.bucket) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const description = directive === "REPLACE" ? given : inherited(given, source.object);
  const staged = store.newBody([named ?? checksumToKeep(source.object)].filter((one) => one !== undefined));
  for await (const bytes of source.open(0, source.object.size)) {
    await staged.write(bytes);
  }
  const body = await staged.finish();
  const object: StoredObject = {
    key: call.key,
    size: body.size,
    etag: etagOf(body, description),
    lastModified: lastModifiedNow(clock),
    ...description,
    checksums: body.checksums,
    checksumType: "FULL_OBJECT",
  };
  store.putObject(call.bucket, object, body, (current) =>
    checkWriteConditions(call.headers, call.key, current, settings.ignoreConditions),
  );
  return xmlResponse(
    renderXml("CopyObjectResult", {
      LastModified: new Date(object.lastModified).toISOString(),
      ETag: `"${object.etag}"`,
      ...checksumElements(object, true),
    }),
  );
};

/** A copy keeps the kind of checksum its source has; one composed of parts' is computed anew. */
function checksumToKeep(source: StoredObject): ChecksumAlgorithm | undefined {
  return checksumAlgorithm(Object.keys(source.checksums)[0] ?? "");
}

/** The source's own description; encryption, storage class and redirect are always the request's. */
function inherited(given: ObjectDescription, source: StoredObject): ObjectDescription {
  const isOfRequest = ([name]: [string, string]) =>
    name.startsWith("x-amz-server-side-encryption") ||
    name === "x-amz-storage-class" ||
    name === "x-amz-website-redirect-location";
  const own = Object.entries(given.headers).filter(isOfRequest);
  const kept = Object.entries(source.headers).filter((entry) => !isOfRequest(entry));
  return { headers: Object.fromEntries([...kept, ...own]), metadata: source.metadata };
}

/** The object a copy reads from, as it is at this moment. */
export interface CopySource {
  readonly bucket: string;
  readonly object: StoredObject;
  /** Must be called in the same turn of the event loop as the look-up, and the stream read or cancelled. */
  open(first: number, length: number): ReadableStream<Uint8Array>;
}

/**
 * Reads `x-amz-copy-source` and checks the conditions on it.
 *
 * @throws S3Error InvalidArgument, NoSuchBucket, NoSuchKey, PreconditionFailed.
 */
export function findCopySource({ store }: S3Environment, call: S3Call): CopySource {
  const header = call.headers.get("x-amz-copy-source") ?? "";
  const text = decoded(header.replace(/\?versionId=.*$/, "").replace(/^\//, ""));
  const slash = text?.indexOf("/") ?? -1;
  if (text === undefined || slash <= 0 || slash === text.length - 1) {
    throw invalidArgument(
      "x-amz-copy-source",
      header,
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    );
  }
  const bucket = text.slice(0, slash);
  const key = text.slice(slash + 1);
  const object = store.bucket(bucket).objects.get(key);
  if (object === undefined) {
    throw noSuchKey(key);
  }
  checkReadConditions(call.headers, object, "x-amz-copy-source-");
  return {
    bucket,
    object,
    open: (first, length) => objectStream(store.openObject(bucket, key), first, length),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
