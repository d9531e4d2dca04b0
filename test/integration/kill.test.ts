import { Semaphore } from "async-mutex";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProgramArgument } from "../support/lease/jobProgram";
import { LeaseWorld, quickConstants } from "../support/lease/leaseWorld";
import { runProgram, startProgram } from "../support/lease/programs";
import { type ProgramLine, type ProgramRequest, runJobs } from "../support/lease/runJobs";

/**
 * Real processes, killed after each request they send and at random, stopped for longer than the fence, with answers
 * lost and services restarted; then the same operation again. What counts is what EMR holds at the end.
 */
const long = process.env.POOLED_EMR_LONG_TESTS !== undefined;
const rounds = long ? 200 : 20;
/** A read changes nothing: to be killed after it is to be killed after the write before it. */
const writes = new Set(["put", "runJobFlow", "addJobFlowSteps", "cancelSteps", "terminateCluster"]);
const atOnce = new Semaphore(3);

let world: LeaseWorld;
let unused = 0;

beforeAll(async () => {
  world = await LeaseWorld.start();
});
afterAll(() => world.close());

/** A pool of its own for each case; the store's prefix and the pool have one name. */
function newPool(): ProgramRequest {
  const poolName = `kill${++unused}`;
  return {
    operation: "create",
    storeUri: world.storeUri(poolName),
    endpoint: world.server.url,
    poolName,
    constants: quickConstants,
    slots: 1,
    maxClusters: 1,
    jobs: [{ name: "job" }],
  };
}

/** In this process: what the next `pulumi up` does. */
async function run(request: ProgramRequest): Promise<ProgramLine[]> {
  return (await runJobs(request)).lines;
}

function claimOf(line: ProgramLine | undefined): string {
  if (line && "claimId" in line) return line.claimId;
  throw new Error(`not placed: ${JSON.stringify(line)}`);
}

/** No step twice, no cluster too many, and after the delete no ticket. */
async function expectClean(request: ProgramRequest, lines: ProgramLine[]): Promise<void> {
  const claims = lines.map((line) => ({ name: line.name, claimId: claimOf(line) }));
  expect(await world.stepsTwice(request.poolName)).toEqual([]);
  expect((await world.clusters(request.poolName)).length).toBeLessThanOrEqual(request.maxClusters ?? 1);
  const ids = new Set((await world.steps(request.poolName)).map((step) => step.Id));
  for (const line of lines) if ("ids" in line) for (const id of line.ids) expect(ids).toContain(id);
  await run({ ...request, operation: "delete", jobs: claims });
  await run({ ...request, operation: "sweep", jobs: [] });
  expect(await world.slotsTaken(request.poolName)).toBe(0);
}

/** For each request of the operation (each write, without the long tests): kill the process when it has been answered, and run the operation again. */
async function killAtEachRequest(
  prepare: () => Promise<ProgramRequest>,
  skip: (request: number) => boolean = () => false,
): Promise<number> {
  const points: number[] = [];
  await runJobs(await prepare(), (number, when, method) => {
    if (when === "after" && (long || writes.has(method)) && !skip(number)) points.push(number);
  });
  await Promise.all(
    points.map((number) =>
      atOnce.runExclusive(async () => {
        const request = await prepare();
        const killed = await runProgram(world.environment, { ...request, killAfterRequest: number });
        // A wait that ended sooner may have saved the last requests: then the program has simply ended.
        if (killed.signal === null) expect(killed.lines.map(claimOf)).toHaveLength(1);
        const lines = await run(request);
        await expectClean({ ...request, operation: "create" }, lines);
      }),
    ),
  );
  return points.length;
}

describe("killed after each request", { timeout: 240_000 }, () => {
  test("create that launches a cluster", async () => {
    // Requests 4 to 20 are the probe's, all alike.
    const points = await killAtEachRequest(
      async () => newPool(),
      (number) => number > 4 && number < 20,
    );
    expect(points).toBeGreaterThan(10);
  });

  test.runIf(long)("create that joins a cluster", async () => {
    const points = await killAtEachRequest(async () => {
      const request = newPool();
      await run({ ...request, jobs: [{ name: "before" }], until: "completed" });
      return request;
    });
    expect(points).toBeGreaterThan(7);
  });

  test("update that waits for the end", async () => {
    const points = await killAtEachRequest(async () => {
      const request = newPool();
      const [line] = await run(request);
      return {
        ...request,
        operation: "update",
        until: "completed",
        jobs: [{ name: "job", claimId: claimOf(line) }],
      };
    });
    expect(points).toBeGreaterThan(1);
  });

  test("delete of a running job", async () => {
    await world.admin("emr/settings", "POST", { stepExecution: "manual" });
    try {
      const points = await killAtEachRequest(async () => {
        const request = newPool();
        const [line] = await run(request);
        return { ...request, operation: "delete", jobs: [{ name: "job", claimId: claimOf(line) }] };
      });
      expect(points).toBeGreaterThan(2);
    } finally {
      await world.admin("emr/settings", "POST", { stepExecution: 0 });
    }
  });
});

