import type { Cluster, StepSummary } from "@aws-sdk/client-emr";
import { describe, expect, test } from "vitest";
import { type DiagnosisRequest, diagnose, needsDiagnosis } from "../../../provider/diagnosis/diagnose";
import type { LogObject, LogReader } from "../../../provider/diagnosis/logReader";

const start = new Date("2026-11-20T10:00:00Z");
const minutesLater = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

/** A log reader over texts by address, that remembers what it was asked. */
function textLogs(texts: Record<string, string>) {
  const read: string[] = [];
  const listed: string[] = [];
  const logs: LogReader = {
    async list(folderUri, limit) {
      listed.push(folderUri);
      return Object.entries(texts)
        .filter(([uri]) => uri.startsWith(folderUri))
        .map(([uri, text]): LogObject => ({ uri, size: Buffer.byteLength(text), lastModified: start }))
        .slice(0, limit);
    },
    async tail(object) {
      read.push(object.uri);
      return { text: texts[object.uri] ?? "", firstLine: 1 };
    },
  };
  return { logs, read, listed };
}

function step(
  id: string,
  state: string,
  times: { started?: number; ended?: number } = {},
  more: Partial<StepSummary> = {},
) {
  return {
    Id: id,
    Name: `name of ${id} #pj.abcdefghijklmnopqrstuvwxyz.1.1.0`,
    ...more,
    Status: {
      State: state as "FAILED",
      Timeline: {
        StartDateTime: times.started === undefined ? undefined : minutesLater(times.started),
        EndDateTime: times.ended === undefined ? undefined : minutesLater(times.ended),
      },
      ...more.Status,
    },
  };
}

function ended(code: string | undefined, message: string, at?: number): Pick<Cluster, "Status" | "LogUri"> {
  return {
    LogUri: "s3n://logs/",
    Status: {
      State: "TERMINATED",
      StateChangeReason: { Code: code as "USER_REQUEST", Message: message },
      Timeline: at === undefined ? undefined : { EndDateTime: minutesLater(at) },
    },
  };
}

const alive: Pick<Cluster, "Status" | "LogUri"> = { LogUri: "s3n://logs/", Status: { State: "WAITING" } };
const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: bad\n';
const request = (partial: Partial<DiagnosisRequest>): DiagnosisRequest => ({
  clusterId: "j-1",
  cluster: alive,
  steps: [],
  now: minutesLater(120),
  ...partial,
});

describe("nothing failed: nothing is said", () => {
  test.each<[string, Partial<DiagnosisRequest>]>([
    ["all completed", { steps: [step("s-1", "COMPLETED", { started: 1, ended: 2 })] }],
    ["still running", { steps: [step("s-1", "RUNNING", { started: 1 })] }],
    [
      "completed before the cluster failed",
      { cluster: ended("INSTANCE_FAILURE", "gone"), steps: [step("s-1", "COMPLETED")] },
    ],
    ["no steps, cluster well", { steps: [] }],
    ["no steps, cluster ended as wished", { cluster: ended("USER_REQUEST", "Terminated by user request") }],
    ["cluster not known, steps running", { cluster: undefined, steps: [step("s-1", "RUNNING")] }],
  ])("%s", async (_name, partial) => {
    expect(await diagnose(request(partial))).toBeUndefined();
  });
});

