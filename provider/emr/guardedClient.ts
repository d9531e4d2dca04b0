import { EMRClient, type EMRClientConfig, type EMRServiceException } from "@aws-sdk/client-emr";
import type { GuardedOutcome } from "../ports";

/** Thrown inside signing: the request was never sent. */
class SignedTooLate extends Error {
  override readonly name = "SignedTooLate";
}

/** What the two guarded calls need of the SDK's commands. */
type GuardedCommand = Parameters<EMRClient["send"]>[0];

/** Answers of AWS that mean "this signature is not accepted": nothing happened, and a new signature may be. */
const signatureRefusals = new Set(["InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"]);

/** The connection was never made, so no byte of the request left. */
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/**
 * The one client for calls that must happen at most once, RunJobFlow and AddJobFlowSteps: EMR knows no idempotency
 * token (docs/protocol.md).
 *
 * - One attempt: by default the SDK signs anew and sends again after a timeout, a 5xx and even "Signature expired",
 *   which breaks both at-most-once and the fence.
 * - A new connection each time, so that no half-closed one turns a call that was never sent into an unknown.
 * - The signing date that is about to leave is compared with the caller's limit **after** signing, with nothing
 *   awaited in between: a machine that slept, or whose clock is wrong, refuses by itself.
 */
export class GuardedClient {
  private readonly client: EMRClient;

  /**
   * `clockOffset`: milliseconds from the local clock to AWS's, as S3's answers tell it. `requestTimeout`: milliseconds
   * to wait for an answer, 30,000 by default; it must stay below the protocol's `answerWithin`.
   */
  constructor(
    config: EMRClientConfig,
    private readonly clockOffset: () => number,
    { requestTimeout = 30_000 } = {},
  ) {
    this.client = new EMRClient({
      ...config,
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: false },
        httpsAgent: { keepAlive: false },
      },
    });
  }

  /** Sends the command once, or not at all. */
  async send<Output, Value>(
    command: unknown,
    notSignedAfter: Date,
    value: (output: Output) => Value,
  ): Promise<GuardedOutcome<Value>> {
    const guarded = command as GuardedCommand;
    guarded.middlewareStack.addRelativeTo(
      ((next: (args: unknown) => Promise<never>) =>
        (args: { request: { headers: Record<string, string> } }) => {
          const signedAt = parseAmzDate(args.request.headers["x-amz-date"]);
          // Not a number compares as false: an unsigned request is not sent either.
          if (!(signedAt <= notSignedAfter.getTime()))
            throw new SignedTooLate(
              `it would be signed ${new Date(signedAt).toISOString()}, later than the limit ` +
                `${notSignedAfter.toISOString()}; this machine's clock is ${Math.round(this.clockOffset() / 1_000)} s ` +
                "off S3's, or it was too slow",
            );
          return next(args);
        }) as never,
      { relation: "after", toMiddleware: "httpSigningMiddleware", name: "signedDateGuard" },
    );
    // The SDK adds this offset when it signs; it is taken from S3, whose clock the limit was read from.
    this.client.config.systemClockOffset = this.clockOffset();
    try {
      return { outcome: "accepted", value: value((await this.client.send(guarded)) as Output) };
    } catch (error) {
      return outcomeOf(error);
    }
  }
}

/** What an error says about whether the call took effect. In doubt: unknown. */
export function outcomeOf(error: unknown): Exclude<GuardedOutcome<never>, { outcome: "accepted" }> {
  const { name, message, code, $metadata, $fault } = error as EMRServiceException & { code?: string };
  if (error instanceof SignedTooLate) return { outcome: "notSent", reason: message };
  if (neverConnected.has(code ?? "")) return { outcome: "notSent", reason: message || (code ?? "") };
  if (name === "CredentialsProviderError") return { outcome: "refused", code: name, message };
  const status = $metadata?.httpStatusCode;
  // InternalServerException comes with status 400 and says nothing about what was done.
  // https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html#API_AddJobFlowSteps_Errors
  const internal = $fault !== "client" || /^Internal/.test(name);
  if (status === undefined || status >= 500 || status < 400 || internal)
    return { outcome: "unknown", cause: error };
  if (name === "ThrottlingException" || status === 429 || /rate exceeded/i.test(message))
    return { outcome: "throttled" };
  if (signatureRefusals.has(name) || /signature expired|signature not yet current/i.test(message))
    return { outcome: "notSent", reason: `${name}: ${message}` };
  return { outcome: "refused", code: name, message };
}

/** `20261120T123456Z` as milliseconds; NaN if it is not that. */
function parseAmzDate(text: string | undefined): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
