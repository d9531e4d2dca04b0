import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { Hono } from "hono";
import { z } from "zod";
import type { LocalClock } from "../../clock";
import type { EmrState } from "../emrState";
import type { Engine } from "../engine";
import { EmrError } from "../errors";
import { changedSettings, emrSettingsSchema } from "../settings";
import type { Wire } from "../wire";
import { seedCluster, seedSchema } from "./seedCluster";

/** What the admin calls act on. */
export interface EmrAdminParts {
  readonly state: EmrState;
  readonly clock: LocalClock;
  readonly engine: Engine;
}

const endingSchema = z.strictObject({
  /** As in a cluster's StateChangeReason. Only USER_REQUEST and ALL_STEPS_COMPLETED leave TERMINATED. */
  code: z
    .enum([
      "INTERNAL_ERROR",
      "VALIDATION_ERROR",
      "INSTANCE_FAILURE",
      "INSTANCE_FLEET_TIMEOUT",
      "BOOTSTRAP_FAILURE",
      "USER_REQUEST",
      "STEP_FAILURE",
      "ALL_STEPS_COMPLETED",
    ])
    .default("INSTANCE_FAILURE"),
  message: z.string().default("The master node was terminated."),
  errorDetails: z.array(z.looseObject({ ErrorCode: z.string() })).optional(),
});

const outcomeSchema = z.strictObject({
  state: z.enum(["COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED"]),
  failure: z
    .strictObject({
      reason: z.string().optional(),
      message: z.string().optional(),
      logFile: z.string().optional(),
    })
    .optional(),
});

/**
 * `/_local/emr/…`, on loopback, for tests and people:
 *
 * - `GET  settings`, `POST settings` (fields of `EmrSettings`)
 * - `POST clusters`: makes clusters at once, in a given state (`seedCluster.ts`); answers their ids
 * - `POST clusters/<id>/end` `{ code?, message?, errorDetails? }`: the cluster ends as by itself
 * - `POST clusters/<id>/steps/<id>/outcome` `{ state, failure? }`: a running step ends so
 */
export function emrAdmin({ state, clock, engine }: EmrAdminParts): (request: Request) => Promise<Response> {
  const app = new Hono().basePath("/_local/emr");
  app.get("/settings", (context) => context.json(state.settings));
  app.post("/settings", async (context) => {
    const change = emrSettingsSchema.partial().parse(await context.req.json());
    state.changeSettings(changedSettings(state.settings, change));
    return context.json(state.settings);
  });
  app.post("/clusters", async (context) => {
    const seeds = z.array(seedSchema).parse(await context.req.json());
    state.advanceAll(clock.now());
    const clusters = seeds.map((seed) =>
      state.commit(seedCluster({ ...seed, input: seed.input as Wire<RunJobFlowInput> }, state, clock.now())),
    );
    return context.json({ clusterIds: clusters.map((cluster) => cluster.clusterId) });
  });
  app.post("/clusters/:clusterId/end", async (context) => {
    const ending = endingSchema.parse(await context.req.json());
    state.advanceAll(clock.now());
    const cluster = state.peek(context.req.param("clusterId"));
    if (cluster === undefined) return context.json({ message: "No such cluster." }, 404);
    const ended = state.apply(cluster, { type: "terminate", ending }, clock.now());
    return context.json({ state: ended.lifecycle.state });
  });
  app.post("/clusters/:clusterId/steps/:stepId/outcome", async (context) => {
    const outcome = outcomeSchema.parse(await context.req.json());
    state.advanceAll(clock.now());
    const { clusterId, stepId } = context.req.param();
    engine.endStep(clusterId, stepId, outcome);
    const step = state.peek(clusterId)?.steps.find((candidate) => candidate.stepId === stepId);
    if (step === undefined) return context.json({ message: "No such step." }, 404);
    return context.json({ state: step.state });
  });
  app.onError((error, context) => {
    if (error instanceof z.ZodError) return context.json({ message: z.prettifyError(error) }, 400);
    if (error instanceof EmrError) return context.json({ code: error.type, message: error.message }, 400);
    throw error;
  });
  return async (request) => app.fetch(request);
}
