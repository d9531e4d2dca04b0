import { PooledEmrError } from "../errors";

/** What the exit code of `emrpool` tells a script. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Prints one clear line on stderr, with stack and causes only when asked, and gives the exit code. */
export function reportFailure(error: unknown, verbose: boolean): number {
  process.stderr.write(`emrpool: ${failureLine(error)}\n`);
  if (verbose) process.stderr.write(`${stackOf(error)}\n`);
  return error instanceof PooledEmrError && error.code === "INVALID_ARGUMENT"
    ? exitCodes.usage
    : exitCodes.failed;
}

/** One line for a person: our own errors as written, those of the AWS SDK and of Node with what helps. */
export function failureLine(error: unknown): string {
  if (error instanceof PooledEmrError) return singleLine(error.message);
  if (!(error instanceof Error)) return singleLine(String(error));
  // Node hides refused connections to several addresses in an AggregateError with an empty message.
  const causes = error instanceof AggregateError ? error.errors.map(failureLine).join("; ") : "";
  const message = [error.message, causes].filter((part) => part !== "").join(": ");
  const hint = hints.find(({ sign }) => sign.test(`${error.name} ${message}`))?.hint;
  const name = error.name === "Error" || error.name === "AggregateError" ? "" : `${error.name}: `;
  return singleLine(
    `${name}${message || "failed without a message"}${hint === undefined ? "" : `. ${hint}`}`,
  );
}

/** The first sign that fits counts. */
const hints: readonly { sign: RegExp; hint: string }[] = [
  {
    sign: /CredentialsProviderError|Could not load credentials|ExpiredToken|InvalidClientTokenId/i,
    hint: "Sign in (`aws sso login`, AWS_PROFILE or AWS_ACCESS_KEY_ID) and try again",
  },
  { sign: /Region is missing/i, hint: "Give --region or set AWS_REGION" },
  {
    sign: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError/,
    hint: "Check the network and AWS_ENDPOINT_URL_EMR and AWS_ENDPOINT_URL_S3",
  },
  {
    sign: /AccessDenied|not authorized/i,
    hint: "`emrpool iam-policy cli --store <s3-uri>` prints what the command line needs",
  },
  { sign: /Invalid URL/, hint: "Check AWS_ENDPOINT_URL_EMR and AWS_ENDPOINT_URL_S3" },
  { sign: /(EEXIST|ENOTDIR|EACCES|EROFS).*mkdir/, hint: "Give --data a folder that can be written" },
  { sign: /EADDRINUSE/, hint: "Stop what listens there, or choose another --port (0: any free one)" },
  { sign: /EACCES.*listen/, hint: "Choose a --port above 1023" },
  { sign: /NoSuchBucket/, hint: "Check the bucket in --store" },
];

function singleLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "(no stack)";
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}
