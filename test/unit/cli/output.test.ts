import { describe, expect, test } from "vitest";
import { failureLine } from "../../../provider/cli/failure";
import { duration } from "../../../provider/cli/output";
import { PooledEmrError } from "../../../provider/errors";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [59 * second, "59 s"],
  [minute, "1 min"],
  [hour - 1, "59 min"],
  [hour, "1 h"],
  [5 * hour + 20 * minute + 59 * second, "5 h 20 min"],
  [day, "1 d"],
  [2 * day + 3 * hour + 59 * minute, "2 d 3 h"],
])("%d ms is %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

describe("an error in one line", () => {
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  test.each<[unknown, string | RegExp]>([
    [
      new PooledEmrError("INVALID_ARGUMENT", { subject: "file x", problem: "is empty", fix: "Fill it" }),
      "file x is empty. Fill it. [INVALID_ARGUMENT]",
    ],
    [new Error("two\nlines"), "two lines"],
    [
      named("ValidationException", "Cluster id 'j-1' is not valid."),
      "ValidationException: Cluster id 'j-1' is not valid.",
    ],
    [
      named("CredentialsProviderError", "Could not load credentials"),
      /^CredentialsProviderError: .*Sign in \(`aws sso login`/,
    ],
    [
      named("AccessDeniedException", "User x is not authorized to perform y"),
      /`emrpool iam-policy cli --store <s3-uri>` prints/,
    ],
    [
      new AggregateError([new Error("connect ECONNREFUSED 127.0.0.1:1")], ""),
      /^connect ECONNREFUSED 127\.0\.0\.1:1\. Check the network/,
    ],
    [new Error("Region is missing"), "Region is missing. Give --region or set AWS_REGION"],
    [new Error("listen EADDRINUSE: address already in use 127.0.0.1:80"), /choose another --port/],
    [
      new TypeError("Invalid URL"),
      "TypeError: Invalid URL. Check AWS_ENDPOINT_URL_EMR and AWS_ENDPOINT_URL_S3",
    ],
    [
      new Error("EEXIST: file already exists, mkdir '/dev/null'"),
      /Give --data a folder that can be written$/,
    ],
    [new Error(""), "failed without a message"],
    ["just text", "just text"],
    [undefined, "undefined"],
  ])("%s", (error, line) => {
    if (typeof line === "string") expect(failureLine(error)).toBe(line);
    else expect(failureLine(error)).toMatch(line);
    expect(failureLine(error)).not.toMatch(/\n/);
  });
});
