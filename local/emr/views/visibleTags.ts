import type { ClusterRecord } from "../model";

/** The tags as of `at`: of several values of a key the last one set, unless it was removed. */
export function visibleTags(cluster: ClusterRecord, at: number): { Key: string; Value: string }[] {
  const tags = new Map<string, string>();
  for (const tag of cluster.tags) {
    if (tag.at > at) continue;
    if (tag.removedAt !== undefined && tag.removedAt <= at) tags.delete(tag.key);
    else tags.set(tag.key, tag.value);
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
