import { createHash } from "node:crypto";
import type { ClusterTraits } from "./clusterTraits";
import { shown } from "./rule";
import { isSameText } from "./specSecrets";

/**
 * Bootstrap actions in order: path and arguments (R10). The place of a file that was uploaded for the bootstrap
 * is free; where the files themselves differ, R11 says so and here only the other words are compared.
 */
export function bootstrapActionsDiffer(asked: ClusterTraits, actual: ClusterTraits): string | undefined {
  if (asked.bootstrapActions.length === 0 && actual.bootstrapActions.length === 0) return undefined;
  const noFiles = isEmpty(asked.uploadedFiles) && isEmpty(actual.uploadedFiles);
  const sameFiles = noFiles || filesText(asked.uploadedFiles) === filesText(actual.uploadedFiles);
  const same =
    asked.bootstrapActions.length === actual.bootstrapActions.length &&
    asked.bootstrapActions.every((action, i) => {
      const other = actual.bootstrapActions[i]!;
      return (
        sameWord(action.path, other.path) &&
        action.args.length === other.args.length &&
        action.args.every((argument, j) => sameWord(argument, other.args[j]!))
      );
    });
  return same
    ? undefined
    : `bootstrap actions: ${shown(actionsText(actual))}, asked ${shown(actionsText(asked))}`;

  function sameWord(word: string, other: string): boolean {
    if (noFiles) return isSameText(other, word);
    if (!sameFiles)
      return (
        isSameText(other, word) ||
        (uploaded(word, asked) !== undefined && uploaded(other, actual) !== undefined)
      );
    return isSameText(uploaded(other, actual) ?? other, uploaded(word, asked) ?? word);
  }
}

/** Files of the bootstrap by base name and content; scripts that lie where they lay, by digest. (R11) */
export function uploadedFilesDiffer(asked: ClusterTraits, actual: ClusterTraits): string | undefined {
  const noFiles = isEmpty(asked.uploadedFiles) && isEmpty(actual.uploadedFiles);
  if (!noFiles && filesText(asked.uploadedFiles) !== filesText(actual.uploadedFiles)) {
    const [here, there] = differingNames(asked.uploadedFiles, actual.uploadedFiles);
    return `bootstrap files: ${shown(there)}, asked ${shown(here)} (name and content must be the same)`;
  }
  for (const { path } of asked.bootstrapActions) {
    const [now, then] = [asked.bootstrapDigests[path], actual.bootstrapDigests[path]];
    if (now !== undefined && then !== undefined && now !== then)
      return `content of ${path}: ${then} when the cluster was launched, asked ${now}`;
  }
  return undefined;
}

/**
 * The word with base name and content in place of each uploaded file's URI, also where that is a part of the word:
 * `--file=s3://…`, `s3://…/data.tar.gz#data`, a list with commas. `undefined` if it names none.
 */
function uploaded(word: string, { uploadedFiles }: ClusterTraits): string | undefined {
  let result = "";
  let rest = word;
  let found = false;
  while (rest !== "") {
    const uri = longestStart(rest, uploadedFiles);
    if (uri !== undefined) {
      result += `${baseName(uri)}\0${uploadedFiles[uri]}`;
      found = true;
    }
    // On to behind the next character that may separate a URI from what is before it.
    const next = /[=,\s]|$/.exec(rest.slice(uri?.length ?? 0))!;
    const end = (uri?.length ?? 0) + next.index + next[0].length;
    result += rest.slice(uri?.length ?? 0, end);
    rest = rest.slice(end);
  }
  return found ? result : undefined;
}

/** The longest URI of an uploaded file with which the text starts, as a whole: `#`, `,` or the end behind it. */
function longestStart(text: string, files: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(files)
    .filter((uri) => text.startsWith(uri) && /^($|[#,\s])/.test(text.slice(uri.length)))
    .sort((a, b) => b.length - a.length)[0];
}

function isEmpty(files: Readonly<Record<string, string>>): boolean {
  for (const _ in files) return false;
  return true;
}

function filesText(files: Readonly<Record<string, string>>): string {
  const items: string[] = [];
  for (const [uri, content] of Object.entries(files)) items.push(`${baseName(uri)}\0${content}`);
  return items.length > 0 ? items.sort().join("\0\0") : "";
}

function differingNames(asked: Readonly<Record<string, string>>, actual: Readonly<Record<string, string>>) {
  const texts = (files: Readonly<Record<string, string>>) =>
    new Map(Object.entries(files).map(([uri, content]) => [`${baseName(uri)}\0${content}`, baseName(uri)]));
  const [here, there] = [texts(asked), texts(actual)];
  const names = (from: Map<string, string>, other: Map<string, string>) =>
    [...from].filter(([text]) => !other.has(text)).map(([text, name]) => `${name} (${summary(text)})`);
  return [names(here, there).join(", "), names(there, here).join(", ")];
}

/** Enough to tell two contents apart in a message; a script may hold secrets. */
function summary(text: string): string {
  const content = text.slice(text.indexOf("\0") + 1);
  return `sha256 ${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
}

function actionsText({ bootstrapActions }: ClusterTraits): string {
  return bootstrapActions.map(({ path, args }) => [path, ...args].join(" ")).join("; ");
}

function baseName(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}