describe("which step, and whose fault", () => {
  test.each<[string, Partial<DiagnosisRequest>, { kind: string; message: RegExp }]>([
    [
      "cancelled steps behind a failed one are not the cause",
      {
        steps: [
          step("s-1", "CANCELLED", { ended: 3 }),
          step("s-2", "FAILED", { started: 1, ended: 4 }),
          step("s-3", "CANCELLED", { ended: 4 }),
        ],
      },
      { kind: "unknown", message: /^Step 2 of 3 "name of s-2" \(s-2\) failed/ },
    ],
    [
      "the first failed by time, not by place",
      {
        steps: [
          step("s-1", "FAILED", { started: 1, ended: 9 }),
          step("s-2", "FAILED", { started: 1, ended: 4 }),
        ],
      },
      { kind: "unknown", message: /^Step 2 of 2 "name of s-2"/ },
    ],
    [
      "terminated without a reason can still be a failed step",
      {
        cluster: ended(undefined, ""),
        steps: [
          step(
            "s-1",
            "FAILED",
            { started: 1, ended: 2 },
            {
              Status: {
                FailureDetails: {
                  Reason: "Main Class not found.",
                  Message: 'Exception in thread "main" java.lang.ClassNotFoundException: com.example.Mian',
                },
              },
            },
          ),
        ],
      },
      { kind: "jar", message: /ClassNotFoundException: com\.example\.Mian/ },
    ],
    [
      "a user's request (our own clean-up) is not the cause of a failed step",
      {
        cluster: ended("USER_REQUEST", "The master node was terminated by a user request", 3),
        steps: [step("s-1", "FAILED", { started: 1, ended: 2 })],
      },
      { kind: "unknown", message: /^Step "name of s-1" \(s-1\) failed; its logs/ },
    ],
    [
      "STEP_FAILURE points back to the step",
      {
        cluster: ended("STEP_FAILURE", "Shut down as step failed", 3),
        steps: [step("s-1", "FAILED", { started: 1, ended: 2 })],
      },
      { kind: "unknown", message: /^Step "name of s-1"/ },
    ],
    [
      "a cluster that failed with the step is the step's cause",
      {
        cluster: ended("INSTANCE_FAILURE", "The master node was terminated", 5),
        steps: [step("s-1", "FAILED", { started: 1, ended: 4 })],
      },
      {
        kind: "node-loss",
        message: /^Step "name of s-1" \(s-1\): cluster j-1 ended: INSTANCE_FAILURE: The master/,
      },
    ],
    [
      "a cluster that failed an hour after the step is not",
      {
        cluster: ended("INSTANCE_FAILURE", "The master node was terminated", 64),
        steps: [step("s-1", "FAILED", { started: 1, ended: 4 })],
      },
      { kind: "unknown", message: /failed; its logs/ },
    ],
    [
      "never started, cluster alive",
      {
        steps: [
          step(
            "s-1",
            "CANCELLED",
            { ended: 1 },
            { Status: { StateChangeReason: { Message: "Job terminated" } } },
          ),
        ],
      },
      { kind: "never-ran", message: /^Step "name of s-1" \(s-1\) never started; Job terminated$/ },
    ],
    [
      "never started, cluster ended by its idle limit",
      { cluster: ended("USER_REQUEST", "Auto-terminated"), steps: [step("s-1", "CANCELLED")] },
      { kind: "never-ran", message: /never started; cluster j-1 ended: USER_REQUEST: Auto-terminated$/ },
    ],
    [
      "cancelled while running",
      { steps: [step("s-1", "CANCELLED", { started: 1, ended: 2 })] },
      { kind: "cancelled", message: /was cancelled while it ran$/ },
    ],
    [
      "interrupted by the cluster's end",
      { cluster: ended("USER_REQUEST", "User request"), steps: [step("s-1", "INTERRUPTED", { started: 1 })] },
      { kind: "cluster-ended", message: /was interrupted while it ran; cluster j-1 ended/ },
    ],
    [
      "EMR never reported the end",
      { cluster: ended("USER_REQUEST", ""), steps: [step("s-1", "RUNNING", { started: 1 })] },
      { kind: "cluster-ended", message: /did not finish; cluster j-1 ended: USER_REQUEST$/ },
    ],
    [
      "a launch that failed before any step was added",
      { cluster: { ...ended("VALIDATION_ERROR", "No such subnet") }, steps: [] },
      { kind: "validation", message: /^cluster j-1 ended: VALIDATION_ERROR: No such subnet$/ },
    ],
  ])("%s", async (_name, partial, expected) => {
    const diagnosis = await diagnose(request({ logs: textLogs({}).logs, ...partial }));
    expect(diagnosis).toMatchObject({
      kind: expected.kind,
      message: expect.stringMatching(expected.message),
    });
  });
});

describe("where the logs are", () => {
  const failed = (more: Partial<StepSummary> = {}) => [step("s-1", "FAILED", { started: 1, ended: 2 }, more)];

  test("the step's own LogUri wins over the cluster's", async () => {
    const { logs, listed } = textLogs({ "s3://own/j-1/steps/s-1/stderr": traceback });
    const diagnosis = await diagnose(request({ logs, steps: failed({ LogUri: "s3://own" }) }));
    expect(diagnosis).toMatchObject({ kind: "user-code", logUri: "s3://own/j-1/steps/s-1/stderr" });
    expect(listed).toEqual(["s3://own/j-1/steps/s-1/"]);
  });

  test("a cluster that is gone: the LogUri kept in state is used", async () => {
    const { logs } = textLogs({ "s3://logs/x/j-1/steps/s-1/stderr": traceback });
    const diagnosis = await diagnose(
      request({ cluster: undefined, logUri: "s3a://logs/x", logs, steps: failed() }),
    );
    expect(diagnosis).toMatchObject({ kind: "user-code", logUri: "s3://logs/x/j-1/steps/s-1/stderr" });
  });

  test("the log that EMR names is read first, also when its name lacks .gz", async () => {
    const uri = "s3://logs/j-1/steps/s-1/stderr.gz";
    const { logs, read } = textLogs({ [uri]: traceback, "s3://logs/j-1/steps/s-1/stdout.gz": "done" });
    const named = {
      FailureDetails: { Reason: "Unknown Error.", LogFile: "s3n://logs/j-1/steps/s-1/stderr" },
    };
    const diagnosis = await diagnose(request({ logs, steps: failed({ Status: named }) }));
    expect(diagnosis).toMatchObject({ kind: "user-code", logUri: uri });
    expect(read).toEqual([uri]);
  });

  test("no LogUri at all is said, with what to do", async () => {
    const diagnosis = await diagnose(
      request({ cluster: { Status: { State: "WAITING" } }, logs: textLogs({}).logs, steps: failed() }),
    );
    expect(diagnosis).toMatchObject({
      kind: "unknown",
      message: expect.stringContaining("set cluster.logUri"),
    });
  });
});

