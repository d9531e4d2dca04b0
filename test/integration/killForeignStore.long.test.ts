import { afterAll, beforeAll, expect, test } from "vitest";
import { storeEnvironment, withStore } from "../support/lease/foreignStore";
import { LeaseWorld, quickConstants } from "../support/lease/leaseWorld";
import { runProgram, startProgram } from "../support/lease/programs";
import type { ProgramRequest } from "../support/lease/runJobs";
import { startMinistack, startVersitygw } from "../support/tools/servers";

const rounds = 10;
let world: LeaseWorld;

beforeAll(async () => {
  world = await LeaseWorld.start();
});
afterAll(() => world.close());

/** The kill tests' one guarantee, over stores written by others: killed anywhere, then run again, everything once. */
test.each([
  ["versitygw", startVersitygw],
  ["ministack", startMinistack],
] as const)(
  `killed at a random moment, ${rounds} times, over %s`,
  { timeout: 600_000 },
  async (name, start) => {
    await withStore(start, async (server) => {
      const environment = storeEnvironment(server, world.server.url);
      for (let round = 1; round <= rounds; round++) {
        const poolName = `${name}${round}`;
        const request: ProgramRequest = {
          operation: "create",
          storeUri: `s3://pool-store/${poolName}`,
          poolName,
          constants: quickConstants,
          slots: 2,
          maxClusters: 2,
          until: "completed",
          jobs: [{ name: "a" }, { name: "b" }, { name: "c", steps: 2 }],
        };
        const program = await startProgram(environment, request);
        const delay = 200 + Math.random() * 1_800;
        const timer = setTimeout(() => program.child.kill("SIGKILL"), delay);
        await program.ended;
        clearTimeout(timer);
        const { lines, errors } = await runProgram(environment, request);
        const states = lines.map((line) => ("state" in line ? line.state : line));
        expect(states, `killed after ${delay} ms; ${errors}`).toEqual([
          "COMPLETED",
          "COMPLETED",
          "COMPLETED",
        ]);
        expect(await world.stepsTwice(poolName)).toEqual([]);
        expect((await world.clusters(poolName)).length).toBeLessThanOrEqual(2);
      }
    });
  },
);
