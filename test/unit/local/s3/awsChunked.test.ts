import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAwsChunked } from "../../../../local/s3/awsChunked";

async function decode(pieces: readonly Uint8Array[]) {
  const trailers = new Map<string, string>();
  const chunks: Uint8Array[] = [];
  const source = (async function* () {
    yield* pieces;
  })();
  for await (const chunk of decodeAwsChunked(source, trailers)) {
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks), trailers: Object.fromEntries(trailers) };
}

/** Cuts bytes at the given places, wherever that falls. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

describe("decodeAwsChunked", () => {
  it("gives back what was encoded, however the network cuts it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 5 }),
        fc.array(fc.nat(2000), { maxLength: 30 }),
        fc.boolean(),
        async (chunks, places, isSigned) => {
          const signature = isSigned ? `;chunk-signature=${"a".repeat(64)}` : "";
          const encoded = Buffer.concat([
            ...chunks.flatMap((chunk) => [
              Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
              Buffer.from(chunk),
              Buffer.from("\r\n"),
            ]),
            Buffer.from(`0${signature}\r\nX-Amz-Checksum-CRC32: AAAAAA==\r\n\r\n`),
          ]);
          const { body, trailers } = await decode(cut(encoded, places));
          expect(Buffer.compare(body, Buffer.concat(chunks))).toBe(0);
          expect(trailers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
        },
      ),
    );
  });

  it.each([
    ["", "nothing at all"],
    ["5\r\nhello\r\n", "no last chunk"],
    ["5\r\nhel", "an end inside a chunk"],
    ["5\r\nhello world\r\n0\r\n\r\n", "a chunk longer than its size"],
    ["hello\r\n", "no size"],
    ["-5\r\nhello\r\n0\r\n\r\n", "a negative size"],
    [`${"1".repeat(20_000)}`, "a line without an end"],
  ])("refuses %j: %s", async (text) => {
    await expect(decode([Buffer.from(text)])).rejects.toMatchObject({ code: "IncompleteBody", status: 400 });
  });

  it("takes a body without trailers, as older SDKs send it", async () => {
    expect(await decode([Buffer.from("2;chunk-signature=x\r\nok\r\n0;chunk-signature=y\r\n\r\n")])).toEqual({
      body: Buffer.from("ok"),
      trailers: {},
    });
  });
});
