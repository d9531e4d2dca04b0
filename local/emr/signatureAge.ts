import type { LocalClock } from "../clock";
import type { RequestSignature } from "../signature";
import { EmrError } from "./errors";

/**
 * How old a request's signature is when the request takes effect, which may be long after it arrived: a fault can
 * hold it. The clock may have been moved, and a client may sign with the machine's time or with the server's (the
 * SDK corrects itself by the `Date` header), so the nearer of the two at arrival is taken as the client's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class SignatureAgeCheck {
  private readonly signedAt: number | undefined;

  constructor(
    signature: RequestSignature | undefined,
    private readonly clock: LocalClock,
  ) {
    if (signature === undefined) return;
    const byServer = Math.abs(clock.now() - signature.signedAt);
    const byWall = Math.abs(clock.wall() - signature.signedAt);
    this.signedAt = signature.signedAt + (byWall < byServer ? clock.now() - clock.wall() : 0);
  }

  /** @throws EmrError InvalidSignatureException, in the words in which EMR refuses an old signature. */
  check(maxAgeSeconds: number | null): void {
    if (maxAgeSeconds === null || this.signedAt === undefined) return;
    const now = this.clock.now();
    if (Math.abs(now - this.signedAt) <= maxAgeSeconds * 1000) return;
    const [signed, current] = [this.signedAt, now].map(amzDate);
    const [limit, word, relation] =
      now > this.signedAt
        ? [now - maxAgeSeconds * 1000, "expired", "earlier"]
        : [now + maxAgeSeconds * 1000, "not yet current", "later"];
    const minutes = Number((maxAgeSeconds / 60).toFixed(2));
    const sign = now > this.signedAt ? "-" : "+";
    throw new EmrError(
      "InvalidSignatureException",
      `Signature ${word}: ${signed} is now ${relation} than ${amzDate(limit)} (${current} ${sign} ${minutes} min.)`,
    );
  }
}

function amzDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}
