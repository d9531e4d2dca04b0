import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openS3ObjectStore } from "../../provider/lease/s3ObjectStore";
import { LocalEmrHarness } from "./localEmrHarness";

/** What the store makes of S3's refusals: tried again, told to the user, or left open. */
let local: LocalEmrHarness;
beforeAll(async () => {
  local = await LocalEmrHarness.start();
  await local.s3.send(new CreateBucketCommand({ Bucket: "pool" }));
});
afterAll(() => local.stop());

const open = (bucket = "pool") =>
  openS3ObjectStore({
    uri: `s3://${bucket}/p`,
    config: {
      ...{ endpoint: local.server.url, region: "us-east-1", forcePathStyle: true },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
  });

describe("a write that S3 answers with", () => {
  test.each<[number, string, string]>([
    [400, "KMS.DisabledException", "STORE_REFUSED"],
    [400, "InvalidArgument", "STORE_REFUSED"],
    [405, "MethodNotAllowed", "STORE_REFUSED"],
    [403, "AccessDenied", "STORE_ACCESS_DENIED"],
    [404, "NoSuchBucket", "STORE_NO_SUCH_BUCKET"],
    [501, "NotImplemented", "STORE_IGNORES_CONDITIONS"],
    [400, "RequestTimeout", "unknown"],
    [500, "InternalError", "unknown"],
    [503, "SlowDown", "unknown"],
    [409, "ConditionalRequestConflict", "refused"],
    [412, "PreconditionFailed", "refused"],
  ])("%i %s: %s", async (status, code, expected) => {
    await local.admin("faults", { service: "s3", operation: "PutObject", status, code, message: "because" });
    const put = open().put("key", "{}", { absent: true });
    const outcome = await put.then(
      (answer) => answer.outcome,
      (error: { code: string; message: string }) => {
        expect(error.message).toContain("s3://pool/p/key");
        return error.code;
      },
    );
    expect(outcome).toBe(expected);
  });
});
