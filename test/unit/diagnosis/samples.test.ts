import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "@aws-sdk/client-emr";
import { describe, expect, test } from "vitest";
import { clusterCauses, stepCauses } from "../../../provider/diagnosis/causes";
import { diagnose } from "../../../provider/diagnosis/diagnose";
import { folderLogReader } from "./folderLogReader";

const samples = join(__dirname, "samples");
const logs = "s3://logs/emr/j-SAMPLE/";
const ended = new Date("2026-11-20T10:10:00Z");
const later = new Date("2026-11-20T11:00:00Z");

interface Expected {
  kind: string;
  /** Part of the message. */
  says: string;
  /** Where the cause was found, below the cluster's folder. */
  in?: string;
  /** Lines given at the head of the excerpt. */
  lines?: string;
  /** Part of the excerpt. */
  shows?: string;
}

const stepSamples: Record<string, Expected> = {
  "memory-container-killed": {
    kind: "memory",
    says: "Container killed by YARN for exceeding physical memory limits",
    in: "containers/application_1763632800000_0007/container_1763632800000_0007_01_000001/stderr",
    lines: "lines 3-9",
    shows: "ExecutorLostFailure",
  },
  "memory-exit-137": {
    kind: "memory",
    says: "Step failed with exitCode 137",
    in: "steps/s-1/controller",
    lines: "lines 9-12",
  },
  "memory-java-heap": {
    kind: "memory",
    says: "java.lang.OutOfMemoryError: Java heap space",
    in: "steps/s-1/stderr",
    lines: "lines 2-5",
    shows: "Main$.collectAll(Main.scala:88)",
  },
  "user-code-python": {
    kind: "user-code",
    says: "KeyError: 'orgin'",
    in: "steps/s-1/stderr",
    lines: "lines 3-8",
    shows: 'by_origin = rows.groupBy("orgin")',
  },
  "user-code-streaming": {
    kind: "user-code",
    says: "ValueError: invalid literal for int() with base 10: 'NA'",
    in: "containers/application_1763632800000_10234/container_e17_1763632800000_10234_01_000005/stderr",
    lines: "lines 2-5",
    shows: "delay = int(fields[4])",
  },
  "user-code-java": {
    kind: "user-code",
    says: "Caused by: java.lang.NullPointerException: Cannot invoke",
    in: "steps/s-1/stderr",
    shows: "com.example.etl.Parse$.row(Parse.scala:19)",
  },
  "user-code-behind-warning": {
    kind: "user-code",
    says: "ZeroDivisionError: division by zero",
    in: "steps/s-1/stderr",
    lines: "lines 3-6",
  },
  "jar-class-not-found": {
    kind: "jar",
    says: "Failed to load class com.example.etl.Mian",
    in: "steps/s-1/stderr",
  },
  "jar-version": { kind: "jar", says: "java.lang.NoSuchMethodError", in: "steps/s-1/stderr" },
  "disk-full": { kind: "disk", says: "No space left on device", in: "steps/s-1/stderr" },
  "lost-executors": { kind: "lost-executors", says: "FetchFailedException", in: "steps/s-1/stderr" },
  "access-s3": {
    kind: "access",
    says: "Status Code: 403",
    in: "steps/s-1/stderr",
    shows: "s3://other-team/raw",
  },
  "access-token": { kind: "access", says: "The provided token has expired", in: "steps/s-1/stderr" },
  "missing-input": {
    kind: "missing-data",
    says: "Path does not exist: s3://data/2026/11/31",
    in: "steps/s-1/stderr",
  },
  "missing-output-exists": {
    kind: "missing-data",
    says: "Output directory s3://data/out already exists",
    in: "steps/s-1/syslog",
    lines: "line 1",
  },
  "s3-pressure": { kind: "s3-pressure", says: "Please reduce your request rate", in: "steps/s-1/stderr" },
  metastore: { kind: "metastore", says: "SessionHiveMetaStoreClient", in: "steps/s-1/stderr" },
  "dependency-ivy": { kind: "dependency", says: "org.example#connector_2.12;1.9.0", in: "steps/s-1/stderr" },
  "dependency-pip": {
    kind: "dependency",
    says: "No matching distribution found for pyarrow==17",
    in: "steps/s-1/stderr",
  },
  queue: { kind: "queue", says: "Queue's AM resource limit exceeded", in: "steps/s-1/stderr" },
  "step-limits": { kind: "step-limits", says: "Argument list too long", in: "steps/s-1/stderr" },
  throttling: { kind: "throttling", says: "Rate exceeded", in: "steps/s-1/stderr" },
  "rotated-logs": { kind: "user-code", says: "KeyError: 'count'", in: "steps/s-1/stderr" },
  "dependency-behind-warning": {
    kind: "dependency",
    says: "No matching distribution found for pyarrow==17",
    in: "steps/s-1/stderr",
    lines: "lines 1-3",
  },
  unknown: { kind: "unknown", says: "its logs show no known cause" },
};

