import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalServer } from "../../local/server";
import type { ConformanceCase } from "../support/s3/conformanceCase";
import { integrityCases } from "../support/s3/integrityCases";
import { listAndCopyCases } from "../support/s3/listAndCopyCases";
import {
  completeRace,
  counterRace,
  createRace,
  deleteRace,
  type Race,
  readDuringWrites,
  replaceRace,
} from "../support/s3/races";
import { requestCases } from "../support/s3/requestCases";
import { newBucket, s3TestClient } from "../support/s3/s3TestClient";
import { startMinistack, startVersitygw } from "../support/tools/servers";
import { type Skipped, sdkEnvironment, type ToolServer } from "../support/tools/toolServer";

/** One suite, three servers: the local S3 is judged by the tests that servers of other authors pass. */
interface Server {
  readonly name: string;
  start(): Promise<ToolServer | Skipped>;
  /** Cases the server does not pass, and why it is used all the same. A case that it passes fails the suite. */
  readonly exceptions: Readonly<Record<string, string>>;
}

const servers: readonly Server[] = [
  { name: "local", start: startLocal, exceptions: {} },
  {
    name: "versitygw",
    start: startVersitygw,
    exceptions: {
      "GET and HEAD at the very time that was shown: If-Modified-Since 304, If-Unmodified-Since 200":
        "compares with the file's nanoseconds, of which the header shows whole seconds",
      "DELETE If-Match on a missing key: 404": "answers 204: the key is gone, as the caller wished",
      "32 callers delete a version: one does": "answers 204 for a key that is gone already",
      "DeleteObjects with an ETag: a stale one is refused": "does not read the ETag",
      "keys that are no paths: dots, empty parts, one that is another's folder, very long parts":
        "keeps keys as paths of a file system",
      "a listing shows size, ETag and time, and encodes keys when asked": "ignores encoding-type",
      "a copy of a missing key: 404, and of one that is another than expected: 412":
        "answers 304 where S3 answers 412 (copy-source-if-none-match)",
      "conditions on the destination of a copy": "does not read them",
      "a body of chunks with a checksum in its trailer, as the SDK streams":
        "keeps aws-chunked in the object's Content-Encoding",
    },
  },
  {
    name: "ministack",
    start: startMinistack,
    exceptions: {
      "conditions on the destination of a copy": "does not read them",
      "a copy of an object onto itself that changes nothing is refused": "carries it out",
      "checksums in a header are verified and kept": "verifies, but does not return them with the write",
      "a body of chunks with a checksum in its trailer, as the SDK streams":
        "does not return the checksum with the write",
      "a multipart upload is refused with parts out of order": "takes them in any order",
      "a multipart upload is refused with a small part before the last": "has no least size",
      "another account's bucket is refused by expected-bucket-owner": "does not read the header",
      "a request that isn't signed is refused": "does not look at signatures",
      "a request signed 20 minutes ago is refused": "does not look at signatures",
    },
  },
];

const raceCase = (name: string, race: Race, rounds: number): ConformanceCase => ({
  name,
  run: async ({ client }) => expect(await race(client, rounds)).toEqual([]),
});

const cases: readonly ConformanceCase[] = [
  ...requestCases,
  ...listAndCopyCases,
  ...integrityCases,
  raceCase("32 writers create a key: one wins", createRace, 10),
  raceCase("32 writers replace a version: one wins", replaceRace, 10),
  raceCase("32 callers delete a version: one does", deleteRace, 5),
  raceCase("8 uploads are completed to a new key: one wins", completeRace, 5),
  raceCase("readers see bytes and ETag of one write", readDuringWrites, 10),
  raceCase("16 workers add 10 each to a counter: 160", counterRace, 1),
];

/** `npm test` judges the local server and the first of the others; the long tests all. */
const judged = process.env.POOLED_EMR_LONG_TESTS ? servers : servers.slice(0, 2);

describe.each(judged.map((one) => [one.name, one] as const))(
  "S3 conformance of %s",
  (_, { start, exceptions }) => {
    let server: ToolServer | Skipped;

    beforeAll(async () => {
      server = await start();
    }, 20 * 60_000);

    afterAll(async () => {
      if ("stop" in server) {
        await server.stop();
      }
    });

    it.for(cases.map((one) => [one.name, one] as const))(
      "%s",
      { timeout: 120_000 },
      async ([name, { run }], { skip }) => {
        if ("skipped" in server) {
          return skip(server.skipped);
        }
        const client = s3TestClient(server.env);
        try {
          const outcome = run({ client, Bucket: await newBucket(client), environment: server.env });
          const exception = exceptions[name];
          if (exception === undefined) {
            await outcome;
          } else {
            await expect(outcome, `no longer an exception, remove it: ${exception}`).rejects.toThrow();
          }
        } finally {
          client.destroy();
        }
      },
    );
  },
);

async function startLocal(): Promise<ToolServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "local s3 "));
  const server = await startLocalServer({ dataDir });
  return {
    url: server.url,
    env: sdkEnvironment(server.url),
    stop: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
