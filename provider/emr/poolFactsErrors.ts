/** EMR answers `InvalidRequestException: Cluster id 'j-…' is not valid` for a cluster it has forgotten. */
export function isClusterGone(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "InvalidRequestException" && /not valid|not found|does not exist|terminated/i.test(message);
}

/** The caller may not make the call, or EMR has no such thing: another try gives the same answer. */
export function isNotAllowed(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === "ThrottlingException") return false;
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}

/** `undefined` in place of an answer the caller may not have. */
export async function unlessNotAllowed<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotAllowed(error)) return undefined;
    throw error;
  }
}
