/**
 * The second Ctrl-C: the engine sends the provider's process SIGINT and kills it 5 s later (measured; design page
 * pulumi.md, 1.5). Whoever works here then stops between two requests and lets go of what it can; the journal says
 * the rest to the next `up`.
 */
const working = new Set<AbortController>();
let listening = false;

/** A signal that is aborted when the process is interrupted; `dispose` when the work is done. */
export function onInterrupt(): { signal: AbortSignal; dispose: () => void } {
  if (!listening) process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  listening = true;
  const controller = new AbortController();
  working.add(controller);
  return { signal: controller.signal, dispose: () => void working.delete(controller) };
}

const longestCleanUpMilliseconds = 4_000;

function interrupt(): void {
  const reason = new Error(
    "interrupted; the job's journal is kept, and the next `pulumi up` continues from it",
  );
  for (const controller of working) controller.abort(reason);
  const started = Date.now();
  const leave = setInterval(() => {
    if (working.size === 0 || Date.now() - started > longestCleanUpMilliseconds) {
      clearInterval(leave);
      process.exit(130);
    }
  }, 50);
}
