import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectAssets } from "../../../provider/steps/assets";
import { fileReference, linkedFileReference, localFile } from "../../../provider/steps/localFile";
import { shellStep } from "../../../provider/steps/shellStep";
import { sparkStep } from "../../../provider/steps/sparkStep";
import { streamingStep } from "../../../provider/steps/streamingStep";

let folder: string;
let script: string;
const content = "print('höre')\n";
const sha256 = createHash("sha256").update(content).digest("hex");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "local files "));
  script = join(folder, "count, it's #1.py");
  writeFileSync(script, content);
  writeFileSync(join(folder, "plain.js"), content);
  mkdirSync(join(folder, "folder"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("what counts as a local file", () => {
  test.each(["s3://b/x.py", "hdfs:///x.py", "file:///bin/sh", "local:///opt/x.jar", "s3a://b/x"])(
    "%s is an address and stays",
    (address) => expect(fileReference(address)).toBe(address),
  );

  test("an absolute path without a file here is a path on the cluster", () => {
    expect(fileReference("/usr/lib/none/here.jar")).toBe("/usr/lib/none/here.jar");
  });

  test("an existing file is local, by absolute and by relative path alike", () => {
    expect(fileReference(script)).toBe(localFile(script));
    expect(fileReference(relative(process.cwd(), script))).toBe(localFile(script));
  });

  test.each([
    ["a relative path without a file", () => fileReference("no/such.py")],
    ["a folder", () => localFile(folder)],
    ["a folder by builder", () => sparkStep({ name: "n", script: relative(process.cwd(), folder) })],
  ])("%s is an error with both names", (_, build) => {
    expect(build).toThrow(/does not exist or is not a file \(looked at \/.*LOCAL_FILE_NOT_FOUND/);
  });

  test("a file keeps its name on the cluster unless # says another", () => {
    const plain = join(folder, "plain.js");
    expect(linkedFileReference(plain)).toBe(`${localFile(plain)}#plain.js`);
    expect(linkedFileReference(`${plain}#mapper.js`)).toBe(`${localFile(plain)}#mapper.js`);
    expect(linkedFileReference("s3://b/x.js")).toBe("s3://b/x.js");
    expect(linkedFileReference("s3://b/x.js#y.js")).toBe("s3://b/x.js#y.js");
  });
});

describe("collectAssets", () => {
  const uri = `s3://b/pool/v1/assets/${sha256}/count__it_s__1.py`;

  test("replaces a file by its address in the store, wherever it stands, and lists it once", () => {
    const plain = join(folder, "plain.js");
    const { steps, assets } = collectAssets(
      [
        sparkStep({ name: "a", script, args: [script, "in"] }),
        streamingStep({
          name: "b",
          mapper: "node plain.js",
          files: ["s3://b/other.js", plain],
          input: "s3://b/in",
          output: "s3://b/out",
        }),
        shellStep({ name: "c", command: `sh ${localFile(script)} --again` }),
      ],
      "s3://b/pool/",
    );
    expect(steps[0]?.hadoopJarStep?.args).toEqual(["spark-submit", uri, script, "in"]);
    const plainUri = `s3://b/pool/v1/assets/${sha256}/plain.js`;
    expect(steps[1]?.hadoopJarStep?.args).toContain(`s3://b/other.js,${plainUri}#plain.js`);
    expect(steps[2]?.hadoopJarStep?.args?.[2]).toBe(`sh ${uri} --again`);
    expect(assets).toEqual([
      { path: script, sha256, uri },
      { path: plain, sha256, uri: plainUri },
    ]);
  });

  test("changes nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string({ minLength: 1 }), (args, key) => {
        const steps = [
          { name: "n", hadoopJarStep: { jar: "j", args, properties: [{ key, value: args.join() }] } },
        ];
        expect(collectAssets(steps, "s3://b")).toEqual({ steps, assets: [] });
      }),
    );
  });

  test("other content, other address", () => {
    const changing = join(folder, "changing.py");
    const uriNow = () => collectAssets([sparkStep({ name: "n", script: changing })], "s3://b").assets[0]?.uri;
    writeFileSync(changing, "1");
    const before = uriNow();
    writeFileSync(changing, "2");
    expect(uriNow()).not.toBe(before);
  });
});
