import { notImplemented, S3Error } from "./errors";

/** Operations by their API names, which are also the IAM actions' but for a few. */
export type S3Operation =
  | "ListBuckets"
  | "CreateBucket"
  | "HeadBucket"
  | "DeleteBucket"
  | "GetBucketLocation"
  | "GetBucketVersioning"
  | "ListObjects"
  | "ListObjectsV2"
  | "ListMultipartUploads"
  | "DeleteObjects"
  | "PutObject"
  | "CopyObject"
  | "GetObject"
  | "HeadObject"
  | "DeleteObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "UploadPartCopy"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListParts";

/** Bucket, key and query of a path-style request. */
export interface S3Target {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * Reads the request line as it was sent: a URL class would resolve `..` and `//`, which are legal in keys.
 *
 * @throws S3Error InvalidURI, KeyTooLongError.
 */
export function readTarget(rawTarget: string): S3Target {
  const mark = rawTarget.indexOf("?");
  const path = mark < 0 ? rawTarget : rawTarget.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : rawTarget.slice(mark + 1));
  const slash = path.indexOf("/", 1);
  const bucket = decode(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? "" : decode(path.slice(slash + 1));
  if (Buffer.byteLength(key) > 1024) {
    throw new S3Error(400, "KeyTooLongError", "Your key is too long", {
      Size: String(Buffer.byteLength(key)),
      MaxSizeAllowed: "1024",
    });
  }
  return { bucket, key, query };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.", { URI: text });
  }
}

/** Query names that make a request another operation; any of them that isn't known below is not implemented. */
const subresources = [
  ..."accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle".split(
    " ",
  ),
  ..."logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock".split(
    " ",
  ),
  ..."replication requestPayment restore retention select tagging torrent versions website session".split(
    " ",
  ),
  ..."metadataConfiguration metadataTable renameObject versionId".split(" "),
];

/**
 * Which operation a request is, from its method, target and headers.
 *
 * @throws S3Error NotImplemented for what S3 has and this server has not; MethodNotAllowed.
 */
export function operationOf(method: string, target: S3Target, headers: Headers): S3Operation {
  const { bucket, key, query } = target;
  const unknown = subresources.find((name) => query.has(name));
  if (unknown !== undefined) {
    throw notImplemented(`?${unknown}`);
  }
  const operation =
    bucket === ""
      ? serviceOperation(method)
      : key === ""
        ? bucketOperation(method, query)
        : objectOperation(method, query, headers);
  if (operation === undefined) {
    throw new S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method: method,
    });
  }
  return operation;
}

function serviceOperation(method: string): S3Operation | undefined {
  return method === "GET" ? "ListBuckets" : undefined;
}

function bucketOperation(method: string, query: URLSearchParams): S3Operation | undefined {
  switch (method) {
    case "PUT":
      if (query.has("versioning")) {
        throw notImplemented("PutBucketVersioning");
      }
      return "CreateBucket";
    case "HEAD":
      return "HeadBucket";
    case "DELETE":
      return "DeleteBucket";
    case "POST":
      return query.has("delete") ? "DeleteObjects" : undefined;
    case "GET":
      if (query.has("location")) {
        return "GetBucketLocation";
      }
      if (query.has("versioning")) {
        return "GetBucketVersioning";
      }
      if (query.has("uploads")) {
        return "ListMultipartUploads";
      }
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    default:
      return undefined;
  }
}

function objectOperation(method: string, query: URLSearchParams, headers: Headers): S3Operation | undefined {
  const inUpload = query.has("uploadId");
  const isCopy = headers.has("x-amz-copy-source");
  switch (method) {
    case "PUT":
      if (inUpload) {
        return isCopy ? "UploadPartCopy" : "UploadPart";
      }
      return isCopy ? "CopyObject" : "PutObject";
    case "GET":
      return inUpload ? "ListParts" : "GetObject";
    case "HEAD":
      return "HeadObject";
    case "DELETE":
      return inUpload ? "AbortMultipartUpload" : "DeleteObject";
    case "POST":
      if (query.has("uploads")) {
        return "CreateMultipartUpload";
      }
      return inUpload ? "CompleteMultipartUpload" : undefined;
    default:
      return undefined;
  }
}