/** Causes that show in the cluster's status, as DescribeCluster has them. */
const clusterSamples: Record<string, { status: Cluster["Status"]; expected: Expected }> = {
  bootstrap: {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: {
        Code: "BOOTSTRAP_FAILURE",
        Message:
          "On the master instance (i-0a1b2c3d4e5f60718), bootstrap action 2 returned a non-zero return code",
      },
    },
    expected: {
      kind: "bootstrap",
      says: "bootstrap action 2 returned a non-zero return code",
      in: "node/i-0a1b2c3d4e5f60718/bootstrap-actions/2/stderr",
      shows: "No matching distribution found for pandas==9.9",
    },
  },
  "bootstrap by error details": {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "BOOTSTRAP_FAILURE", Message: "Bootstrap failure" },
      ErrorDetails: [
        {
          ErrorCode: "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE",
          ErrorMessage: "The primary instance failed in bootstrap",
          ErrorData: [{ "primary-instance-id": "i-0a1b2c3d4e5f60718" }, { "bootstrap-action": "2" }],
        },
      ],
    },
    expected: {
      kind: "bootstrap",
      says: "BOOTSTRAP_FAILURE_PRIMARY_WITH_NON_ZERO_CODE: The primary instance failed",
      in: "node/i-0a1b2c3d4e5f60718/bootstrap-actions/2/stderr",
    },
  },
  "bootstrap, worker disk": {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      ErrorDetails: [{ ErrorCode: "INTERNAL_ERROR_INSUFFICIENT_DISK_SPACE_WORKER", ErrorMessage: "disk" }],
    },
    expected: { kind: "bootstrap", says: "INSUFFICIENT_DISK_SPACE_WORKER" },
  },
  capacity: {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "INTERNAL_ERROR", Message: "Instance failure" },
      ErrorDetails: [
        {
          ErrorCode: "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ",
          ErrorMessage: "EC2 has no m5.24xlarge in us-east-1a",
        },
      ],
    },
    expected: { kind: "capacity", says: "EC2 has no m5.24xlarge in us-east-1a" },
  },
  "capacity, fleet": {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "INSTANCE_FLEET_TIMEOUT", Message: "The core fleet got 3 of 8 units" },
    },
    expected: { kind: "capacity", says: "The core fleet got 3 of 8 units" },
  },
  validation: {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "VALIDATION_ERROR", Message: "The subnet subnet-12 does not exist" },
    },
    expected: { kind: "validation", says: "The subnet subnet-12 does not exist" },
  },
  "node loss": {
    status: {
      State: "TERMINATED_WITH_ERRORS",
      StateChangeReason: { Code: "INSTANCE_FAILURE", Message: "The master node was terminated" },
    },
    expected: { kind: "node-loss", says: "The master node was terminated" },
  },
};

describe("recorded logs", () => {
  test.each(Object.entries(stepSamples))("%s", async (name, expected) => {
    const diagnosis = await diagnose({
      clusterId: "j-SAMPLE",
      cluster: { LogUri: "s3n://logs/emr", Status: { State: "WAITING" } },
      steps: [
        {
          Id: "s-1",
          Name: "count #pj.abcdefghijklmnopqrstuvwxyz.1.1.0",
          Status: { State: "FAILED", Timeline: { StartDateTime: ended, EndDateTime: ended } },
        },
      ],
      logs: folderLogReader(join(samples, name), logs),
      now: later,
    });
    check(diagnosis, expected);
    expect(diagnosis?.message).toContain('Step "count" (s-1) failed');
  });

  test.each(Object.entries(clusterSamples))("cluster: %s", async (_name, { status, expected }) => {
    const diagnosis = await diagnose({
      clusterId: "j-SAMPLE",
      cluster: { LogUri: "s3n://logs/emr/", Status: status },
      steps: [{ Id: "s-1", Name: "count", Status: { State: "CANCELLED" } }],
      logs: folderLogReader(join(samples, "bootstrap"), logs),
      now: later,
    });
    check(diagnosis, expected);
  });
});

test("every class has a recorded sample, and every sample is used", () => {
  const kinds = [
    ...Object.values(stepSamples),
    ...Object.values(clusterSamples).map(({ expected }) => expected),
  ];
  expect([...new Set(kinds.map(({ kind }) => kind))].sort()).toEqual(
    [...stepCauses, ...clusterCauses, { kind: "unknown" }].map(({ kind }) => kind).sort(),
  );
  expect(readdirSync(samples).sort()).toEqual([...Object.keys(stepSamples), "bootstrap"].sort());
});

function check(diagnosis: Awaited<ReturnType<typeof diagnose>>, expected: Expected): void {
  expect(diagnosis).toMatchObject({ kind: expected.kind });
  expect(diagnosis?.message).toContain(expected.says);
  expect(diagnosis?.advice).toMatch(/\S.*\.$/);
  expect(diagnosis?.logUri).toBe(expected.in === undefined ? undefined : logs + expected.in);
  if (expected.lines !== undefined) expect(diagnosis?.excerpt).toMatch(new RegExp(`^${expected.lines}:\n`));
  if (expected.shows !== undefined) expect(diagnosis?.excerpt).toContain(expected.shows);
}
