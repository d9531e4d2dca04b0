import { stripVTControlCharacters } from "node:util";
import type { Finding } from "./classify";
import type { ReadLog } from "./logReader";

/** Lines before and after a single line that are shown with it. */
const around = { before: 3, after: 2 };
/** Lines of an error of many lines that are shown: its beginning names the place, its end the reason. */
const blockLines = { first: 4, last: 12 };
const widest = 300;

/** The lines of a log that show a cause, headed by their numbers: `lines 12-20:`. */
export function excerptOf(log: ReadLog, lines: readonly string[], finding: Finding): string {
  const single = finding.from === finding.to;
  const from = single ? Math.max(0, finding.from - around.before) : finding.from;
  const to = single ? Math.min(lines.length - 1, finding.to + around.after) : finding.to;
  const chosen = lines.slice(from, to + 1).map((line) => narrow(line));
  while (chosen.at(-1)?.trim() === "") chosen.pop();
  const left = blockLines.first + blockLines.last;
  const shown =
    chosen.length > left
      ? [
          ...chosen.slice(0, blockLines.first),
          `… ${chosen.length - left} lines …`,
          ...chosen.slice(-blockLines.last),
        ]
      : chosen;
  return `${range(log, from, from + chosen.length - 1)}:\n${shown.join("\n")}`;
}

function range(log: ReadLog, from: number, to: number): string {
  if (log.firstLine === undefined) return "near the end";
  return from === to ? `line ${log.firstLine + from}` : `lines ${log.firstLine + from}-${log.firstLine + to}`;
}

/** Without terminal colours and control characters, which weigh six bytes each in state; long lines cut. */
function narrow(line: string): string {
  const plain = stripVTControlCharacters(line).replace(/[^\P{Cc}\t]/gu, "");
  const characters = [...plain];
  return characters.length > widest ? `${characters.slice(0, widest).join("")}…` : plain;
}
