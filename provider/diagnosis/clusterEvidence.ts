import type { Cluster } from "@aws-sdk/client-emr";
import { clusterCauses } from "./causes";
import { classifyText, type Finding } from "./classify";
import { bootstrapLogs } from "./logPaths";
import type { BoundedReader } from "./logReader";
import { redact } from "./redact";
import { type Evidence, readEvidence } from "./stepEvidence";

/** How a cluster ended, as DescribeCluster tells. */
export interface ClusterEnd {
  /** Code and text, for the message; empty when EMR gives none. */
  readonly reason: string;
  /** Set when the end is a failure of the cluster itself rather than a wish or a consequence of a step. */
  readonly finding?: Finding;
  readonly endedAt?: Date;
}

const endStates = new Set(["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"]);

/**
 * Codes that don't tell a cause: a user's request may be our own clean-up or the idle limit, and STEP_FAILURE points
 * back to the step.
 */
const consequences = new Set(["USER_REQUEST", "ALL_STEPS_COMPLETED", "STEP_FAILURE"]);

/** `undefined` for a cluster that is alive or not known. */
export function clusterEnd(
  cluster: Pick<Cluster, "Status"> | undefined,
  secrets: readonly string[],
): ClusterEnd | undefined {
  const status = cluster?.Status;
  if (status === undefined || !endStates.has(status.State ?? "")) return undefined;
  const details = (status.ErrorDetails ?? []).map((detail) => [detail.ErrorCode, detail.ErrorMessage]);
  const change = [status.StateChangeReason?.Code, status.StateChangeReason?.Message];
  // ErrorDetails first: they name the cause where StateChangeReason only says "instance failure".
  const texts = [...details, ...(consequences.has(change[0] ?? "") ? [] : [change])]
    .map((parts) => parts.filter(isText).join("\n"))
    .filter((text) => text !== "")
    .map((text) => redact(text, secrets));
  const finding = texts.map((text) => classifyText(text, clusterCauses)).find((found) => found !== undefined);
  const reason = redact((details.at(0) ?? change).filter(isText).join(": "), secrets);
  return { reason, finding, endedAt: status.Timeline?.EndDateTime };
}

const isText = (text: string | undefined): text is string => text !== undefined && text !== "";

/**
 * What the failed bootstrap action wrote. The instance and the action's number stand in `ErrorData` or only in the
 * text: "On the master instance (i-…), bootstrap action 2 returned a non-zero return code".
 */
export async function bootstrapEvidence(
  cluster: Pick<Cluster, "Status">,
  clusterId: string,
  folder: string,
  reader: BoundedReader,
  secrets: readonly string[],
): Promise<Evidence | undefined> {
  const place = failedAction(cluster);
  if (place === undefined) return undefined;
  const objects = await reader.list(bootstrapLogs(folder, clusterId, place.instanceId, place.action));
  for (const stream of ["stderr", "controller", "stdout"]) {
    const object = objects.find(({ uri }) => uri.slice(uri.lastIndexOf("/") + 1).startsWith(stream));
    const log = object && (await reader.read(object));
    if (log === undefined || log.text.trim() === "") continue;
    const found = readEvidence([log], secrets)[0];
    if (found !== undefined) return found;
    if (stream === "stderr") return lastLines(log.text, log.object.uri, secrets);
  }
  return undefined;
}

/** A script's last words, when none of them is a known sign. */
function lastLines(text: string, logUri: string, secrets: readonly string[]): Evidence | undefined {
  const lines = redact(text, secrets)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const cause = clusterCauses.find(({ kind }) => kind === "bootstrap");
  if (cause === undefined || lines.length === 0) return undefined;
  const finding = { cause, strong: true, line: lines.at(-1) ?? "", from: 0, to: 0 };
  return { finding, logUri, excerpt: lines.slice(-8).join("\n") };
}

function failedAction({
  Status,
}: Pick<Cluster, "Status">): { instanceId: string; action: number } | undefined {
  const data = (Status?.ErrorDetails ?? []).flatMap((detail) => detail.ErrorData ?? []);
  const fieldLike = (name: RegExp) => data.flatMap(Object.entries).find(([key]) => name.test(key))?.[1];
  const text = [
    ...(Status?.ErrorDetails ?? []).map((detail) => detail.ErrorMessage),
    Status?.StateChangeReason?.Message,
  ].join("\n");
  const instanceId = fieldLike(/instance-?id/i) ?? /\b(i-[0-9a-f]{6,})\b/.exec(text)?.[1];
  const action = fieldLike(/bootstrap-?action/i) ?? /bootstrap action (\d+)/i.exec(text)?.[1];
  const number = Number(action);
  return instanceId === undefined || !Number.isInteger(number) ? undefined : { instanceId, action: number };
}
