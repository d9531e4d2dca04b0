import { type Cause, stepCauses } from "./causes";

/** What one log, or one reason given by EMR, shows. */
export interface Finding {
  readonly cause: Cause;
  /** It names the cause rather than only a consequence. */
  readonly strong: boolean;
  /** The line that says it, trimmed. */
  readonly line: string;
  /** First and last line of the error, counted from 0 in the lines given. */
  readonly from: number;
  readonly to: number;
}

/**
 * The cause a log shows, `undefined` if none.
 *
 * An error of several lines (traceback, exception with its causes) speaks before single lines, and the last such
 * block before earlier ones, because it ended the process. Lines logged as warnings speak only if nothing else does:
 * most are about something that was tried again.
 */
export function classifyLog(
  lines: readonly string[],
  causes: readonly Cause[] = stepCauses,
): Finding | undefined {
  const block = lastErrorBlock(lines);
  if (block !== undefined) {
    const found = findSign(lines, block.from, block.to, causes, isAnyLine, "signs");
    if (found !== undefined) return { ...found, ...block, line: headline(lines, block, found) };
  }
  return (
    findSign(lines, 0, lines.length - 1, causes, isErrorLine, "signs") ??
    findSign(lines, 0, lines.length - 1, causes, isWarning, "signs") ??
    findSign(lines, 0, lines.length - 1, causes, isAnyLine, "weakSigns")
  );
}

/** The cause a single text (reason, message, error code) shows. */
export function classifyText(text: string, causes: readonly Cause[]): Finding | undefined {
  const lines = text.split("\n");
  return (
    findSign(lines, 0, lines.length - 1, causes, isAnyLine, "signs") ??
    findSign(lines, 0, lines.length - 1, causes, isAnyLine, "weakSigns")
  );
}

/** Causes in their order; of one cause's lines the last. */
function findSign(
  lines: readonly string[],
  from: number,
  to: number,
  causes: readonly Cause[],
  counts: (line: string) => boolean,
  strength: "signs" | "weakSigns",
): Finding | undefined {
  for (const cause of causes) {
    for (let at = to; at >= from; at -= 1) {
      const line = (lines[at] ?? "").slice(0, longestLine);
      if (stackFrame.test(line) || !counts(line)) continue;
      const place = signAt(cause, line, strength);
      if (place === undefined) continue;
      return { cause, strong: strength === "signs", line: window(line, place), from: at, to: at };
    }
  }
  return undefined;
}

/** Where the sign stands. A line with a weak sign only passes on that something failed, whatever else it holds. */
function signAt(cause: Cause, line: string, strength: "signs" | "weakSigns"): number | undefined {
  const places = (signs: readonly RegExp[] = []) =>
    signs.map((sign) => line.search(sign)).filter((at) => at >= 0);
  const weak = places(cause.weakSigns)[0];
  if (strength === "weakSigns") return weak;
  return weak === undefined ? places(cause.signs)[0] : undefined;
}

/** The part of a long line that holds the sign: Spark's messages put the reason at the end of a paragraph. */
function window(whole: string, place: number): string {
  const line = whole.replace(timeStamp, "");
  if (line.length <= widestHeadline) return line.trim();
  const from = Math.max(0, Math.min(place - 140, line.length - widestHeadline));
  const part = line.slice(from, from + widestHeadline).trim();
  return `${from > 0 ? "…" : ""}${part}${from + widestHeadline < line.length ? "…" : ""}`;
}

const widestHeadline = 400;

/** `2026-11-20 10:00:13,250`, `2026-11-20T10:00:13.250Z`, `26/11/20 10:00:13` at the head of a line. */
const timeStamp = /^\[?(?:\d{4}-\d{2}-\d{2}|\d{2}\/\d{2}\/\d{2})[T ]\d{2}:\d{2}:\d{2}[.,\d]*Z?\]?\s+/;

/** Names in the frames of a stack say where, not what. */
const stackFrame = /^\s+at |^\s+File "/;

/** Signs are looked for in the beginning of a line: a printed record of megabytes would cost minutes. */
const longestLine = 4000;

const isAnyLine = () => true;
const isWarning = (line: string) => /\bWARN(?:ING)?\b/.test(line.slice(0, 80));
const isErrorLine = (line: string) => !/\b(?:WARN(?:ING)?|INFO|DEBUG|TRACE)\b/.test(line.slice(0, 80));

interface Block {
  from: number;
  to: number;
}

const pythonStart = /^\s*Traceback \(most recent call last\):/;
const javaStart = /^(?:Exception in thread |Caused by: |(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b)/;
const javaPart = /^\s+at |^\s*\.{3} \d+ more|^Caused by: |^\s+\S/;
const pythonLink = /^(?:During handling of the above exception|The above exception was the direct cause)/;

/** The last traceback of Python, with the exceptions it is chained to, or else the last exception of Java. */
function lastErrorBlock(lines: readonly string[]): Block | undefined {
  return lastPythonBlock(lines) ?? lastJavaBlock(lines);
}

function lastPythonBlock(lines: readonly string[]): Block | undefined {
  const start = lines.findLastIndex((line) => pythonStart.test(line));
  if (start < 0) return undefined;
  let to = start + 1;
  while (to < lines.length && (/^\s+\S/.test(lines[to] ?? "") || lines[to] === "")) to += 1;
  // The exception's own line follows the indented frames; its text may go on (a Java stack inside Py4JJavaError).
  to = Math.min(to, lines.length - 1);
  while (to + 1 < lines.length && /^(?:: |\s+at |Caused by: )/.test(lines[to + 1] ?? "")) to += 1;
  return { from: chainStart(lines, start), to };
}

function chainStart(lines: readonly string[], start: number): number {
  let from = start;
  for (let at = start - 1; at >= 0 && start - at < 5; at -= 1) {
    if (!pythonLink.test(lines[at] ?? "")) continue;
    const earlier = lines.slice(0, at).findLastIndex((line) => pythonStart.test(line));
    if (earlier >= 0) from = earlier;
    break;
  }
  return from;
}

function lastJavaBlock(lines: readonly string[]): Block | undefined {
  const last = lines.findLastIndex((line) => javaStart.test(line));
  if (last < 0) return undefined;
  let from = last;
  while (from > 0 && (javaPart.test(lines[from - 1] ?? "") || javaStart.test(lines[from - 1] ?? "")))
    from -= 1;
  // The line above the frames names the exception when `last` is one of its causes.
  if (from > 0 && /(?:Exception|Error)\b/.test(lines[from - 1] ?? "") && isErrorLine(lines[from - 1] ?? ""))
    from -= 1;
  let to = last;
  while (to + 1 < lines.length && javaPart.test(lines[to + 1] ?? "")) to += 1;
  return { from, to };
}

/** A block's best line: the one with the sign, unless that is only the block's opening. */
function headline(lines: readonly string[], block: Block, found: Finding): string {
  if (!pythonStart.test(found.line)) return found.line;
  const last = lines
    .slice(block.from, block.to + 1)
    .findLast((line) => /^\S/.test(line) && line.trim() !== "");
  return window((last ?? found.line).slice(0, longestLine), 0);
}
