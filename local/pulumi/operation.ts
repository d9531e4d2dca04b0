import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { endChild, type NodeChild } from "./childProcess";
import { deleteAll } from "./deletion";
import { Deployment } from "./deployment";
import { DeploymentStopped } from "./deploymentStopped";
import type { Display } from "./display";
import { DynamicProvider } from "./dynamicProvider";
import { engineService } from "./engineService";
import type { OperationKind, OperationResult } from "./events";
import type { StackIdentity } from "./goal";
import { listenOnLoopback, newServer } from "./grpcSupport";
import { monitorService } from "./monitorService";
import { PolicyPack } from "./policyPack";
import type { Project } from "./project";
import type { PropertyMap } from "./propertyValues";
import { Providers } from "./providers";
import { refreshAll } from "./refresh";
import { type SdkProcessOptions, startDynamicProvider, startPolicyPack, startProgram } from "./sdkProcesses";
import { SnapshotRecorder } from "./snapshotRecorder";
import { providerUrn, type Snapshot } from "./state";

/** What one operation needs. */
export interface OperationOptions {
  readonly kind: OperationKind;
  readonly project: Project;
  readonly identity: StackIdentity;
  readonly config: PropertyMap;
  readonly environment: NodeJS.ProcessEnv;
  readonly parallel: number;
  readonly policyPacks: readonly string[];
  readonly policyConfig: PropertyMap;
  /** Changed while the operation runs: give it a copy. */
  readonly snapshot: Snapshot;
  readonly save: (snapshot: Snapshot) => Promise<void>;
  readonly createDisplay: (packs: readonly string[]) => Display;
  /** First abort: no new step; second: the provider is ended too. */
  readonly cancelled: AbortSignal;
  readonly killed: AbortSignal;
}

/** A provider gets this long after SIGINT, as from the engine. */
const providerGraceMilliseconds = 5_000;

/** Runs one operation from its first process to its last, and leaves none behind. */
export async function runOperation(options: OperationOptions): Promise<OperationResult> {
  const { kind, cancelled, killed } = options;
  const server = newServer();
  const children = new Set<NodeChild>();
  const startChild = (child: NodeChild): NodeChild => {
    children.add(child);
    child.exited.then(() => children.delete(child));
    return child;
  };
  let display: Display | undefined;
  const packs: PolicyPack[] = [];
  let provider: Promise<DynamicProvider> | undefined;
  let providerChild: NodeChild | undefined;
  const endProvider = () => providerChild && void endChild(providerChild, providerGraceMilliseconds);
  killed.addEventListener("abort", endProvider);
  try {
    const events = delayed(() => display);
    const processes = (address: string): SdkProcessOptions => ({
      ...options,
      events: events.events,
      address,
      dryRun: kind === "preview",
    });
    let deployment: Deployment | undefined;
    server.addService(
      EngineService,
      engineService(events.events, () => {
        if (deployment) deployment.failed = true;
      }),
    );
    const recorder = new SnapshotRecorder(
      options.snapshot,
      kind === "preview" ? async () => undefined : options.save,
    );
    let address = "";
    const providers = new Providers(() => {
      providerChild = startChild(startDynamicProvider(processes(address)));
      provider = DynamicProvider.connect(providerChild, options.config);
      return provider;
    });
    deployment = new Deployment({
      ...options,
      dryRun: kind === "preview",
      base: options.snapshot,
      recorder,
      providers,
      policies: packs,
      events: events.events,
      cancelled,
    });
    server.addService(ResourceMonitorService, monitorService(deployment));
    address = await listenOnLoopback(server);
    if (kind === "preview" || kind === "update") {
      const started = options.policyPacks.map((folder) =>
        startChild(startPolicyPack(processes(address), folder)),
      );
      for (const child of started) packs.push(await PolicyPack.connect(child, options.policyConfig));
    }
    display = options.createDisplay(packs.map((pack) => pack.label));
    events.flush();
    const previous = deployment.previousOutputs;
    const succeeded = await run(deployment, recorder, options, () =>
      startChild(startProgram(processes(address))),
    );
    const outputs = kind === "destroy" ? undefined : (deployment.rootStack?.outputs ?? previous);
    return display.finish(succeeded, outputs, previous);
  } finally {
    killed.removeEventListener("abort", endProvider);
    // What no step needs any more is ended at once: nothing in it is worth waiting for.
    await Promise.all([...children].map((child) => endChild(child)));
    server.forceShutdown();
  }
}

