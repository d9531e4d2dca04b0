import { randomBytes } from "node:crypto";
import type { LocalClock } from "../clock";
import type { FaultableCall, InjectedError } from "../faults";
import type { LocalService, LocalServiceContext } from "../service";
import { type RequestSignature, readSignature, signedAtByServer } from "../signature";
import type { S3Call, S3Environment, S3Handler } from "./call";
import { S3Error } from "./errors";
import { operationOf, readTarget, type S3Operation, type S3Target } from "./operation";
import * as buckets from "./operations/buckets";
import { completeMultipartUpload } from "./operations/completeUpload";
import { listObjects, listObjectsV2 } from "./operations/listObjects";
import * as multipart from "./operations/multipart";
import { deleteObject, deleteObjects, getObject, headObject } from "./operations/readObject";
import { copyObject, putObject } from "./operations/writeObject";
import { defaultS3Settings, type S3Settings, s3SettingsSchema } from "./settings";
import { S3Store } from "./store";

/** Options of {@link createS3}. */
export interface S3Options extends LocalServiceContext {
  readonly settings?: Partial<S3Settings>;
}

/** S3 of the local server. */
export interface LocalS3 extends LocalService {
  /** May be changed at any time. */
  readonly settings: S3Settings;
}

const handlers: Readonly<Record<S3Operation, S3Handler>> = {
  ListBuckets: buckets.listBuckets,
  CreateBucket: buckets.createBucket,
  HeadBucket: buckets.headBucket,
  DeleteBucket: buckets.deleteBucket,
  GetBucketLocation: buckets.getBucketLocation,
  GetBucketVersioning: buckets.getBucketVersioning,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: multipart.listMultipartUploads,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: multipart.createMultipartUpload,
  UploadPart: multipart.uploadPart,
  UploadPartCopy: multipart.uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: multipart.abortMultipartUpload,
  ListParts: multipart.listParts,
};

/**
 * An S3 whose conditional writes hold: in one process, with nothing awaited between the check of a condition and
 * the write. Path-style addresses; every request must be signed, but secrets are not checked.
 */
export function createS3(options: S3Options): LocalS3 {
  const environment: S3Environment = {
    store: new S3Store(options.dataDir),
    clock: options.clock,
    accountId: options.accountId,
    settings: { ...defaultS3Settings, ...options.settings },
  };

  async function answer(
    request: Request,
    target: S3Target,
    operation: S3Operation,
    signature: ArrivedSignature | undefined,
  ): Promise<Response> {
    const region = checkCaller(request, target, operation, environment, signature);
    const call: S3Call = { ...target, operation, headers: request.headers, request, region };
    return handlers[operation](environment, call);
  }

  return {
    settings: environment.settings,

    async fetch(request, rawTarget = pathAndQuery(request.url)) {
      const requestId = randomBytes(8).toString("hex").toUpperCase();
      const finish = (response: Response) =>
        withCommonHeaders(response, requestId, options.clock.now() + environment.settings.dateOffsetMs);
      const refuse = (error: S3Error) => finish(error.toResponse(requestId, request.method === "HEAD"));
      const call: FaultableCall = { service: "s3", operation: "Unknown", resource: "", requestId };
      let apply: () => Promise<Response>;
      try {
        const target = readTarget(rawTarget);
        const resource = target.key === "" ? target.bucket : `${target.bucket}/${target.key}`;
        const operation = operationOf(request.method, target, request.headers);
        Object.assign(call, { operation, resource });
        const signature = arrived(readSignature(request.headers, target.query), options.clock);
        apply = () => answer(request, target, operation, signature);
      } catch (error) {
        apply = () => Promise.reject(error);
      }
      return options.faults.run(
        call,
        () => apply().then(finish, (error: unknown) => refuse(asS3Error(error))),
        ({ status, code, message }: InjectedError) => refuse(new S3Error(status, code, message)),
      );
    },

    async admin(request) {
      if (new URL(request.url).pathname !== "/_local/s3/settings") {
        return Response.json(
          { error: "no such admin path; there is GET and POST /_local/s3/settings" },
          { status: 404 },
        );
      }
      if (request.method === "POST") {
        Object.assign(environment.settings, s3SettingsSchema.partial().parse(await request.json()));
      }
      return Response.json(environment.settings);
    },

    async close() {
      // Every change is on disk when its answer is sent.
    },
  };
}

/** A signature, with its date in the server's time. */
type ArrivedSignature = RequestSignature & { readonly signedAtByServer: number };

function arrived(signature: RequestSignature | undefined, clock: LocalClock): ArrivedSignature | undefined {
  return signature && { ...signature, signedAtByServer: signedAtByServer(signature, clock) };
}

/**
 * @returns the region the request was signed for.
 * @throws S3Error AccessDenied, RequestTimeTooSkewed, AuthorizationHeaderMalformed (wrong region).
 */
function checkCaller(
  request: Request,
  target: S3Target,
  operation: S3Operation,
  { store, clock, accountId, settings }: S3Environment,
  signature: ArrivedSignature | undefined,
): string {
  if (signature === undefined) {
    throw accessDenied("The request is not signed, or not with Signature Version 4.");
  }
  const age = clock.now() - signature.signedAtByServer;
  if (signature.expiresSeconds !== undefined) {
    if (age > signature.expiresSeconds * 1000) {
      throw accessDenied("Request has expired");
    }
  } else if (Math.abs(age) > settings.signatureMaxAgeSeconds * 1000) {
    throw new S3Error(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: new Date(signature.signedAt).toISOString(),
        ServerTime: clock.date().toISOString(),
        MaxAllowedSkewMilliseconds: String(settings.signatureMaxAgeSeconds * 1000),
      },
    );
  }
  for (const header of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const owner = request.headers.get(header);
    if (owner !== null && owner !== accountId) {
      throw accessDenied("Access Denied");
    }
  }
  const bucketRegion = store.buckets.get(target.bucket)?.region;
  if (bucketRegion !== undefined && bucketRegion !== signature.region && operation !== "GetBucketLocation") {
    throw new S3Error(
      400,
      "AuthorizationHeaderMalformed",
      `The authorization header is malformed; the region '${signature.region}' is wrong; expecting '${bucketRegion}'`,
      { Region: bucketRegion },
      { "x-amz-bucket-region": bucketRegion },
    );
  }
  return signature.region;
}

const accessDenied = (message: string) => new S3Error(403, "AccessDenied", message);

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) {
    return error;
  }
  // Not the caller's fault: the stack is needed to find it, and the caller sees what S3 would say.
  console.error(error);
  return new S3Error(500, "InternalError", "We encountered an internal error. Please try again.");
}

function withCommonHeaders(response: Response, requestId: string, date: number): Response {
  response.headers.set("x-amz-request-id", requestId);
  response.headers.set("x-amz-id-2", requestId);
  response.headers.set("date", new Date(date).toUTCString());
  response.headers.set("server", "AmazonS3");
  return response;
}

function pathAndQuery(url: string): string {
  return url.slice(url.indexOf("/", url.indexOf("//") + 2));
}
