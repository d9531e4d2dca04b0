import { performance } from "node:perf_hooks";

/** Thrown when a deployment can't go on; what was wrong has been shown already. */
export class DeploymentStopped extends Error {
  override readonly name = "DeploymentStopped";
}

/** Seconds since a moment of `performance.now()`. */
export function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

/** What a person reads of an error that came over gRPC: without the status code in front. */
export function messageOf(error: unknown): string {
  const { details, message } = error as { details?: unknown; message?: string };
  return typeof details === "string" && details !== "" ? details : (message ?? String(error));
}
