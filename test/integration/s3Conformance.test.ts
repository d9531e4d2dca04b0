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
  { name: "versitygw", start: startVersitygw, exceptions: {} },
  { name: "ministack", start: startMinistack, exceptions: {} },
];

const raceCase = (name: string, race: Race, rounds: number): ConformanceCase => ({
  name,
  run: async ({ client }) => expect(await race(client, rounds)).toEqual([]),
});

const cases: readonly ConformanceCase[] = [
  ...requestCases,
  ...listAndCopyCases,
  ...integrityCases,
  raceCase("32 writers create a key: one wins", createRace, 15),
  raceCase("32 writers replace a version: one wins", replaceRace, 15),
  raceCase("32 callers delete a version: one does", deleteRace, 5),
  raceCase("8 uploads are completed to a new key: one wins", completeRace, 5),
  raceCase("readers see bytes and ETag of one write", readDuringWrites, 10),
  raceCase("16 workers add 10 each to a counter: 160", counterRace, 1),
];

describe.each(servers)("S3 conformance of $name", ({ start, exceptions }) => {
  let server: ToolServer | Skipped;

  beforeAll(async () => {
    server = await start();
  }, 20 * 60_000);

  afterAll(async () => {
    if ("stop" in server) {
      await server.stop();
    }
  });

  it.for(cases)("$name", { timeout: 120_000 }, async ({ name, run }, { skip }) => {
    if ("skipped" in server) {
      skip(server.skipped);
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
  });
});

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
