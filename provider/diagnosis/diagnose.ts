import type { Cluster } from "@aws-sdk/client-emr";
import type { Diagnosis } from "../args";
import { otherAdvice } from "./causes";
import { bootstrapEvidence, type ClusterEnd, clusterEnd } from "./clusterEvidence";
import { type Culprit, culpritOf, type StepFacts } from "./culprit";
import { logFolder } from "./logPaths";
import { BoundedReader, type LogReader } from "./logReader";
import { redact } from "./redact";
import { withinLimit } from "./sizeLimit";
import { bestEvidence, type Evidence, stepEvidence } from "./stepEvidence";

/** What is known of a job that did not complete. Everything may be missing but the cluster's id and the steps. */
export interface DiagnosisRequest {
  readonly clusterId: string;
  /** DescribeCluster's answer; absent when the cluster is gone from the API. */
  readonly cluster?: Pick<Cluster, "Status" | "LogUri">;
  /** Where the cluster's logs were, as kept in state: for a cluster that is gone. */
  readonly logUri?: string;
  /** The job's own steps, in their order. None: the job was never submitted. */
  readonly steps: readonly StepFacts[];
  /** Absent: only what EMR's API says is used. */
  readonly logs?: LogReader;
  readonly now: Date;
  /** Values that must not appear in the diagnosis, whatever log holds them. */
  readonly secrets?: readonly string[];
}

/** EMR uploads logs every 5 minutes and when a cluster ends: after this many minutes nothing more will come. */
const logsCompleteAfterMinutes = 15;

/** A cluster that failed this long after the step did is not the step's cause. */
const clusterBlameMinutes = 10;

/**
 * The probable cause of a job's failure, `undefined` if nothing failed. Never throws: a job is not failed, nor a
 * refresh, because its logs or its cluster are gone. At most 2 KiB as JSON, without secrets.
 */
export async function diagnose(request: DiagnosisRequest): Promise<Diagnosis | undefined> {
  const secrets = request.secrets ?? [];
  const end = clusterEnd(request.cluster, secrets);
  const culprit = culpritOf(request.steps, end !== undefined);
  if (culprit === undefined && (request.steps.length > 0 || end?.finding === undefined)) return undefined;
  const reader = request.logs === undefined ? undefined : new BoundedReader(request.logs);
  const clusterFolder = logFolder(request.cluster?.LogUri) ?? logFolder(request.logUri);
  const subject = culprit === undefined ? `Cluster ${request.clusterId}` : redact(culprit.title, secrets);

  if (end?.finding !== undefined && blamesCluster(culprit?.step, end)) {
    const isBootstrap = end.finding.cause.kind === "bootstrap";
    const evidence =
      isBootstrap && reader !== undefined && clusterFolder !== undefined && request.cluster !== undefined
        ? await bootstrapEvidence(request.cluster, request.clusterId, clusterFolder, reader, secrets)
        : undefined;
    const { kind, advice } = end.finding.cause;
    const message = `${culprit === undefined ? "" : `${subject}: `}cluster ${request.clusterId} ended: ${end.reason}`;
    return finish({ kind, message, advice, logUri: evidence?.logUri, excerpt: evidence?.excerpt });
  }
  if (culprit === undefined) return undefined;
  if (culprit.step.Status?.State !== "FAILED")
    return finish(notFailed(culprit, subject, request.clusterId, end, secrets));

  const folder = logFolder(culprit.step.LogUri) ?? clusterFolder;
  const evidence = bestEvidence(
    await stepEvidence({ step: culprit.step, clusterId: request.clusterId, folder, reader, secrets }),
  );
  const endedAt = culprit.step.Status?.Timeline?.EndDateTime ?? end?.endedAt;
  const mayGetLogs = reader !== undefined && folder !== undefined && !logsAreComplete(endedAt, request.now);
  return finish(failed(subject, evidence, mayGetLogs, missingLogs(folder, reader, secrets)));
}

/**
 * What can be told where texts may hold a secret that nobody here knows: only the kind and the advice.
 *
 * @param why - what is told in place of the message, without a full stop
 */
export function withoutQuotes({ kind, advice, logUri }: Diagnosis, why: string): Diagnosis {
  return { kind, message: why, advice, ...(logUri === undefined ? {} : { logUri }) };
}

