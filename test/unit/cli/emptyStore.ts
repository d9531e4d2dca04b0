import { dryRunStore } from "../../../provider/cli/dryRun";
import type { ObjectStore } from "../../../provider/ports";

/** A store that never had anything, at a time that stands still. */
export function emptyStore(serverTime: Date): ObjectStore {
  return {
    get: async () => ({ found: false, serverTime }),
    put: () => Promise.reject(new Error("nothing is written to what lies below a dry run")),
    list: async () => [],
  };
}

/** An empty store that keeps what is written: the one of dry runs, over nothing. */
export function memoryStore(serverTime: Date): ObjectStore {
  return dryRunStore(emptyStore(serverTime));
}
