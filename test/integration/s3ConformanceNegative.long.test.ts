import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, startLocalServer } from "../../local/server";
import { counterRace, createRace, type Race, replaceRace } from "../support/s3/races";
import { requestCases } from "../support/s3/requestCases";
import { newBucket, s3TestClient } from "../support/s3/s3TestClient";
import { startCheckThenActStore } from "../support/tools/checkThenActStore";
import { startNegativeControl } from "../support/tools/servers";
import { sdkEnvironment } from "../support/tools/toolServer";

/** The races of the conformance suite must fail on stores that let two writers win: else they prove nothing. */
const races: [string, Race][] = [
  ["32 writers create a key", createRace],
  ["32 writers replace a version", replaceRace],
  ["16 workers add 10 each to a counter", counterRace],
];

async function expectToFail(environment: Readonly<Record<string, string>>, race: Race): Promise<void> {
  const client = s3TestClient(environment);
  try {
    expect(await race(client, 3)).not.toEqual([]);
  } finally {
    client.destroy();
  }
}

describe("s3rver, which ignores the conditions of writes", () => {
  let server: Awaited<ReturnType<typeof startNegativeControl>>;
  beforeAll(async () => {
    server = await startNegativeControl();
  }, 20 * 60_000);
  afterAll(async () => {
    if ("stop" in server) {
      await server.stop();
    }
  });

  // Not the counter: this server answers 500 to a reader that meets a write.
  it.for(races.slice(0, 2))("fails: %s", async ([, race], { skip }) => {
    if ("skipped" in server) {
      return skip(server.skipped);
    }
    await expectToFail(server.env, race);
  });
});

describe("stores made from the local S3", () => {
  let dataDir: string;
  let server: LocalServer;
  let checkThenAct: Awaited<ReturnType<typeof startCheckThenActStore>>;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "negative control "));
    server = await startLocalServer({ dataDir, s3Settings: { ignoreConditions: true } });
    checkThenAct = await startCheckThenActStore(server.url);
  });
  afterAll(async () => {
    await checkThenAct.stop();
    await server.close();
    rmSync(dataDir, { recursive: true });
  });

  it.for(races)("that ignores conditions fails: %s", ([, race]) =>
    expectToFail(sdkEnvironment(server.url), race),
  );

  it.for(races)("that looks first and writes then fails: %s", ([, race]) =>
    expectToFail(sdkEnvironment(checkThenAct.url), race),
  );

  it.for(
    requestCases.filter(({ name }) => name.startsWith("PUT If-")).map((one) => [one.name, one] as const),
  )("that looks first and writes then passes, one request at a time: %s", async ([, { run }]) => {
    const environment = sdkEnvironment(checkThenAct.url);
    const client = s3TestClient(environment);
    await run({ client, Bucket: await newBucket(client), environment });
    client.destroy();
  });
});
