import { ensureTool, type Tool, type ToolState } from "./installer";
import { tools } from "./servers";

/** Installs every tool and `others`, each on its own, and says what came of it. Never rejects. */
export function ensureTools(others: readonly Tool[] = []): Promise<ToolState[]> {
  return Promise.all([...tools, ...others].map(ensureTool));
}

if (require.main === module) {
  void ensureTools().then((states) => {
    for (const state of states) {
      const outcome = "skipped" in state ? `skipped: ${state.skipped}` : state.folder;
      console.log(`${state.name} ${state.version}  ${state.seconds} s  ${outcome}`);
    }
  });
}