test(`killed at a random moment, ${rounds} times`, { timeout: 60_000 + rounds * 12_000 }, async () => {
  await Promise.all(
    Array.from({ length: rounds }, () =>
      atOnce.runExclusive(async () => {
        const request = {
          ...newPool(),
          slots: 2,
          maxClusters: 2,
          until: "completed" as const,
          jobs: [{ name: "a" }, { name: "b" }, { name: "c", steps: 2 }],
        };
        const program = await startProgram(world.environment, request);
        const delay = 200 + Math.random() * 1_800;
        const timer = setTimeout(() => program.child.kill("SIGKILL"), delay);
        await program.ended;
        clearTimeout(timer);
        const lines = await run(request);
        expect(
          lines.map((line) => ("state" in line ? line.state : line)),
          `killed after ${delay} ms`,
        ).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
        await expectClean(request, lines);
      }),
    ),
  );
});

describe("stopped for longer than the fence", { timeout: 120_000 }, () => {
  test.concurrent.each(["addJobFlowSteps", "runJobFlow"])(
    "before %s is sent: the hook refuses it",
    async (method) => {
      const request = newPool();
      const argument: ProgramArgument = { ...request, stopBefore: method };
      const program = await startProgram(world.environment, argument);
      await stopped(program.child.pid!);
      const lines = await run(request);
      program.child.kill("SIGCONT");
      const end = await program.ended;
      expect(end.lines.map(claimOf)).toEqual(lines.map(claimOf));
      await expectClean(request, lines);
    },
  );

  test.each(["AddJobFlowSteps", "RunJobFlow"])(
    "%s held on the way: EMR refuses its signature",
    async (operation) => {
      const request = newPool();
      const rule = await world.fault({ service: "emr", operation, hold: true });
      const program = await startProgram(world.environment, request);
      await until(
        async () => !(await world.admin<{ id: string }[]>("faults")).some(({ id }) => id === rule.id),
      );
      program.child.kill("SIGKILL");
      await program.ended;
      const lines = await run(request);
      await world.admin(`faults/${rule.id}`, "DELETE");
      await until(async () =>
        (await world.calls()).some((call) => call.operation === operation && call.status === 400),
      );
      await expectClean(request, lines);
    },
  );
});

describe("answers that never come", { timeout: 120_000 }, () => {
  test.each([0, 1, 3, 5, 8, 11])("S3 writes and its answer is lost, from the %ith write on", async (skip) => {
    const request = newPool();
    await world.fault({
      service: "s3",
      operation: "PutObject",
      keyPattern: `/${request.poolName}/v1/(job|pool)/`,
      skip,
      times: 3,
      when: "after",
      loseAnswer: true,
    });
    const lines = await run(request);
    await world.admin("faults", "DELETE");
    await expectClean(request, lines);
  });

  test.each(["AddJobFlowSteps", "RunJobFlow"])("EMR acts on %s and answers 500", async (operation) => {
    const request = newPool();
    await world.fault({ service: "emr", operation, when: "after", status: 500, code: "InternalServerError" });
    const lines = await run(request);
    await expectClean(request, lines);
  });

  test("EMR and S3 are restarted in the middle", async () => {
    const request = {
      ...newPool(),
      slots: 2,
      maxClusters: 2,
      jobs: [{ name: "a" }, { name: "b" }, { name: "c" }],
    };
    const before = (await world.calls()).length;
    const program = await startProgram(world.environment, request);
    await until(async () =>
      (await world.calls()).slice(before).some((call) => call.operation === "RunJobFlow"),
    );
    await world.restart();
    await program.ended;
    const lines = await run({ ...request, endpoint: world.server.url });
    await expectClean({ ...request, endpoint: world.server.url }, lines);
  });
});

/** Polls: the other side is another process. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The process has stopped itself (state T of /proc). */
async function stopped(pid: number): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  await until(async () => /^\d+ \(.*\) T/.test(await readFile(`/proc/${pid}/stat`, "utf8")));
}
