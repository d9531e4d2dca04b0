import type { LocalClock } from "../clock";
import { S3Error } from "./errors";
import type { S3Operation } from "./operation";
import type { S3Settings } from "./settings";
import type { S3Store } from "./store";

/** What the operations work on. */
export interface S3Environment {
  readonly store: S3Store;
  readonly clock: LocalClock;
  readonly accountId: string;
  readonly settings: S3Settings;
}

/** One request, read as far as its line and headers. */
export interface S3Call {
  readonly operation: S3Operation;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly request: Request;
  /** Region the request was signed for. */
  readonly region: string;
}

/** Answers one operation; throws S3Error. */
export type S3Handler = (environment: S3Environment, call: S3Call) => Promise<Response> | Response;

/** A successful answer with an XML body. */
export function xmlResponse(body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status: 200, headers: { "content-type": "application/xml", ...headers } });
}

/** S3 keeps whole seconds. */
export function lastModifiedNow(clock: LocalClock): number {
  return Math.floor(clock.now() / 1000) * 1000;
}

/** Integer of a query parameter. @throws S3Error InvalidArgument. */
export function integerParameter(call: S3Call, name: string, fallback: number, most: number): number {
  const text = call.query.get(name);
  if (text === null || text === "") {
    return fallback;
  }
  if (!/^\d{1,10}$/.test(text)) {
    throw new S3Error(400, "InvalidArgument", `Provided ${name} not an integer or within integer range`, {
      ArgumentName: name,
      ArgumentValue: text,
    });
  }
  return Math.min(Number(text), most);
}
