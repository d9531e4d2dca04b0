import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JobRecord } from "../../../provider/lease/records";
import type { ProviderInputs, ProviderState } from "../../../provider/lifecycle/state";

/** A job as a released version left it: in the stack's state, and in the pool's store. */
export interface RecordedState {
  readonly schemaVersion: number;
  readonly id: string;
  readonly inputs: ProviderInputs;
  readonly outputs: ProviderState;
  readonly initErrors: readonly string[];
  readonly journal: JobRecord;
}

const folder = join(__dirname, "states");

/** By file name, `<schemaVersion>-<how the job stood>`. Never changed: a new shape gets files of its own. */
export const recordedStates = readdirSync(folder).map((file) => ({
  name: file.replace(/\.json$/, ""),
  recorded: JSON.parse(readFileSync(join(folder, file), "utf8")) as RecordedState,
}));
