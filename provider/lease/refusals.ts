/** What EMR's definitive "no" to AddJobFlowSteps means for the jobs in the call. */
export type Refusal = "clusterEnding" | "tooManySteps" | "concurrency" | "denied" | "invalid";

const accessCodes = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "MissingAuthenticationToken",
  "OptInRequired",
  "ExpiredToken",
  "ExpiredTokenException",
  "CredentialsProviderError",
]);

/**
 * EMR has no codes for these, only words. They are those of the service, as seen in
 * https://github.com/Yelp/mrjob (tests/mock_boto3/emr.py) and https://github.com/gchq/sleeper/issues/4434.
 */
export function classifyRefusal(answer: { code: string; message: string }): Refusal {
  if (accessCodes.has(answer.code)) return "denied";
  if (/shutting down|terminat|finished|may not be modified|cluster id .*not valid/i.test(answer.message))
    return "clusterEnding";
  if (/maximum number of (active )?(steps|jobs)/i.test(answer.message)) return "tooManySteps";
  if (/concurren|ActionOnFailure|CANCEL_AND_WAIT/i.test(answer.message)) return "concurrency";
  return "invalid";
}

/** EMR does not know the cluster (any more): it keeps ended clusters for two months. */
export function isUnknownCluster(error: unknown): boolean {
  const { name, message } = error as { name?: string; message?: string };
  return (
    (name === "InvalidRequestException" || name === "ValidationException") &&
    /cluster id/i.test(message ?? "")
  );
}

/** A read that the client's own back-off did not get through: EMR is asked too much by all who use the account. */
export function isThrottled(error: unknown): boolean {
  return (error as { name?: string }).name === "ThrottlingException";
}
