import type { Progress } from "../lease/types";
import { logToEngine } from "./engineLog";

/** Lines that must stay readable after the operation; the others are replaced by the next one. */
const lasting = new Set<Progress["kind"]>(["fenced"]);

/** Shows what a placement is doing on the job's own row. */
export function showProgress(urn: string | undefined, { kind, message }: Progress): void {
  const warning = message.startsWith("WARNING");
  logToEngine(urn, warning ? "warning" : lasting.has(kind) ? "info" : "status", message);
}