async function run(
  deployment: Deployment,
  recorder: SnapshotRecorder,
  options: OperationOptions,
  start: () => NodeChild,
): Promise<boolean> {
  const { kind, snapshot, cancelled } = options;
  const { events } = deployment.context;
  if (snapshot.pendingOperations.length > 0 && (kind === "update" || kind === "refresh"))
    warnOfPending(deployment);
  try {
    if (kind === "refresh") {
      recorder.clearInterrupted();
      const succeeded = await refreshAll(deployment.context);
      recorder.dropEmptyDependencies();
      await recorder.changed();
      return succeeded;
    }
    if (kind === "destroy") {
      recorder.clearInterrupted();
      await deleteAll(deployment, [...snapshot.resources]);
      await recorder.changed();
      return !deployment.failed;
    }
    await runProgram(deployment, start, cancelled);
    if (deployment.stopped || cancelled.aborted) return false;
    if (!deployment.failed || kind === "preview") {
      await deleteAll(deployment, recorder.unregistered());
      await analyzeStack(deployment);
    }
    return !deployment.failed;
  } catch (error) {
    if (!(error instanceof DeploymentStopped))
      events.log("error", (error as Error).message, undefined, false);
    return false;
  } finally {
    await deployment.settled();
    await keepOutputs(deployment);
    if (cancelled.aborted) events.log("error", `${kind} was cancelled`, undefined, false);
  }
}

/** Runs the program to its end, or, once a step has failed, until the steps under way have ended. */
async function runProgram(
  deployment: Deployment,
  start: () => NodeChild,
  cancelled: AbortSignal,
): Promise<void> {
  const { events } = deployment.context;
  const program = start();
  const stop = () => program.kill("SIGKILL");
  cancelled.addEventListener("abort", stop);
  deployment.onStopped(stop);
  const code = await program.exited;
  cancelled.removeEventListener("abort", stop);
  await deployment.settled();
  if (code !== 0 && !deployment.stopped && !cancelled.aborted) {
    // 32: the SDK has shown the error itself (`nodeJSProcessExitedAfterLoggingUserActionableMessage`).
    if (code !== 32) events.log("error", `the program ended with exit code ${code}`, undefined, false);
    deployment.failed = true;
  }
}

/** An output that is missing after a failure need not be gone. */
async function keepOutputs(deployment: Deployment): Promise<void> {
  const stack = deployment.rootStack;
  const before = deployment.previousOutputs;
  if (stack === undefined || !deployment.failed || Object.keys(before).length === 0) return;
  await deployment.registerOutputs(stack.urn, { ...before, ...stack.outputs });
}

async function analyzeStack(deployment: Deployment): Promise<void> {
  const { policies, events } = deployment.context;
  const stack = deployment.rootStack;
  if (policies.length === 0 || stack === undefined) return;
  const byUrn = new Map(deployment.resources.map((resource) => [resource.urn, resource]));
  const analyzed = deployment.resources.map((state) => ({
    state,
    provider: state.provider ? byUrn.get(providerUrn(state.provider)) : undefined,
  }));
  for (const pack of policies) {
    for (const violation of await pack.analyzeStack(analyzed, stack.urn)) {
      events.policyViolation(violation);
      if (violation.level === "mandatory") deployment.failed = true;
    }
  }
}

function warnOfPending(deployment: Deployment): void {
  const { events, base } = deployment.context;
  const lines = base.pendingOperations.map(
    ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`,
  );
  events.log(
    "warning",
    `an earlier run was interrupted with ${lines.length} pending operations:\n${lines.join("\n")}\n` +
      "What was being created is created again by the next update; its provider has to find what is already there.",
    undefined,
    false,
  );
}

/** Events that come before there is a display (a policy pack that talks while it starts) wait for it. */
function delayed(display: () => Display | undefined) {
  const waiting: (() => void)[] = [];
  const events = new Proxy({} as Display, {
    get:
      (_target, name: keyof Display) =>
      (...args: unknown[]) => {
        const send = () => (display()![name] as (...args: unknown[]) => unknown)(...args);
        if (display() === undefined) waiting.push(send);
        else send();
      },
  });
  return { events, flush: () => waiting.splice(0).forEach((send) => void send()) };
}
