import type { Emr, ObjectStore, StoredObject, WriteOutcome } from "../ports";

interface Written {
  readonly body: string;
  readonly etag: string;
  readonly lastModified: Date;
}

/**
 * The store as it is, with all writes kept in memory, under the same conditions: what is run on it does what it
 * would do, and nobody else sees it.
 */
export function dryRunStore(store: ObjectStore): ObjectStore {
  const written = new Map<string, Written>();
  let writes = 0;

  async function get(key: string): Promise<StoredObject> {
    const mine = written.get(key);
    const stored = await store.get(key);
    return mine === undefined ? stored : { found: true, ...mine, serverTime: stored.serverTime };
  }

  return {
    get,
    async put(key, body, condition): Promise<WriteOutcome> {
      const before = written.get(key);
      const current = await get(key);
      // Another write may have come while the store was asked: of two with one ETag only one may win.
      const isUnchanged = written.get(key) === before;
      const holds = "absent" in condition ? !current.found : current.found && current.etag === condition.etag;
      if (!holds || !isUnchanged) return { outcome: "refused", status: 412, serverTime: current.serverTime };
      writes += 1;
      const etag = `"dry-run-${writes}"`;
      written.set(key, { body, etag, lastModified: current.serverTime });
      return { outcome: "written", etag, serverTime: current.serverTime };
    },
    async list(prefix) {
      const mine = [...written.keys()].filter((key) => key.startsWith(prefix));
      return [...new Set([...(await store.list(prefix)), ...mine])].sort();
    },
  };
}

/** EMR that is read but not changed: what would be sent is told instead. */
export function dryRunEmr(emr: Emr, tell: (line: string) => void): Emr {
  const notSent = (call: string) => {
    tell(`${call}`);
    return { outcome: "notSent" as const, reason: "dry run" };
  };
  return {
    ...emr,
    runJobFlow: async (input) => notSent(`launch cluster ${input.Name}`),
    addJobFlowSteps: async (input) =>
      notSent(`add ${input.Steps?.length ?? 0} steps to cluster ${input.JobFlowId}`),
    async cancelSteps(clusterId, stepIds) {
      tell(`cancel steps ${stepIds.join(", ")} of cluster ${clusterId}`);
      return stepIds.map((StepId) => ({ StepId, Status: "SUBMITTED" as const }));
    },
    async terminateCluster(clusterId) {
      tell(`terminate cluster ${clusterId}`);
    },
  };
}
