import { PooledEmrError } from "../errors";

/**
 * Keys of the protocol's objects, relative to the store. `v1` is the schema: a later one lives beside it.
 * Nothing under it is ever deleted: a name that can be created twice can be won twice.
 */
export const keys = {
  probe: (id: string) => `v1/probe/${segment(id)}.json`,
  pool: (name: string) => `v1/pool/${segment(name)}/pool.json`,
  entry: (name: string, poolId: string, entryId: string) =>
    `v1/pool/${segment(name)}/${segment(poolId)}/c/${segment(entryId)}.json`,
  launch: (name: string, poolId: string, entryId: string) =>
    `v1/pool/${segment(name)}/${segment(poolId)}/launch/${segment(entryId)}.json`,
  turn: (name: string, poolId: string, entryId: string) =>
    `v1/pool/${segment(name)}/${segment(poolId)}/turn/${segment(entryId)}.json`,
  clustersView: (name: string, poolId: string) =>
    `v1/pool/${segment(name)}/${segment(poolId)}/view/clusters.json`,
  sweepView: (name: string, poolId: string) => `v1/pool/${segment(name)}/${segment(poolId)}/view/sweep.json`,
  job: (key: string) => `v1/job/${segment(key)}.json`,
  steps: (key: string, spec: string) => `v1/job/${segment(key)}.${segment(spec)}.steps.json`,
};

/** One path segment as it is, or an error: a name from a user must not leave the prefix. */
function segment(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text) && !/^\.+$/.test(text)) return text;
  throw new PooledEmrError("INVALID_INPUT", {
    subject: "A name used in the pool's store",
    problem: "can't be part of an object's key",
    got: text,
    allowed: "1 to 64 of A-Z a-z 0-9 . _ -, not only dots",
  });
}
