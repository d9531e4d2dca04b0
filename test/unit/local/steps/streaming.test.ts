import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../../../local/steps/streaming/aggregate";
import { Counters } from "../../../../local/steps/streaming/counters";
import { globPattern } from "../../../../local/steps/streaming/glob";
import { inputSplits } from "../../../../local/steps/streaming/inputFiles";
import { KeyValueLines, partitionOf } from "../../../../local/steps/streaming/keyValueLines";
import { splitCommand } from "../../../../local/steps/streaming/splitCommand";
import { SplitLines } from "../../../../local/steps/streaming/splitLines";
import { parseStreamingOptions } from "../../../../local/steps/streaming/streamingOptions";

/** The bytes in pieces of these sizes, repeated. */
function pieces(data: Buffer, sizes: readonly number[]): Buffer[] {
  const result: Buffer[] = [];
  for (let at = 0, index = 0; at < data.length; index++) {
    const size = sizes[index % sizes.length]!;
    result.push(data.subarray(at, at + size));
    at += size;
  }
  return result;
}

async function collected(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

describe("SplitLines", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\t", " "), maxLength: 60 });
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

  it("gives every line to exactly one split, wherever the file is cut", async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(text, cuts, sizes, async (content, positions, chunkSizes) => {
        const data = Buffer.from(content);
        const inner = positions.filter((cut) => cut < data.length);
        const edges = [...new Set([0, ...inner, data.length])].sort((a, b) => a - b);
        let joined = "";
        for (let index = 0; index + 1 < edges.length; index++) {
          const [start, end] = [edges[index]!, edges[index + 1]!];
          const lines = new SplitLines(start, end);
          const [read] = await Promise.all([
            collected(lines),
            pipeline(Readable.from(pieces(data.subarray(start), chunkSizes)), lines),
          ]);
          joined += read;
        }
        const whole = data.toString("latin1");
        expect(joined).toBe(whole === "" || whole.endsWith("\n") ? whole : `${whole}\n`);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a\r\nb\r\n", "a\nb\n"],
    ["a\rb", "a\nb\n"],
    ["a\r", "a\n"],
    ["\r\n\r\n", "\n\n"],
    ["", ""],
  ])("makes line ends of %j one character", async (content, expected) => {
    for (const size of [1, 2, 100]) {
      const lines = new SplitLines(0, Number.POSITIVE_INFINITY);
      const source = Readable.from(pieces(Buffer.from(content), [size]), { objectMode: false });
      const [read] = await Promise.all([collected(lines), pipeline(source, lines)]);
      expect(read).toBe(expected);
      expect(lines.records).toBe(expected.split("\n").length - 1);
    }
  });
});

describe("inputSplits", () => {
  const file = (key: string, size: number) => ({ bucket: "b", key, size });

  it.each([
    { files: [file("a", 100)], maps: 2, expected: ["a 0-50", "a 50-100"] },
    { files: [file("a", 105)], maps: 1, expected: ["a 0-105"] },
    // Hadoop's slop: what is left may be a tenth larger than the others.
    { files: [file("a", 21)], maps: 2, expected: ["a 0-10", "a 10-21"] },
    { files: [file("a.gz", 100), file("b", 100)], maps: 4, expected: ["a.gz 0-100", "b 0-50", "b 50-100"] },
    { files: [file("a", 0), file("b", 10)], maps: 1, expected: ["a 0-0", "b 0-10"] },
  ])("cuts $files into $expected", ({ files, maps, expected }) => {
    const splits = inputSplits(files, maps);
    expect(splits.map(({ key, start, end }) => `${key} ${start}-${end}`)).toEqual(expected);
  });
});

describe("KeyValueLines", () => {
  it("takes whole lines and the length of their keys from pieces of any size", async () => {
    for (const size of [1, 3, 100]) {
      const taken: [string, number][] = [];
      const lines = new KeyValueLines((line, keyLength) => taken.push([line.toString(), keyLength]), 2);
      await pipeline(
        Readable.from(pieces(Buffer.from("a\tb\tc\nkey\n\nx\ty"), [size])),
        lines,
        async () => {},
      );
      expect(taken).toEqual([
        ["a\tb\tc\n", 3],
        ["key\t\n", 4],
        ["\t\n", 1],
        ["x\ty\n", 3],
      ]);
    }
  });
});

describe("partitionOf", () => {
  // Values of org.apache.hadoop.io.Text.hashCode(): 1, then 31 * hash + byte, with signed bytes.
  it.each([
    ["", 1],
    ["a", 128],
    ["ab", 31 * 128 + 98],
    ["é", (31 * (31 + 0xc3 - 256) + 0xa9 - 256) & 0x7fffffff],
  ])("puts %j where Hadoop puts it", (key, hash) => {
    for (const partitions of [1, 2, 7, 1000])
      expect(partitionOf(Buffer.from(key), partitions)).toBe(hash % partitions);
  });

  it("never leaves the range", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition >= 0 && partition < partitions).toBe(true);
      }),
    );
  });
});

describe("splitCommand", () => {
  it.each([
    ["cat", ["cat"]],
    ["  python3  map.py -v ", ["python3", "map.py", "-v"]],
    [`sh -c 'echo "a b" | wc'`, ["sh", "-c", 'echo "a b" | wc']],
    [`say "it's" ''`, ["say", "it's", ""]],
    ["a'b c'd", ["ab cd"]],
    ["$HOME *.txt", ["$HOME", "*.txt"]],
  ])("%j → %j", (command, words) => {
    expect(splitCommand(command)).toEqual(words);
  });
});

