import { appendFileSync } from "node:fs";
import { S3Files } from "./s3Files";
import type { StepContext } from "./stepContext";
import { logLine } from "./stepContext";
import { StepFailure } from "./stepFailure";
import { StepFolder } from "./stepFolder";
import { runStepKind } from "./stepKinds";
import { stepLogUri, uploadStepLogs } from "./stepLogs";
import type { StepProcessOutcome, StepRequest } from "./stepRequest";

/**
 * The process that leads a step's process group: `runStep <folder>`. Runs the step that `step.json` in the folder
 * describes, uploads its logs and, last of all, writes `outcome.json`.
 */
async function runStep(folder: StepFolder): Promise<void> {
  const request = folder.request;
  if (request === undefined) throw new Error(`There is no step.json in ${folder.path}`);
  const cancelled = new AbortController();
  // SEND_INTERRUPT reaches the whole group. This process outlives the others to say how it ended.
  process.on("SIGINT", () => cancelled.abort());
  const environment = process.env;
  const s3 = new S3Files(environment);
  const context: StepContext = {
    request,
    folder,
    environment,
    s3,
    signal: cancelled.signal,
    controller: (line) => logLine(folder.log("controller"), line),
    syslog: (line) => logLine(folder.log("syslog"), line),
  };
  for (const name of ["controller", "syslog", "stdout", "stderr"] as const)
    appendFileSync(folder.log(name), "");
  const outcome = await outcomeOf(context);
  s3.close();
  try {
    await uploadStepLogs(folder, request, environment);
  } catch (error) {
    // EMR, too, lets a step end well whose logs can't be written.
    context.controller(`Logs could not be uploaded to ${request.logUri}: ${String(error)}`);
  }
  folder.outcome = outcome;
}

async function outcomeOf(context: StepContext): Promise<StepProcessOutcome> {
  const { request, controller } = context;
  controller(
    `startExec 'hadoop jar ${[request.jar, request.mainClass, ...request.args].filter(Boolean).join(" ")}'`,
  );
  controller(`Environment: EMR_STEP_ID=${request.stepId}`);
  const begun = Date.now();
  try {
    const exitCode = await runStepKind(context);
    controller(`waitProcessCompletion ended with exit code ${exitCode}`);
    controller(`total process run time: ${Math.round((Date.now() - begun) / 1000)} seconds`);
    if (context.signal.aborted) return { state: "CANCELLED" };
    if (exitCode === 0) return { state: "COMPLETED" };
    return failed(request, "Unknown Error.", `exit code ${exitCode}`);
  } catch (error) {
    if (context.signal.aborted) return { state: "CANCELLED" };
    const { reason, message } = explained(error);
    appendFileSync(context.folder.log("stderr"), `${message}\n`);
    controller(`Step failed: ${message}`);
    return failed(request, reason, message);
  }
}

function explained(error: unknown): { reason: string; message: string } {
  if (error instanceof StepFailure) return { reason: error.reason, message: error.message };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { reason: "Unknown Error.", message };
}

/** EMR names the file to look at, and what it read in it. */
function failed(request: StepRequest, reason: string, message: string): StepProcessOutcome {
  const logFile = stepLogUri(request, "stderr");
  return { state: "FAILED", failure: { reason, message, ...(logFile === undefined ? {} : { logFile }) } };
}

if (require.main === module) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("Usage: runStep <folder>");
  // Tasks of a job that has failed may still run; the server ends them with the group.
  runStep(new StepFolder(folder))
    .catch((error) => console.error(error))
    .finally(() => process.exit());
}
