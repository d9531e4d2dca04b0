import { StepFailure } from "../stepFailure";

/**
 * Hadoop's reducer `aggregate`: mappers write `function:key<TAB>value`, and the values of a key are put together by
 * the function. https://hadoop.apache.org/docs/stable/hadoop-streaming/HadoopStreaming.html#Hadoop_Aggregate_Package
 */
const aggregators: Readonly<Record<string, (values: readonly string[]) => string>> = {
  LongValueSum: (values) => String(values.reduce((sum, value) => sum + BigInt(value.trim()), 0n)),
  LongValueMax: (values) =>
    String(
      values
        .map((value) => BigInt(value.trim()))
        .sort(ascending)
        .at(-1),
    ),
  LongValueMin: (values) => String(values.map((value) => BigInt(value.trim())).sort(ascending)[0]),
  DoubleValueSum: (values) => {
    const sum = values.reduce((total, value) => total + Number(value), 0);
    return Number.isInteger(sum) ? sum.toFixed(1) : String(sum);
  },
  StringValueMax: (values) => String([...values].sort().at(-1)),
  StringValueMin: (values) => String([...values].sort()[0]),
  UniqValueCount: (values) => String(new Set(values).size),
};

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * Lines sorted by key to lines of `key<TAB>aggregate`.
 * @throws StepFailure for a key without a function that is known.
 */
export async function* aggregate(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let current: string | undefined;
  let values: string[] = [];
  for await (const line of lines) {
    const at = line.indexOf("\t");
    const [key, value] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    if (key !== current && current !== undefined) {
      yield aggregated(current, values);
      values = [];
    }
    current = key;
    values.push(value);
  }
  if (current !== undefined) yield aggregated(current, values);
}

function aggregated(typedKey: string, values: readonly string[]): string {
  const at = typedKey.indexOf(":");
  const aggregator = aggregators[typedKey.slice(0, Math.max(0, at))];
  if (aggregator === undefined)
    throw new StepFailure(
      `The reducer "aggregate" can't use the key ${JSON.stringify(typedKey)}: it has to begin with one of ${Object.keys(aggregators).join(", ")} and a colon.`,
    );
  return `${typedKey.slice(at + 1)}\t${aggregator(values)}\n`;
}
