import { randomUUID } from "node:crypto";
import type { InjectedError } from "../faults";
import type { LocalService, LocalServiceContext } from "../service";
import { readSignature } from "../signature";
import { StepProcesses } from "../steps/stepProcesses";
import { emrAdmin } from "./admin/emrAdmin";
import { EmrState } from "./emrState";
import { Engine } from "./engine";
import type { EmrErrorType } from "./errors";
import { EmrError } from "./errors";
import { operations } from "./operations";
import { errorResponse, jsonResponse, operationName, resourceOf } from "./protocol";
import type { EmrSettingsChange } from "./settings";
import { changedSettings, defaultEmrSettings } from "./settings";
import { SignatureAgeCheck } from "./signatureAge";
import { Throttle } from "./throttle";

/** Options of {@link createEmr} besides what every local service gets. */
export interface EmrOptions extends LocalServiceContext {
  /** Settings that differ from the defaults; an admin call changes them later. */
  readonly settings?: EmrSettingsChange;
}

/**
 * The local EMR: clusters go through EMR's states in seconds, their steps run as processes of this machine.
 * State is kept in `dataDir` and survives a restart; step processes go on when the server is killed and are found
 * again, but are ended by `close`.
 */
export function createEmr(options: EmrOptions): LocalService {
  const { accountId, clock, faults } = options;
  const state = new EmrState(
    options.dataDir,
    accountId,
    changedSettings(defaultEmrSettings(), options.settings ?? {}),
  );
  const processes = new StepProcesses({ dataDir: options.dataDir, endpoint: options.endpoint });
  const engine = new Engine(state, clock, processes);
  const throttle = new Throttle();

  async function fetch(request: Request): Promise<Response> {
    const requestId = randomUUID();
    const name = operationName(request);
    const signature = readSignature(request.headers, new URL(request.url).searchParams);
    const region = signature?.region ?? "us-east-1";
    const age = new SignatureAgeCheck(signature, clock);
    const input = parse(await request.text());
    const refuse = (error: InjectedError) =>
      new Response(JSON.stringify({ __type: error.code, message: error.message, Message: error.message }), {
        status: error.status,
        headers: errorResponse(new EmrError(error.code as EmrErrorType, error.message), requestId).headers,
      });
    const apply = async () => {
      try {
        age.check(state.settings.signatureMaxAgeSeconds);
        if (state.settings.throttling) throttle.take(region, name, clock.now());
        const operation = operations.get(name);
        if (operation === undefined)
          throw new EmrError(
            "UnknownOperationException",
            `The local EMR has no operation ${name || "(none)"}.`,
          );
        if (input === undefined)
          throw new EmrError("SerializationException", "The request body is not JSON.");
        state.advanceAll(clock.now());
        return jsonResponse(operation.handle(input, { state, region, now: clock.now() }), requestId);
      } catch (error) {
        if (error instanceof EmrError) return errorResponse(error, requestId);
        throw error;
      }
    };
    const call = { service: "emr" as const, operation: name, resource: resourceOf(input), requestId };
    return faults.run({ ...call, details: callDetails(input) }, apply, refuse);
  }

  return {
    fetch,
    admin: emrAdmin({ state, clock, engine }),
    close: () => engine.close(),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body || "{}");
  } catch {
    return undefined;
  }
}

/** What the call log should count: steps added, and under which names. */
function callDetails(input: unknown): Record<string, unknown> | undefined {
  const steps = (input as { Steps?: unknown } | undefined)?.Steps;
  return Array.isArray(steps) ? { steps: steps.length } : undefined;
}
