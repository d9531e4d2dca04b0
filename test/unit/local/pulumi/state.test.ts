import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeSecret } from "../../../../local/pulumi/propertyValues";
import { passphraseSecrets } from "../../../../local/pulumi/secretsManager";
import { SnapshotRecorder } from "../../../../local/pulumi/snapshotRecorder";
import { acquireStackLock } from "../../../../local/pulumi/stackLock";
import type { ResourceState, Snapshot } from "../../../../local/pulumi/state";
import { StateFile, stateFilePath } from "../../../../local/pulumi/stateFile";

const environment = { PULUMI_CONFIG_PASSPHRASE: "x" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack state "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const resource = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::p::a:b:C::${name}`,
  type: "a:b:C",
  custom: true,
  id: name,
  ...more,
});

describe("passphrase secrets", () => {
  // Written by `pulumi stack export` of CLI v3.259.0 with the passphrase "x".
  const fromCli = {
    salt: "v1:IHt9bhRWKag=:v1:zBugcY5gHMjF2cfT:86nC2pQzUWsgFjDR07W74rY/6Xqjfw==",
    ciphertext: "v1:7gKRCsvpMJk6htVR:BBsBLusfsbUlEL7s43nn1qmuxGEdC9x8",
  };

  it("opens what the CLI sealed", () => {
    const secrets = passphraseSecrets(environment, { type: "passphrase", state: { salt: fromCli.salt } });
    expect(secrets.decryptText(fromCli.ciphertext)).toBe('"hidden"');
  });

  it("refuses a wrong passphrase by name", () => {
    const wrong = { PULUMI_CONFIG_PASSPHRASE: "y" };
    const secrets = passphraseSecrets(wrong, { type: "passphrase", state: { salt: fromCli.salt } });
    expect(() => secrets.decryptText(fromCli.ciphertext)).toThrow(
      /PULUMI_CONFIG_PASSPHRASE.*PULUMI_PASSPHRASE/,
    );
  });

  it("needs no passphrase where there is no secret, and asks for one where there is", () => {
    const secrets = passphraseSecrets({}, undefined);
    expect(secrets.encryptAll({ a: 1 })).toEqual({ a: 1 });
    expect(secrets.state()).toBeUndefined();
    expect(() => secrets.encryptAll({ a: makeSecret("s") })).toThrow(/is not set/);
  });
});

describe("state file", () => {
  const path = () => stateFilePath(folder, "p", "dev");

  it("keeps resources, pending operations and secrets; no secret is in it in plain", async () => {
    const one = await StateFile.open(path(), environment, { locked: true });
    const snapshot: Snapshot = {
      resources: [resource("a", { inputs: { key: makeSecret("plain text"), list: [makeSecret({ b: 1 })] } })],
      pendingOperations: [{ type: "creating", resource: resource("b") }],
    };
    await one.save(snapshot);
    await one.close();
    expect(readFileSync(path(), "utf8")).not.toContain("plain text");
    const other = await StateFile.open(path(), environment, { locked: false });
    expect(other.snapshot).toEqual(snapshot);
    expect(statSync(path()).mode & 0o077).toBe(0);
  });

  it("writes the last of many states, and leaves no other file", async () => {
    const file = await StateFile.open(path(), environment, { locked: true });
    const saves = Array.from({ length: 50 }, (_, number) =>
      file.save({ resources: [resource(`r${number}`)], pendingOperations: [] }),
    );
    await Promise.all(saves);
    await file.close();
    const read = await StateFile.open(path(), environment, { locked: false });
    expect(read.snapshot.resources.map(({ id }) => id)).toEqual(["r49"]);
    expect(readdirSync(join(folder, "stacks", "p"))).toEqual(["dev.json"]);
  });

  it("says which file it can't read", async () => {
    const file = await StateFile.open(path(), environment, { locked: false });
    await file.save({ resources: [], pendingOperations: [] });
    writeFileSync(path(), '{"version": 2}');
    await expect(StateFile.open(path(), environment, { locked: false })).rejects.toThrow(
      /dev\.json.*version is 2/,
    );
  });
});

describe("stack lock", () => {
  const lock = () => join(folder, "dev.json.lock");

  it("is held by one at a time, and free again after release", async () => {
    const first = await acquireStackLock(lock());
    await expect(acquireStackLock(lock())).rejects.toThrow(/PULUMI_STACK_LOCKED/);
    await first.release();
    await (await acquireStackLock(lock())).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken from a process that has ended, by one of many only", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]);
    const holder = { pid: dead.pid, host: hostname(), started: "1", nonce: "n", since: "then" };
    writeFileSync(lock(), JSON.stringify(holder));
    const told: string[] = [];
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => acquireStackLock(lock(), (line) => told.push(line))),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  it("is not taken from another machine", async () => {
    const holder = { pid: 1, host: "elsewhere", started: "1", nonce: "n", since: "then" };
    writeFileSync(lock(), JSON.stringify(holder));
    await expect(acquireStackLock(lock())).rejects.toThrow(/process 1 on elsewhere since then/);
  });
});

describe("snapshot recorder", () => {
  const recording = (base: Snapshot) => {
    const saved: Snapshot[] = [];
    const recorder = new SnapshotRecorder(
      base,
      async (snapshot) => void saved.push(structuredClone(snapshot)),
    );
    return { recorder, saved };
  };
  const ids = (snapshot: Snapshot) => snapshot.resources.map(({ id }) => id);

  it("has an operation on disk before it begins, and the outcome after it in one write", async () => {
    const { recorder, saved } = recording({ resources: [], pendingOperations: [] });
    const pending = await recorder.begin("creating", resource("a"));
    await recorder.end(pending, { registered: resource("a") });
    expect(saved.map((state) => [state.pendingOperations.length, ids(state)])).toEqual([
      [1, []],
      [0, ["a"]],
    ]);
  });

  it("drops an interrupted create when the resource has been created after all, and no other", async () => {
    const pendingOperations = ["a", "b"].map((name) => ({
      type: "creating" as const,
      resource: resource(name),
    }));
    const { recorder } = recording({ resources: [], pendingOperations });
    await recorder.end(await recorder.begin("creating", resource("a")), { registered: resource("a") });
    expect(recorder.current().pendingOperations.map((one) => one.resource.id)).toEqual(["b"]);
  });

  it("takes a resource that is gone out of the dependencies of the others", async () => {
    const gone = resource("a");
    const left = resource("b", { dependencies: [gone.urn], propertyDependencies: { x: [gone.urn], y: [] } });
    const { recorder } = recording({ resources: [gone, left], pendingOperations: [] });
    await recorder.replace(gone, undefined);
    recorder.dropEmptyDependencies();
    expect(recorder.current().resources).toEqual([resource("b")]);
  });
});
