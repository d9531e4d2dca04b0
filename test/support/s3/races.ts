import { setTimeout as delay } from "node:timers/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { etag, newBucket, outcomeOf } from "./s3TestClient";

/**
 * Races between conditional requests. Each returns what went wrong, in words, and an empty list if nothing did: so
 * that the same race shows both that a store holds and that another does not.
 */
export type Race = (client: S3Client, rounds: number) => Promise<string[]>;

const writers = 32;

const each = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

/** 32 writers create one key: exactly one wins, and its bytes are there. */
export const createRace: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const Key = `create-${round}`;
    const bodies = await each(writers, async (index) => `writer ${index} of round ${round}`);
    const outcomes = await each(writers, (index) =>
      outcomeOf(client.send(new PutObjectCommand({ Bucket, Key, Body: bodies[index], IfNoneMatch: "*" }))),
    );
    problems.push(...(await judge(client, Bucket, Key, bodies, outcomes)));
  }
  return problems;
};

/** 32 writers replace one version of a key: exactly one wins, and its bytes are there. */
export const replaceRace: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const Key = "replaced";
  const problems: string[] = [];
  let current = (await client.send(new PutObjectCommand({ Bucket, Key, Body: "first" }))).ETag;
  for (let round = 0; round < rounds; round++) {
    const bodies = await each(writers, async (index) => `writer ${index} of round ${round}`);
    const outcomes = await each(writers, (index) =>
      outcomeOf(client.send(new PutObjectCommand({ Bucket, Key, Body: bodies[index], IfMatch: current }))),
    );
    problems.push(...(await judge(client, Bucket, Key, bodies, outcomes)));
    current = (await client.send(new HeadObjectCommand({ Bucket, Key }))).ETag;
  }
  return problems;
};

/** 32 callers delete one version of a key: one succeeds, the others are told that it is gone. */
export const deleteRace: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const Key = `deleted-${round}`;
    const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const outcomes = await each(writers, () =>
      outcomeOf(client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: ETag }))),
    );
    const won = outcomes.filter(({ status }) => status === 204).length;
    if (won !== 1) {
      problems.push(`${Key}: ${won} of ${writers} deletes succeeded`);
    }
  }
  return problems;
};

/** 8 multipart uploads are completed to one new key: exactly one wins. */
export const completeRace: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const Key = `completed-${round}`;
    const uploads = await each(8, async (index) => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const part = { Bucket, Key, UploadId, PartNumber: 1 };
      const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: `upload ${index}` }));
      return { UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    });
    const outcomes = await each(8, (index) =>
      outcomeOf(
        client.send(
          new CompleteMultipartUploadCommand({ Bucket, Key, ...uploads[index]!, IfNoneMatch: "*" }),
        ),
      ),
    );
    const won = outcomes.filter(({ status }) => status === 200).length;
    if (won !== 1) {
      problems.push(`${Key}: ${won} of 8 completions succeeded`);
    }
  }
  return problems;
};

/** 16 workers add 1 to a counter 10 times each, by read, change and conditional write: it ends at 160. */
export const counterRace: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const Key = `counter-${round}`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: counterBody(0, "start") }));
    await each(16, async (worker) => {
      for (let step = 0; step < 10; step++) {
        await increment(client, Bucket, Key, `${worker}.${step}`);
      }
    });
    const end = await readCounter(client, Bucket, Key);
    if (end.count !== 160) {
      problems.push(`${Key} ended at ${end.count}, not at 160`);
    }
  }
  return problems;
};

async function increment(client: S3Client, Bucket: string, Key: string, who: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { count, ETag } = await readCounter(client, Bucket, Key);
    // The nonce keeps an ETag from ever coming back.
    const Body = counterBody(count + 1, `${who}.${attempt}`);
    const { status } = await outcomeOf(
      client.send(new PutObjectCommand({ Bucket, Key, Body, IfMatch: ETag })),
    );
    if (status === 200) {
      return;
    }
    if (status !== 412 && status !== 409) {
      throw new Error(`a conditional write was answered with ${status}`);
    }
    // Without it, most of the time is spent on writes that lose.
    await delay(Math.random() * 30);
  }
}

const counterBody = (count: number, nonce: string) => JSON.stringify({ count, nonce });

async function readCounter(client: S3Client, Bucket: string, Key: string) {
  const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return { count: JSON.parse(await Body!.transformToString()).count as number, ETag };
}

/** Readers during a race of writers always get bytes and ETag of one and the same write. */
export const readDuringWrites: Race = async (client, rounds) => {
  const Bucket = await newBucket(client);
  const Key = "read";
  const problems: string[] = [];
  const body = (text: string) => text.padEnd(100_000, text);
  await client.send(new PutObjectCommand({ Bucket, Key, Body: body("first ") }));
  for (let round = 0; round < rounds; round++) {
    await each(16, async (index) => {
      if (index % 2 === 0) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: body(`writer ${index}.${round} `) }));
        return;
      }
      const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
      if (etag(await Body!.transformToByteArray()) !== ETag) {
        problems.push(`round ${round}: bytes and ETag are of different writes`);
      }
    });
  }
  return problems;
};

async function judge(
  client: S3Client,
  Bucket: string,
  Key: string,
  bodies: readonly string[],
  outcomes: readonly { status: number }[],
): Promise<string[]> {
  const problems: string[] = [];
  const winners = outcomes.flatMap(({ status }, index) => (status === 200 ? [index] : []));
  const strange = outcomes.filter(({ status }) => ![200, 409, 412].includes(status));
  if (winners.length !== 1) {
    problems.push(`${Key}: ${winners.length} of ${outcomes.length} writers won`);
  }
  if (strange.length > 0) {
    problems.push(`${Key}: answers ${strange.map(({ status }) => status).join(", ")}`);
  }
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  const left = await Body!.transformToString();
  if (winners.length === 1 && left !== bodies[winners[0]!]) {
    problems.push(`${Key}: the bytes are those of ${JSON.stringify(left)}, which was told that it had lost`);
  }
  return problems;
}
