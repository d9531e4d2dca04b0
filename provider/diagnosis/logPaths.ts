/**
 * Where EMR puts logs, below `<LogUri>/<clusterId>/`.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-web-log-files.html
 */

/** The streams of one step, container or bootstrap action. */
export type LogStream = "controller" | "stderr" | "stdout" | "syslog";

/** One log object's name, taken apart. */
export interface LogName {
  readonly stream: LogStream;
  /** `2026-11-20-13` of a log rotated away; the current one has none. */
  readonly hour?: string;
}

/**
 * A folder of logs: `s3` scheme (the API answers with `s3n` for what was given as `s3`), ending in one slash.
 * `undefined` for what is no S3 address.
 */
export function logFolder(logUri: string | undefined): string | undefined {
  const match = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/i.exec(logUri?.trim() ?? "");
  if (match === null) return undefined;
  const prefix = (match[2] ?? "").replace(/^\/+|\/+$/g, "");
  return prefix === "" ? `s3://${match[1]}/` : `s3://${match[1]}/${prefix}/`;
}

/** An object's address with the `s3` scheme; `undefined` for what is no S3 address. */
export function logObjectUri(uri: string | undefined): string | undefined {
  return logFolder(uri)?.slice(0, -1);
}

export function stepLogs(folder: string, clusterId: string, stepId: string): string {
  return `${folder}${clusterId}/steps/${stepId}/`;
}

export function containerLogs(folder: string, clusterId: string, applicationId: string): string {
  return `${folder}${clusterId}/containers/${applicationId}/`;
}

export function bootstrapLogs(folder: string, clusterId: string, instanceId: string, action: number): string {
  return `${folder}${clusterId}/node/${instanceId}/bootstrap-actions/${action}/`;
}

/** Bucket and key of `s3://bucket/key`. */
export function splitUri(uri: string): { bucket: string; key: string } {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

/** Takes the last part of an object's key apart; `undefined` if it is no log of a step, container or action. */
export function parseLogName(uri: string): LogName | undefined {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  const match = /^(controller|stderr|stdout|syslog)(?:\.(\d{4}-\d{2}-\d{2}-\d{2}))?(?:\.gz)?$/.exec(name);
  if (match === null) return undefined;
  return { stream: match[1] as LogStream, hour: match[2] };
}

/**
 * YARN applications named in a log, the last one first: what failed last is what ended the step.
 * Ids have four digits or more after the time stamp.
 */
export function applicationIds(text: string): string[] {
  return lastFirst(text.match(/application_\d{10,}_\d{4,}/g));
}

/** Containers named in a log, the last one first; ids after a restart of YARN have an epoch: `container_e17_…`. */
export function containerIds(text: string): string[] {
  return lastFirst(text.match(/container_(?:e\d+_)?\d{10,}_\d{4,}_\d{2,}_\d{6,}/g));
}

/** The application's own container (in cluster mode, the Spark driver). */
export function isApplicationMaster(containerId: string): boolean {
  return /_0*1$/.test(containerId);
}

function lastFirst(ids: RegExpMatchArray | null): string[] {
  return [...new Set((ids ?? []).reverse())];
}
