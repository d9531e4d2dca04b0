import { copyFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { objectStream } from "../../../../local/s3/objectStream";
import { S3Store } from "../../../../local/s3/store";
import type { StoredObject } from "../../../../local/s3/storedObject";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "s3 store "));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function put(store: S3Store, key: string, body: Buffer, check = () => {}): Promise<StoredObject> {
  const staged = store.newBody(["crc32"]);
  for (let at = 0; at < body.length; at += 300_000) {
    await staged.write(body.subarray(at, at + 300_000));
  }
  const finished = await staged.finish();
  const object: StoredObject = {
    key,
    size: finished.size,
    etag: finished.md5.toString("hex"),
    lastModified: 1000,
    headers: { "content-type": "text/plain" },
    metadata: { a: "b" },
    checksums: finished.checksums,
    checksumType: "FULL_OBJECT",
  };
  store.putObject("bucket", object, finished, check);
  return object;
}

async function read(store: S3Store, key: string): Promise<Buffer> {
  const { size } = store.bucket("bucket").objects.get(key)!;
  const chunks: Uint8Array[] = [];
  for await (const chunk of objectStream(store.openObject("bucket", key), 0, size)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function newStore(): S3Store {
  const store = new S3Store(folder);
  if (!store.buckets.has("bucket")) {
    store.createBucket("bucket", "eu-west-1", 5);
  }
  return store;
}

const files = (name: string) =>
  readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());

describe("S3Store", () => {
  it("finds everything again after a restart, whatever the keys", async () => {
    const keys = [
      "plain",
      "../../outside",
      "//",
      "a/b",
      "a/b/",
      "A/B",
      "x".repeat(1024),
      "ü😀\u0001",
      "con",
      ".",
    ];
    const store = newStore();
    const objects = new Map<string, StoredObject>();
    for (const [index, key] of keys.entries()) {
      objects.set(key, await put(store, key, Buffer.alloc(index * 400_000, key)));
    }
    const again = new S3Store(folder);
    expect(again.bucket("bucket")).toMatchObject({ name: "bucket", region: "eu-west-1", createdAt: 5 });
    expect(again.bucket("bucket").objects).toEqual(objects);
    for (const [index, key] of keys.entries()) {
      expect(Buffer.compare(await read(again, key), Buffer.alloc(index * 400_000, key))).toBe(0);
    }
    expect(files("temporary")).toEqual([]);
  });

  it.each([10, 3_000_000])("leaves nothing behind of a body of %i bytes that is refused", async (size) => {
    const store = newStore();
    await put(store, "key", Buffer.from("first"));
    const refuse = () => {
      throw new Error("refused");
    };
    await expect(put(store, "key", Buffer.alloc(size), refuse)).rejects.toThrow("refused");
    expect((await read(store, "key")).toString()).toBe("first");
    expect(files("temporary")).toEqual([]);
  });

  it("gives a reader the bytes it opened, whatever is written or deleted meanwhile", async () => {
    const store = newStore();
    await put(store, "key", Buffer.from("first"));
    const first = store.openObject("bucket", "key");
    await put(store, "key", Buffer.from("second"));
    const second = store.openObject("bucket", "key");
    store.deleteObject("bucket", "key", () => {});
    const text = async (descriptor: number, length: number) =>
      Buffer.from((await objectStream(descriptor, 0, length).getReader().read()).value!).toString();
    expect([await text(first, 5), await text(second, 6)]).toEqual(["first", "second"]);
    expect(new S3Store(folder).bucket("bucket").objects.size).toBe(0);
  });

  it("passes over what a crash or a stranger left: half files, foreign files, temporary files", async () => {
    const store = newStore();
    await put(store, "whole", Buffer.from("whole"));
    await put(store, "damaged", Buffer.from("damaged"));
    const damaged = files("buckets").find((file) => {
      return file.name !== "bucket.json";
    })!;
    const kept = [...store.bucket("bucket").objects.keys()];
    truncateSync(join(damaged.parentPath, damaged.name), 20);
    writeFileSync(join(folder, "buckets/bucket/objects/foreign"), "not ours");
    writeFileSync(join(folder, "buckets/bucket/objects/foreign.7"), "not ours");
    writeFileSync(join(folder, "temporary/half"), "half");
    const again = new S3Store(folder);
    expect(kept).toHaveLength(2);
    expect(again.bucket("bucket").objects.size).toBe(1);
    expect(files("temporary")).toEqual([]);
  });

  it("takes the newer of two files of a key, where a crash left both", async () => {
    const store = newStore();
    await put(store, "key", Buffer.from("older"));
    const [older] = files("buckets").filter(({ name }) => name !== "bucket.json");
    const aside = join(folder, "aside");
    copyFileSync(join(older!.parentPath, older!.name), aside);
    await put(store, "key", Buffer.from("newer"));
    copyFileSync(aside, join(older!.parentPath, older!.name));
    const again = new S3Store(folder);
    expect((await read(again, "key")).toString()).toBe("newer");
    await put(again, "key", Buffer.from("newest"));
    expect((await read(new S3Store(folder), "key")).toString()).toBe("newest");
    expect(files("buckets")).toHaveLength(2);
  });

  it("keeps a bucket that holds objects, and forgets a deleted one", async () => {
    const store = newStore();
    await put(store, "key", Buffer.from("x"));
    expect(() => store.deleteBucket("bucket")).toThrow(expect.objectContaining({ code: "BucketNotEmpty" }));
    store.deleteObject("bucket", "key", () => {});
    store.deleteBucket("bucket");
    expect(() => store.bucket("bucket")).toThrow(expect.objectContaining({ code: "NoSuchBucket" }));
    expect(new S3Store(folder).buckets.size).toBe(0);
  });
});