/**
 * Whether to look again: nothing was found yet, or logs of the failure may have come since. A diagnosis made when
 * all logs were there is final.
 *
 * @param endedAt when the failed step (or its cluster) ended
 */
export function needsDiagnosis(
  previous: Diagnosis | undefined,
  endedAt: Date | undefined,
  now: Date,
): boolean {
  if (previous === undefined || previous.kind === "pending") return true;
  return previous.excerpt === undefined && !logsAreComplete(endedAt, now);
}

function logsAreComplete(endedAt: Date | undefined, now: Date): boolean {
  return endedAt === undefined || now.getTime() - endedAt.getTime() >= logsCompleteAfterMinutes * 60_000;
}

function blamesCluster(step: StepFacts | undefined, end: ClusterEnd): boolean {
  const stepEnd = step?.Status?.Timeline?.EndDateTime;
  if (step?.Status?.State !== "FAILED" || stepEnd === undefined || end.endedAt === undefined) return true;
  return end.endedAt.getTime() - stepEnd.getTime() <= clusterBlameMinutes * 60_000;
}

/** A step that was cancelled, interrupted or never finished: the cause lies outside it. */
function notFailed(
  { step }: Culprit,
  subject: string,
  clusterId: string,
  end: ClusterEnd | undefined,
  secrets: readonly string[],
): Diagnosis {
  const reason = redact(step.Status?.StateChangeReason?.Message ?? "", secrets);
  const why =
    end === undefined ? reason : `cluster ${clusterId} ended${end.reason === "" ? "" : `: ${end.reason}`}`;
  const tail = why === "" ? "" : `; ${why}`;
  if (step.Status?.Timeline?.StartDateTime === undefined)
    return {
      kind: "never-ran",
      message: `${subject} never started${tail}`,
      advice: otherAdvice["never-ran"],
    };
  const kind = end === undefined ? "cancelled" : "cluster-ended";
  const state = step.Status?.State ?? "";
  const did = /^CANCELLED|^INTERRUPTED/.test(state)
    ? `was ${state.toLowerCase()} while it ran`
    : "did not finish";
  return { kind, message: `${subject} ${did}${tail}`, advice: otherAdvice[kind] };
}

function failed(
  subject: string,
  evidence: Evidence | undefined,
  mayGetLogs: boolean,
  missing: string | undefined,
): Diagnosis {
  const strong = evidence?.finding.strong ?? false;
  const where = { logUri: evidence?.logUri, excerpt: evidence?.excerpt };
  if (evidence !== undefined && (strong || !mayGetLogs)) {
    const { kind, advice } = evidence.finding.cause;
    return { kind, message: `${subject} failed: ${evidence.finding.line}`, advice, ...where };
  }
  const known = evidence === undefined ? "" : `: ${evidence.finding.line}`;
  if (mayGetLogs)
    return {
      kind: "pending",
      message: `${subject} failed${known}; its logs are not all there yet`,
      advice: otherAdvice.pending,
      ...where,
    };
  const reason = missing ?? "its logs show no known cause";
  return { kind: "unknown", message: `${subject} failed; ${reason}`, advice: otherAdvice.unknown };
}

function missingLogs(
  folder: string | undefined,
  reader: BoundedReader | undefined,
  secrets: readonly string[],
): string | undefined {
  if (folder === undefined) return "the cluster keeps no logs in S3: set cluster.logUri to have causes found";
  const problem = reader?.problems[0];
  return problem === undefined ? undefined : `its logs could not be read: ${redact(problem, secrets)}`;
}

/** One line of message; absent fields left out, because state takes no `undefined`. */
function finish(diagnosis: Diagnosis): Diagnosis {
  // A surrogate is half of a character that was cut.
  const message = diagnosis.message.replace(/[\p{Cc}\p{Surrogate}\s]+/gu, " ").trim();
  const { kind, advice, logUri, excerpt } = diagnosis;
  return withinLimit({
    kind,
    message,
    advice,
    ...(logUri === undefined ? {} : { logUri }),
    ...(excerpt === undefined ? {} : { excerpt }),
  });
}
