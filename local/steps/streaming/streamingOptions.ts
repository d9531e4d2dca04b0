import { StepFailure } from "../stepFailure";

/** What a `hadoop-streaming` command line asks for. https://hadoop.apache.org/docs/stable/hadoop-streaming/HadoopStreaming.html */
export interface StreamingOptions {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly mapper: string;
  readonly combiner?: string;
  /** Undefined or `NONE`: what the mappers write is the result, unless reduce tasks were asked for. */
  readonly reducer?: string;
  /** 0: no sort, no reduce. */
  readonly reduceTasks: number;
  /** Fields, from the first, that make up the key of a mapper's line. */
  readonly keyFields: number;
  /** `uri` or `uri#name`. */
  readonly files: readonly string[];
  readonly archives: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

/** Options followed by one value. */
const withValue = new Set([
  "-D",
  "-conf",
  "-files",
  "-archives",
  "-libjars",
  "-input",
  "-output",
  "-mapper",
  "-combiner",
  "-reducer",
  "-file",
  "-cacheFile",
  "-cacheArchive",
  "-cmdenv",
  "-numReduceTasks",
  "-inputformat",
  "-outputformat",
  "-partitioner",
  "-io",
]);

const flags = new Set(["-verbose", "-lazyOutput", "-background", "-debug"]);

/** Classes that are what is done here anyway. Others would need Hadoop itself. */
const builtIn: Readonly<Record<string, RegExp>> = {
  "-inputformat": /^(org\.apache\.hadoop\.mapred\.)?TextInputFormat$/,
  "-outputformat": /^(org\.apache\.hadoop\.mapred\.)?TextOutputFormat$/,
  "-partitioner": /^(org\.apache\.hadoop\.mapred\.lib\.)?HashPartitioner$/,
  "-io": /^text$/,
};

/** @throws StepFailure for an option that Hadoop doesn't know, one without its value, or one that needs Hadoop's classes. */
export function parseStreamingOptions(args: readonly string[]): StreamingOptions {
  const given: { option: string; value: string }[] = [];
  for (let index = 0; index < args.length; index++) {
    const name = args[index]!;
    // Hadoop takes `--files` as well as `-files`, and `-Dkey=value` in one word.
    const option = name.startsWith("--") ? name.slice(1) : name;
    if (flags.has(option)) continue;
    if (/^-D./.test(option)) {
      given.push({ option: "-D", value: option.slice(2) });
    } else if (withValue.has(option)) {
      const value = args[++index];
      if (value === undefined) throw new StepFailure(`Missing argument for option: ${name}`);
      given.push({ option, value });
    } else {
      throw new StepFailure(`Unrecognized option: ${name}`);
    }
  }
  for (const { option, value } of given)
    if (builtIn[option] !== undefined && !builtIn[option].test(value))
      throw new StepFailure(
        `${option} ${value} needs Hadoop's Java classes, which the local EMR doesn't have. Without ${option} it reads, writes and partitions lines of text.`,
      );
  return fromGiven(given);
}

function fromGiven(given: readonly { option: string; value: string }[]): StreamingOptions {
  const all = (...options: string[]) =>
    given.flatMap(({ option, value }) => (options.includes(option) ? [value] : []));
  const lists = (...options: string[]) =>
    all(...options).flatMap((value) => value.split(",").filter(Boolean));
  const output = all("-output").at(-1);
  const inputs = all("-input").flatMap(splitOutsideBraces);
  if (inputs.length === 0) throw new StepFailure("Required argument: -input <name>");
  if (output === undefined) throw new StepFailure("Required argument: -output <name>");
  const mapper = all("-mapper").at(-1);
  if (mapper === undefined)
    throw new StepFailure(
      "Required argument: -mapper <command>. The local EMR has no Java mappers; `cat` copies.",
    );
  const properties = Object.fromEntries(all("-D").map(keyAndValue));
  const reducer = all("-reducer").at(-1);
  return {
    inputs,
    output,
    mapper,
    combiner: all("-combiner").at(-1),
    reducer,
    reduceTasks: reduceTasks(all("-numReduceTasks").at(-1), reducer, properties),
    files: lists("-files", "-file", "-cacheFile"),
    archives: lists("-archives", "-cacheArchive"),
    environment: Object.fromEntries(all("-cmdenv").map(keyAndValue)),
    keyFields: keyFields(properties),
    properties,
  };
}

/** Properties that would change how lines are read or sorted, in ways that need Hadoop's classes. */
const notSupported = [
  "mapreduce.job.output.key.comparator.class",
  "mapred.output.key.comparator.class",
  "stream.map.output.field.separator",
  "stream.reduce.input.field.separator",
  "textinputformat.record.delimiter",
];

function keyFields(properties: Readonly<Record<string, string>>): number {
  const property = notSupported.find((name) => properties[name] !== undefined);
  if (property !== undefined)
    throw new StepFailure(
      `The local EMR doesn't support -D ${property}: keys end at a tab and are sorted as bytes.`,
    );
  const count = Number(properties["stream.num.map.output.key.fields"] ?? 1);
  if (!Number.isInteger(count) || count < 1)
    throw new StepFailure(`Invalid stream.num.map.output.key.fields: ${count}. Allowed: 1 or more.`);
  return count;
}

function reduceTasks(
  asked: string | undefined,
  reducer: string | undefined,
  properties: Readonly<Record<string, string>>,
): number {
  if (reducer === "NONE") return 0;
  const text = asked ?? properties["mapreduce.job.reduces"] ?? properties["mapred.reduce.tasks"] ?? "1";
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > 10_000)
    throw new StepFailure(`Invalid number of reduce tasks: ${text}. Allowed: 0 to 10000.`);
  return count;
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Several inputs in one option are separated by commas; those in `{a,b}` belong to a glob. */
function splitOutsideBraces(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.filter(Boolean);
}
