import { chmodSync, existsSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { StepFailure } from "../stepFailure";

/**
 * The words of a mapper's or reducer's command, as Hadoop streaming splits them: at blanks, but for those in single
 * or double quotes. No shell looks at them: `$HOME`, `|` and `*` are words like others.
 */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of command) {
    if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * Program and arguments of a task. A program that lies in the task's folder is found there first and made
 * executable, as Hadoop does with the files of `-files`.
 * @throws StepFailure for an empty command or a Java class.
 */
export function taskCommand(command: string, folder: string): { program: string; args: string[] } {
  const [program, ...args] = splitCommand(command);
  if (program === undefined) throw new StepFailure("The command of a mapper, combiner or reducer is empty.");
  const file = resolve(folder, program);
  if (!isAbsolute(program) && existsSync(file) && statSync(file).isFile()) {
    chmodSync(file, 0o755);
    return { program: file, args };
  }
  if (/^(org|com|net|io)\.[\w.]+\.[A-Z]\w*$/.test(program))
    throw new StepFailure(
      `${program} is a Java class: the local EMR runs commands, and for reducers IdentityReducer and "aggregate".`,
    );
  return { program, args };
}
