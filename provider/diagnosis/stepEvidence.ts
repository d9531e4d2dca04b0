import type { StepSummary } from "@aws-sdk/client-emr";
import { stepCauses } from "./causes";
import { classifyLog, classifyText, type Finding } from "./classify";
import { excerptOf } from "./excerpt";
import {
  applicationIds,
  containerIds,
  containerLogs,
  isApplicationMaster,
  type LogStream,
  logObjectUri,
  parseLogName,
  stepLogs,
} from "./logPaths";
import type { BoundedReader, LogObject, ReadLog } from "./logReader";
import { redact } from "./redact";

/** A cause, with the place it was read from; without one when EMR's API says it. */
export interface Evidence {
  readonly finding: Finding;
  readonly logUri?: string;
  readonly excerpt?: string;
}

/** Where and how to look for the cause of one failed step. */
export interface StepSearch {
  readonly step: Pick<StepSummary, "Id" | "Status">;
  readonly clusterId: string;
  /** Folder of logs; absent when the cluster writes none. */
  readonly folder?: string;
  readonly reader?: BoundedReader;
  readonly secrets: readonly string[];
}

/**
 * Everything that speaks for a cause, nearest to the step first; stops reading at the first cause that explains
 * itself. Order: what EMR found out, the log it names, the step's own logs, its YARN containers.
 */
export async function stepEvidence(search: StepSearch): Promise<Evidence[]> {
  const evidence = failureDetails(search);
  const { reader, folder, step, clusterId } = search;
  if (reader === undefined) return evidence;
  const named = await namedLog(search, reader);
  if (named !== undefined) evidence.push(...readEvidence([named], search.secrets));
  if (folder === undefined || step.Id === undefined || isExplained(evidence, "log")) return evidence;

  const own = await readAll(newestFirst(await reader.list(stepLogs(folder, clusterId, step.Id))), reader);
  evidence.push(...readEvidence(own, search.secrets));
  if (isExplained(evidence)) return evidence;

  const text = own.map((log) => log.text).join("\n");
  for (const applicationId of applicationIds(text).slice(0, 3)) {
    const listed = await reader.list(containerLogs(folder, clusterId, applicationId));
    for (const object of containersInOrder(listed, containerIds(text))) {
      const log = await reader.read(object);
      if (log === undefined) continue;
      evidence.push(...readEvidence([log], search.secrets));
      if (isExplained(evidence)) return evidence;
    }
  }
  return evidence;
}

/**
 * The evidence to show: causes before consequences, EMR's own finding only for want of a log that agrees or knows
 * better; then by the order of causes.
 */
export function bestEvidence(evidence: readonly Evidence[]): Evidence | undefined {
  const rank = ({ finding, logUri }: Evidence) =>
    (finding.strong ? 0 : 1000) + stepCauses.indexOf(finding.cause) * 2 + (logUri === undefined ? 1 : 0);
  return [...evidence].sort((left, right) => rank(left) - rank(right))[0];
}

/** Evidence in single logs; also used for the logs of bootstrap actions. */
export function readEvidence(logs: readonly ReadLog[], secrets: readonly string[]): Evidence[] {
  return logs.flatMap((log) => {
    // Before anything else: neither the headline nor the excerpt may show what was secret.
    const lines = redact(log.text, secrets).split(/\r?\n/);
    const finding = classifyLog(speakingLines(log, lines));
    if (finding === undefined) return [];
    return [{ finding, logUri: log.object.uri, excerpt: excerptOf(log, lines, finding) }];
  });
}

/**
 * The controller log repeats the step's arguments and environment: only its lines about the outcome speak, and those
 * it logs at any level.
 */
function speakingLines(log: ReadLog, lines: readonly string[]): readonly string[] {
  if (parseLogName(log.object.uri)?.stream !== "controller") return lines;
  const speaks = /exit ?code|\b(?:ERROR|WARN|FATAL)\b|Exception|Step failed/i;
  return lines.map((line) =>
    speaks.test(line) && !/startExec/.test(line) ? line.replace(/\b(?:INFO|WARN) /, "") : "",
  );
}

function failureDetails({ step, secrets }: StepSearch): Evidence[] {
  const { Reason = "", Message = "" } = step.Status?.FailureDetails ?? {};
  // "Unknown Error" is what EMR writes when it does not know.
  const texts = [Message, Reason].filter((text) => text !== "" && !/^unknown error/i.test(text.trim()));
  if (texts.length === 0) return [];
  const finding = classifyText(redact(texts.join("\n"), secrets), stepCauses);
  return finding === undefined ? [] : [{ finding }];
}

async function namedLog({ step }: StepSearch, reader: BoundedReader): Promise<ReadLog | undefined> {
  const uri = logObjectUri(step.Status?.FailureDetails?.LogFile);
  if (uri === undefined) return undefined;
  // Listed first: its size is needed, and the name may lack the `.gz` the object has.
  const object = (await reader.list(uri)).find((listed) => listed.uri === uri || listed.uri === `${uri}.gz`);
  return object === undefined ? undefined : reader.read(object);
}

const streamOrder: readonly LogStream[] = ["stderr", "controller", "syslog", "stdout"];

/** Current logs before those rotated away, which are ordered newest first; all streams of one hour together. */
function newestFirst(objects: readonly LogObject[]): LogObject[] {
  return objects
    .flatMap((object) => {
      const name = parseLogName(object.uri);
      return name === undefined ? [] : [{ object, name }];
    })
    .sort(
      (left, right) =>
        (right.name.hour ?? "9").localeCompare(left.name.hour ?? "9") ||
        streamOrder.indexOf(left.name.stream) - streamOrder.indexOf(right.name.stream),
    )
    .map(({ object }) => object);
}

/** Half of what may be read stays for the containers. */
const stepObjects = 10;

async function readAll(objects: readonly LogObject[], reader: BoundedReader): Promise<ReadLog[]> {
  const logs: ReadLog[] = [];
  for (const object of objects.slice(0, stepObjects)) {
    const log = await reader.read(object);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

/**
 * The application master's logs first (in cluster mode it is the driver; the newest attempt has the cause), then
 * those of containers that the step's log names, then the others, the newest first. A container that failed has
 * written to stderr last.
 */
function containersInOrder(objects: readonly LogObject[], named: readonly string[]): LogObject[] {
  const place = (container: string) => {
    if (isApplicationMaster(container)) return -1;
    const at = named.indexOf(container);
    return at < 0 ? named.length : at;
  };
  return objects
    .map((object) => ({
      object,
      name: parseLogName(object.uri),
      container: object.uri.split("/").at(-2) ?? "",
    }))
    .filter(({ name, object }) => name !== undefined && object.size > 0)
    .sort(
      (left, right) =>
        place(left.container) - place(right.container) ||
        (right.object.lastModified?.getTime() ?? 0) - (left.object.lastModified?.getTime() ?? 0) ||
        right.container.localeCompare(left.container) ||
        streamOrder.indexOf(left.name?.stream ?? "stdout") -
          streamOrder.indexOf(right.name?.stream ?? "stdout"),
    )
    .map(({ object }) => object);
}

/** A cause was named, by a log if asked so: reading more would not change what is shown. */
function isExplained(evidence: readonly Evidence[], by: "log" | "any" = "any"): boolean {
  return evidence.some(({ finding, logUri }) => finding.strong && (by === "any" || logUri !== undefined));
}
