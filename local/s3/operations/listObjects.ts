import { integerParameter, type S3Call, type S3Environment, type S3Handler, xmlResponse } from "../call";
import { invalidArgument } from "../errors";
import { type ListPage, listPage } from "../listing";
import { renderXml } from "../xml";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2: S3Handler = (environment, call) => {
  const token = call.query.get("continuation-token");
  const startAfter = call.query.get("start-after");
  const after = token === null ? startAfter : readToken(token);
  const { page, common, encode } = list(environment, call, after);
  return xmlResponse(
    renderXml("ListBucketResult", {
      ...common,
      KeyCount: page.keys.length + page.commonPrefixes.length,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.truncated ? writeToken(page.last!) : undefined,
      StartAfter: startAfter === null ? undefined : encode(startAfter),
    }),
  );
};

/** The first version of the call, for older tools. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects: S3Handler = (environment, call) => {
  const marker = call.query.get("marker");
  const { page, common, encode } = list(environment, call, marker);
  return xmlResponse(
    renderXml("ListBucketResult", {
      ...common,
      Marker: encode(marker ?? ""),
      NextMarker: page.truncated && call.query.has("delimiter") ? encode(page.last!) : undefined,
    }),
  );
};

function list({ store, accountId }: S3Environment, call: S3Call, after: string | null) {
  const bucket = store.bucket(call.bucket);
  const prefix = call.query.get("prefix") ?? "";
  const delimiter = call.query.get("delimiter") ?? "";
  const maxKeys = integerParameter(call, "max-keys", 1000, 1000);
  const encoding = call.query.get("encoding-type");
  if (encoding !== null && encoding !== "url") {
    throw invalidArgument("encoding-type", encoding, "Invalid Encoding Method specified in Request");
  }
  const encode = encoding === "url" ? encodeKey : (text: string) => text;
  const withOwner = call.operation === "ListObjects" || call.query.get("fetch-owner") === "true";
  const page: ListPage = listPage(store.keysInOrder(bucket), {
    prefix,
    delimiter,
    maxKeys,
    after: after === null || after === "" ? undefined : after,
  });
  const contents = page.keys.map((key) => {
    const object = bucket.objects.get(key)!;
    const algorithms = Object.keys(object.checksums).map((algorithm) => algorithm.toUpperCase());
    return {
      Key: encode(key),
      LastModified: new Date(object.lastModified).toISOString(),
      ETag: `"${object.etag}"`,
      ChecksumAlgorithm: algorithms,
      ChecksumType: algorithms.length > 0 ? object.checksumType : undefined,
      Size: object.size,
      Owner: withOwner ? { ID: accountId } : undefined,
      StorageClass: object.headers["x-amz-storage-class"] ?? "STANDARD",
    };
  });
  const common = {
    Name: call.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType: encoding ?? undefined,
    IsTruncated: page.truncated,
    Contents: contents,
    CommonPrefixes: page.commonPrefixes.map((one) => ({ Prefix: encode(one) })),
  };
  return { page, common, encode };
}

/** Form encoding with the slashes left as they are, as S3 answers. */
function encodeKey(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => (c === "*" ? c : `%${c.charCodeAt(0).toString(16).toUpperCase()}`))
    .replace(/%2F/g, "/")
    .replace(/%20/g, "+");
}

/** Opaque to clients, as S3's are. */
function writeToken(last: string): string {
  return Buffer.from(`1${last}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("1") || writeToken(text.slice(1)) !== token) {
    throw invalidArgument("continuation-token", token, "The continuation token provided is incorrect");
  }
  return text.slice(1);
}