describe("globPattern", () => {
  it.each([
    {
      glob: "in/*.txt",
      prefix: "in/",
      yes: ["in/a.txt", "in/.txt"],
      no: ["in/a/b.txt", "in/a.txt2", "in/atxt"],
    },
    { glob: "200[1-3]/?", prefix: "200", yes: ["2001/a", "2003/b"], no: ["2004/a", "2001/ab", "2001//"] },
    { glob: "x[^ab]", prefix: "x", yes: ["xc"], no: ["xa", "x"] },
    { glob: "{a,b*}/c", prefix: "", yes: ["a/c", "b/c", "bb/c"], no: ["c/c", "{a,b*}/c"] },
    { glob: "a+b(1).txt", prefix: "a+b(1).txt", yes: ["a+b(1).txt"], no: ["aab1.txt"] },
    { glob: "a\\*", prefix: "a", yes: ["a*"], no: ["ab"] },
    { glob: "plain[", prefix: "plain[", yes: ["plain["], no: ["plain"] },
  ])("$glob", ({ glob, prefix, yes, no }) => {
    const pattern = globPattern(glob);
    expect(pattern.prefix).toBe(prefix);
    expect(yes.filter((path) => !pattern.matches(path))).toEqual([]);
    expect(no.filter((path) => pattern.matches(path))).toEqual([]);
  });
});

describe("parseStreamingOptions", () => {
  const minimal = ["-input", "s3://b/i", "-output", "s3://b/o", "-mapper", "cat"];

  it("reads what the step builder and mrjob write", () => {
    const options = parseStreamingOptions([
      ...["-D", "mapreduce.job.reduces=3", "-Dx.y=a=b", "-files", "s3://b/m.py,s3://b/r.py#red", "-archives"],
      ...[
        "s3://b/a.tgz#a",
        ...minimal,
        "-input",
        "s3://b/{x,y}/*,s3://b/z",
        "-cmdenv",
        "A=1=2",
        "-cmdenv",
        "B",
      ],
      ...["-combiner", "c", "-reducer", "r", "--verbose"],
    ]);
    expect(options).toMatchObject({
      inputs: ["s3://b/i", "s3://b/{x,y}/*", "s3://b/z"],
      reduceTasks: 3,
      files: ["s3://b/m.py", "s3://b/r.py#red"],
      archives: ["s3://b/a.tgz#a"],
      environment: { A: "1=2", B: "" },
      properties: { "mapreduce.job.reduces": "3", "x.y": "a=b" },
      combiner: "c",
      reducer: "r",
    });
  });

  it.each([
    [[], 1],
    [["-reducer", "NONE"], 0],
    [["-numReduceTasks", "0"], 0],
    [["-numReduceTasks", "5", "-D", "mapreduce.job.reduces=2"], 5],
    [["-D", "mapred.reduce.tasks=4"], 4],
  ])("%j: %i reduce tasks", (args, expected) => {
    expect(parseStreamingOptions([...minimal, ...args]).reduceTasks).toBe(expected);
  });

  it.each([
    [["-input", "s3://b/i"], "Required argument: -output"],
    [["-output", "s3://b/o"], "Required argument: -input"],
    [["-input", "s3://b/i", "-output", "s3://b/o"], "Required argument: -mapper"],
    [[...minimal, "-reducer"], "Missing argument for option: -reducer"],
    [[...minimal, "-what", "1"], "Unrecognized option: -what"],
    [[...minimal, "-numReduceTasks", "many"], "Invalid number of reduce tasks: many"],
    [[...minimal, "-inputformat", "com.example.Format"], "needs Hadoop's Java classes"],
    [[...minimal, "-D", "stream.map.output.field.separator=,"], "doesn't support -D stream.map.output"],
  ])("refuses %j", (args, message) => {
    expect(() => parseStreamingOptions(args)).toThrow(message);
  });
});

describe("aggregate", () => {
  async function* lines(...values: string[]) {
    yield* values;
  }
  const run = async (...values: string[]) => {
    const result: string[] = [];
    for await (const line of aggregate(lines(...values))) result.push(line);
    return result;
  };

  it("puts the values of a key together by the function in its name", async () => {
    expect(
      await run(
        ...["DoubleValueSum:d\t0.5", "DoubleValueSum:d\t1.5", "LongValueMax:m\t-3", "LongValueMax:m\t12"],
        ...[
          "LongValueMin:n\t5",
          "LongValueMin:n\t41",
          "LongValueSum:a\t1",
          "LongValueSum:a\t9007199254740993",
        ],
        ...["StringValueMax:s\tb", "StringValueMax:s\ta", "UniqValueCount:u\tx", "UniqValueCount:u\tx"],
      ),
    ).toEqual(["d\t2.0\n", "m\t12\n", "n\t5\n", "a\t9007199254740994\n", "s\tb\n", "u\t1\n"]);
  });

  it("refuses a key without a function", async () => {
    await expect(run("word\t1")).rejects.toThrow('can\'t use the key "word"');
  });
});

describe("Counters", () => {
  it("takes the streaming protocol's lines and leaves the others to the log", () => {
    const counters = new Counters();
    const taken = [
      "reporter:counter:words,short,2",
      "reporter:counter:words,short,3",
      "reporter:status:busy",
      "oops",
    ];
    expect(taken.map((line) => counters.takeReport(line))).toEqual([true, true, true, false]);
    expect(counters.lines()).toEqual(["Counters: 1", "\twords", "\t\tshort=5"]);
  });
});
