/** `3 x m5.xlarge` for each kind, in the order they are first met: a cluster may have 48 task groups of one type. */
export function instanceCounts<Group>(
  groups: readonly Group[],
  kind: (group: Group) => string,
  count: (group: Group) => number,
): string[] {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(kind(group), (counts.get(kind(group)) ?? 0) + count(group));
  return [...counts].map(([name, total]) => `${total} x ${name}`);
}