describe("pending and final", () => {
  const steps = [step("s-1", "FAILED", { started: 1, ended: 10 })];
  const exitOne = {
    "s3://logs/j-1/steps/s-1/controller.gz": "2026 WARN Step failed with exitCode 1 and took 3 seconds\n",
  };

  test.each([
    ["no logs, 14 min 59 s after the end", {}, 10 + 14.98, "pending"],
    ["no logs, 15 min after the end", {}, 10 + 15, "unknown"],
    ["only the exit code yet", exitOne, 10 + 5, "pending"],
    ["only the exit code for good", exitOne, 10 + 15, "user-code"],
    ["the cause itself, at once", { "s3://logs/j-1/steps/s-1/stderr": traceback }, 10, "user-code"],
  ])("%s", async (_name, texts, now, kind) => {
    const diagnosis = await diagnose(request({ logs: textLogs(texts).logs, steps, now: minutesLater(now) }));
    expect(diagnosis).toMatchObject({ kind });
  });

  test("pending tells what is known already", async () => {
    const diagnosis = await diagnose(request({ logs: textLogs(exitOne).logs, steps, now: minutesLater(12) }));
    expect(diagnosis?.message).toContain("exitCode 1");
    expect(diagnosis?.excerpt).toContain("exitCode 1");
  });

  test.each([
    ["nothing yet", undefined, 300, true],
    ["pending", { kind: "pending", message: "", advice: "" }, 300, true],
    ["final, with its lines", { kind: "memory", message: "", advice: "", excerpt: "line 1" }, 11, false],
    ["without lines, logs may still come", { kind: "bootstrap", message: "", advice: "" }, 11, true],
    ["without lines, no more will come", { kind: "bootstrap", message: "", advice: "" }, 25, false],
  ])("looks again: %s", (_name, previous, now, expected) => {
    expect(needsDiagnosis(previous, minutesLater(10), minutesLater(now))).toBe(expected);
  });
});

describe("never throws, never reads without bound", () => {
  const steps = [step("s-1", "FAILED", { started: 1, ended: 2 })];

  test("listing and reading that fail are told, not thrown", async () => {
    const denied = Object.assign(new Error("nope"), { name: "AccessDenied" });
    const logs: LogReader = { list: () => Promise.reject(denied), tail: () => Promise.reject(denied) };
    expect(await diagnose(request({ logs, steps }))).toMatchObject({
      kind: "unknown",
      message: expect.stringContaining("could not be read: s3://logs/j-1/steps/s-1/: AccessDenied"),
    });
  });

  test("a log that vanished between listing and reading", async () => {
    const { logs } = textLogs({ "s3://logs/j-1/steps/s-1/stderr": traceback });
    const gone = Object.assign(new Error(""), { name: "NoSuchKey" });
    const diagnosis = await diagnose(request({ logs: { ...logs, tail: () => Promise.reject(gone) }, steps }));
    expect(diagnosis).toMatchObject({ kind: "unknown", message: expect.stringContaining("NoSuchKey") });
  });

  test("odd facts: no ids, no status, no names", async () => {
    expect(await diagnose(request({ steps: [{}] }))).toBeUndefined();
    const failed = { Status: { State: "FAILED" as const } };
    expect(await diagnose(request({ cluster: {}, steps: [failed] }))).toMatchObject({ kind: "unknown" });
  });

  test("at most 20 objects, containers included", async () => {
    const texts: Record<string, string> = {
      "s3://logs/j-1/steps/s-1/syslog": "Submitted application application_1763632800000_0001\n",
    };
    for (let at = 1; at < 60; at += 1) {
      const container = `container_1763632800000_0001_01_${String(at).padStart(6, "0")}`;
      texts[`s3://logs/j-1/containers/application_1763632800000_0001/${container}/stderr`] =
        "nothing of note\n";
    }
    const { logs, read } = textLogs(texts);
    await diagnose(request({ logs, steps }));
    expect(read).toHaveLength(20);
    expect(read[1]).toMatch(/_000001\/stderr$/);
  });

  test("at most 2 MiB: a larger compressed log is passed over and told", async () => {
    const { logs, read } = textLogs({ "s3://logs/j-1/steps/s-1/stdout.gz": "x" });
    const huge: LogObject = { uri: "s3://logs/j-1/steps/s-1/stderr.gz", size: 2 * 1024 * 1024 + 1 };
    const list = async (uri: string) => [huge, ...(await logs.list(uri, 10))];
    const diagnosis = await diagnose(request({ logs: { ...logs, list }, steps }));
    expect(read).toEqual(["s3://logs/j-1/steps/s-1/stdout.gz"]);
    expect(diagnosis?.message).toContain("was too large to read");
  });
});
