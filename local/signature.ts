import type { LocalClock } from "./clock";

/** What a request's SigV4 signature says. The secret is not checked: this server has none. */
export interface RequestSignature {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly signedAt: number;
  /** Of a presigned URL: how long it is good for. */
  readonly expiresSeconds?: number;
}

const credentialPattern = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * Reads the `Authorization` header, or the query of a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @returns undefined if the request isn't signed, or not in a form that can be read.
 */
export function readSignature(headers: Headers, query: URLSearchParams): RequestSignature | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const credential = credentialPattern.exec(authorization);
    const signedAt = parseAmzDate(headers.get("x-amz-date")) ?? parseHttpDate(headers.get("date"));
    return credential === null || signedAt === undefined
      ? undefined
      : { accessKeyId: credential[1]!, region: credential[2]!, service: credential[3]!, signedAt };
  }
  const credential = credentialPattern.exec(`Credential=${query.get("X-Amz-Credential") ?? ""}`);
  const signedAt = parseAmzDate(query.get("X-Amz-Date"));
  if (credential === null || signedAt === undefined) {
    return undefined;
  }
  return {
    accessKeyId: credential[1]!,
    region: credential[2]!,
    service: credential[3]!,
    signedAt,
    expiresSeconds: Number(query.get("X-Amz-Expires") ?? 0),
  };
}

/**
 * When the request was signed, in the server's time. The clock may have been moved, and a client signs either with
 * the machine's time or, once it has seen a `Date` header, with the server's; the nearer of the two is taken as its
 * own. Call this on arrival: a fault may hold the request while the clock moves on.
 */
export function signedAtByServer(signature: RequestSignature, clock: LocalClock): number {
  const byServer = Math.abs(clock.now() - signature.signedAt);
  const byWall = Math.abs(clock.wall() - signature.signedAt);
  return signature.signedAt + (byWall < byServer ? clock.offsetMs : 0);
}

/** `20261120T132342Z` → milliseconds since 1970. */
function parseAmzDate(text: string | null): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (parts === null) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function parseHttpDate(text: string | null): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
