import { ensureTool, type ToolState } from "./installer";
import { tools } from "./servers";

/** Installs every tool, each on its own, and says what came of it. Never rejects. */
export function ensureTools(): Promise<ToolState[]> {
  return Promise.all(tools.map(ensureTool));
}

if (require.main === module) {
  void ensureTools().then((states) => {
    for (const state of states) {
      const outcome = "skipped" in state ? `skipped: ${state.skipped}` : state.folder;
      console.log(`${state.name} ${state.version}  ${state.seconds} s  ${outcome}`);
    }
  });
}
