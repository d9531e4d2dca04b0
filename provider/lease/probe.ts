import { PooledEmrError } from "../errors";
import type { WriteOutcome } from "../ports";
import { type CasContext, compareAndSet } from "./compareAndSet";
import { keys } from "./keys";

const writers = 16;

/**
 * Finds out whether the store honours conditional writes: create twice, write with a wrong ETag, and 16 writers
 * with one ETag at once. Run once per pool, by whoever creates its record. (locking.md 5.4)
 *
 * @throws PooledEmrError STORE_IGNORES_CONDITIONS, naming the test that failed.
 */
export async function probeStore(context: CasContext, where: string): Promise<void> {
  const { store, random } = context;
  const key = keys.probe(random.id(16));
  const body = (writer: number, nonce: string) => JSON.stringify({ v: 1, rev: writer, w: nonce, writer });
  const refuse = (test: string) =>
    new PooledEmrError("STORE_IGNORES_CONDITIONS", {
      subject: where,
      problem: `is not safe to keep a pool in: ${test}`,
      allowed: "a store with atomic If-None-Match and If-Match on PUT, such as Amazon S3",
    });

  const first = random.id(16);
  const created = await compareAndSet(context, key, { absent: true }, body(0, first), first);
  if (!created.won) throw refuse("a new object was there already");
  if (isWritten(await store.put(key, body(1, random.id(16)), { absent: true })))
    throw refuse("it wrote over an object although the request said If-None-Match: *");
  if (isWritten(await store.put(key, body(2, random.id(16)), { etag: '"0123456789abcdef0123456789abcdef"' })))
    throw refuse("it wrote over an object although the request's If-Match had another ETag");

  const answers = await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      store.put(key, body(writer, random.id(16)), { etag: created.etag }),
    ),
  );
  const winners = answers.filter(isWritten).length;
  // An answer lost on the way may have been the winner's: then nobody seems to have won, which proves nothing bad.
  if (winners > 1) throw refuse(`${winners} of ${writers} simultaneous writers with one ETag won`);
  const unknown = answers.filter((answer) => answer.outcome === "unknown").length;
  if (winners === 0 && unknown === 0) throw refuse(`none of ${writers} writers with the right ETag won`);
}

function isWritten(answer: WriteOutcome): boolean {
  return answer.outcome === "written";
}
