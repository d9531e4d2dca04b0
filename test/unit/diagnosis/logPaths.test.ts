import { describe, expect, test } from "vitest";
import {
  applicationIds,
  bootstrapLogs,
  containerIds,
  containerLogs,
  isApplicationMaster,
  logFolder,
  logObjectUri,
  parseLogName,
  stepLogs,
} from "../../../provider/diagnosis/logPaths";

test.each([
  ["s3://logs", "s3://logs/"],
  ["s3://logs/", "s3://logs/"],
  ["s3n://logs/emr/prod", "s3://logs/emr/prod/"],
  ["s3a://logs/emr//", "s3://logs/emr/"],
  [" S3://logs/emr/ ", "s3://logs/emr/"],
  ["hdfs:///var/log", undefined],
  ["/var/log/hadoop", undefined],
  ["s3://", undefined],
  ["", undefined],
  [undefined, undefined],
])("folder of %j", (uri, folder) => {
  expect(logFolder(uri)).toBe(folder);
});

test("an object's address keeps its name and loses the old scheme", () => {
  expect(logObjectUri("s3n://logs/j-1/steps/s-1/stderr.gz")).toBe("s3://logs/j-1/steps/s-1/stderr.gz");
});

test("EMR's layout", () => {
  expect(stepLogs("s3://l/", "j-1", "s-1")).toBe("s3://l/j-1/steps/s-1/");
  expect(containerLogs("s3://l/", "j-1", "application_1_0001")).toBe(
    "s3://l/j-1/containers/application_1_0001/",
  );
  expect(bootstrapLogs("s3://l/", "j-1", "i-1", 2)).toBe("s3://l/j-1/node/i-1/bootstrap-actions/2/");
});

test.each([
  ["stderr", { stream: "stderr" }],
  ["controller.gz", { stream: "controller" }],
  ["syslog.2026-11-20-13.gz", { stream: "syslog", hour: "2026-11-20-13" }],
  ["stdout.2026-11-20-13", { stream: "stdout", hour: "2026-11-20-13" }],
  ["prelaunch.out", undefined],
  ["stderr.bak", undefined],
  ["directory.info", undefined],
])("name %s", (name, expected) => {
  expect(parseLogName(`s3://l/j-1/steps/s-1/${name}`)).toEqual(expected);
});

describe("ids in logs, the last one first", () => {
  test("applications with four digits and more", () => {
    const log =
      "application_1763632800000_0007 application_1763632800000_10234 application_1763632800000_0007 x";
    expect(applicationIds(log)).toEqual([
      "application_1763632800000_0007",
      "application_1763632800000_10234",
    ]);
  });

  test("containers with and without epoch", () => {
    const log = "container_e17_1763632800000_10234_01_000005, container_1763632800000_0007_02_000001.";
    expect(containerIds(log)).toEqual([
      "container_1763632800000_0007_02_000001",
      "container_e17_1763632800000_10234_01_000005",
    ]);
  });

  test.each([
    ["container_1763632800000_0007_01_000001", true],
    ["container_e17_1763632800000_10234_02_000001", true],
    ["container_1763632800000_0007_01_000011", false],
    ["container_1763632800000_0001_01_000002", false],
  ])("%s is the application master: %s", (container, expected) => {
    expect(isApplicationMaster(container)).toBe(expected);
  });
});
