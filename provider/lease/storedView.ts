import type { ClusterSummary } from "@aws-sdk/client-emr";
import type { Clock, Random } from "../ports";
import type { ProtocolConstants } from "./constants";
import type { RecordStore } from "./recordStore";
import { type ViewRecord, viewKind } from "./records";

interface ViewContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly records: RecordStore;
  readonly constants: Pick<ProtocolConstants, "viewAge" | "answerWithin">;
}

/**
 * A listing of clusters that all processes of a pool share through the store, at most `viewAge` old: one of them asks
 * EMR, the others wait for its answer. For pace only: nothing that must be safe relies on it.
 */
export async function storedView(
  context: ViewContext,
  key: string,
  ask: () => Promise<ClusterSummary[]>,
): Promise<ClusterSummary[]> {
  const { clock, random, records, constants } = context;
  const n = random.id(16);
  for (;;) {
    const { changed, record } = await records.update<ViewRecord>(viewKind, key, (current, now) => {
      if (isFresh(current, now, constants.viewAge)) return undefined;
      if (current?.refreshing && Date.parse(current.refreshing.until) > now.getTime()) return undefined;
      const until = new Date(now.getTime() + constants.answerWithin).toISOString();
      return { ...current, refreshing: { n, until, since: now.toISOString() } };
    });
    if (changed) return refresh(records, key, n, ask);
    // Not changed: it was fresh at the moment it was read, or somebody is asking.
    if (record?.refreshing === undefined) return revived(record!);
    await clock.sleep((0.02 + random.next() * 0.04) * constants.viewAge);
  }
}

async function refresh(
  records: RecordStore,
  key: string,
  n: string,
  ask: () => Promise<ClusterSummary[]>,
): Promise<ClusterSummary[]> {
  const finish = (data: ClusterSummary[] | undefined) =>
    records.update<ViewRecord>(viewKind, key, (current) => {
      if (current?.refreshing?.n !== n) return undefined;
      // The age counts from before the listing was begun.
      return data === undefined
        ? { at: current.at, data: current.data }
        : { at: current.refreshing.since, data };
    });
  try {
    const summaries = await ask();
    await finish(summaries);
    return summaries;
  } catch (error) {
    await finish(undefined);
    throw error;
  }
}

function isFresh(view: ViewRecord | undefined, now: Date, age: number): boolean {
  return (
    view?.at !== undefined && view.refreshing === undefined && now.getTime() - Date.parse(view.at) <= age
  );
}

/** JSON has no dates. */
function revived(view: ViewRecord): ClusterSummary[] {
  return (view.data as ClusterSummary[]).map((summary) => {
    const timeline = Object.entries(summary.Status?.Timeline ?? {}).map(([name, text]) => [
      name,
      new Date(text),
    ]);
    return { ...summary, Status: { ...summary.Status, Timeline: Object.fromEntries(timeline) } };
  });
}
