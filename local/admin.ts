import { Hono } from "hono";
import { prettifyError, ZodError, z } from "zod";
import type { CallLog } from "./callLog";
import type { LocalClock } from "./clock";
import type { Faults } from "./faults";

/** What the admin interface shows and changes. */
export interface AdminOptions {
  readonly clock: LocalClock;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Interfaces of the services, at `/_local/<name>/…`. */
  readonly services: Readonly<Record<string, ((request: Request) => Promise<Response>) | undefined>>;
}

const advanceSchema = z.strictObject({
  /** Milliseconds to move the clock forward. */
  advanceMs: z
    .number()
    .min(0)
    .max(10 * 366 * 86_400_000),
});

/**
 * The local server's own interface, below `/_local`, for the command line, the demonstration and tests:
 *
 * - `GET /_local/health`
 * - `GET /_local/clock`, `POST /_local/clock` with `{"advanceMs": 60000}`
 * - `GET`, `POST /_local/faults` with a rule (see `faultRuleSchema`), `DELETE /_local/faults[/<id>]`
 * - `GET /_local/calls?service=&operation=&after=`, `DELETE /_local/calls`
 */
export function createAdmin(options: AdminOptions): Hono {
  const { clock, faults, calls, services } = options;
  const app = new Hono().basePath("/_local");

  app.get("/health", (c) => c.json({ ok: true, pid: process.pid }));

  app.get("/clock", (c) => c.json(clockState(clock)));
  app.post("/clock", async (c) => {
    const { advanceMs } = advanceSchema.parse(await c.req.json());
    await clock.advance(advanceMs);
    return c.json(clockState(clock));
  });

  app.get("/faults", (c) => c.json(faults.list()));
  app.post("/faults", async (c) => c.json(faults.add(await c.req.json()), 201));
  app.delete("/faults", (c) => {
    faults.remove();
    return c.body(null, 204);
  });
  app.delete("/faults/:id", (c) => {
    faults.remove(c.req.param("id"));
    return c.body(null, 204);
  });

  app.get("/calls", (c) => {
    const { service, operation, after } = c.req.query();
    return c.json(calls.read({ service, operation, after: after === undefined ? undefined : Number(after) }));
  });
  app.delete("/calls", (c) => {
    calls.clear();
    return c.body(null, 204);
  });

  for (const [name, service] of Object.entries(services)) {
    if (service !== undefined) {
      app.all(`/${name}/*`, (c) => service(c.req.raw));
    }
  }

  app.onError((error, c) => {
    if (error instanceof ZodError) {
      return c.json({ error: prettifyError(error) }, 400);
    }
    if (error instanceof SyntaxError) {
      return c.json({ error: `the body is not JSON: ${error.message}` }, 400);
    }
    console.error(error);
    return c.json({ error: String(error) }, 500);
  });
  app.notFound((c) => c.json({ error: `no such admin path: ${c.req.method} ${c.req.path}` }, 404));
  return app;
}

function clockState(clock: LocalClock): object {
  return { now: clock.date().toISOString(), offsetMs: clock.offsetMs };
}
