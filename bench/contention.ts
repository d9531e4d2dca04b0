import Table from "cli-table3";
import type { EmrSettingsChange } from "../local/emr/settings";
import { type ContentionRequest, contend } from "../test/support/lease/contend";
import { LeaseWorld } from "../test/support/lease/leaseWorld";

/**
 * Jobs that all want a place at once: from 1 to 128 processes with a job each, and from 8 to 256 jobs in one process.
 * Local EMR with EMR's default quotas and 40 ms a call; steps of one second; 8 free clusters.
 *
 * `npx tsx bench/contention.ts [--quick]`
 */
const quick = process.argv.includes("--quick");
const emrSettings: EmrSettingsChange = {
  throttling: true,
  stepExecution: 1_000,
  signatureMaxAgeSeconds: 300,
};

async function measure(title: string, request: ContentionRequest): Promise<(string | number)[]> {
  const world = await LeaseWorld.start(emrSettings);
  try {
    await world.fault({ service: "emr", operation: "*", delayMs: 40, times: 1_000_000 });
    const result = await contend(world, request);
    for (const failure of result.failures) console.error(`${failure.name}: ${failure.message}`);
    return [
      title,
      `${result.placed}/${result.jobs}`,
      result.seconds.toFixed(1),
      Math.round((result.placed / result.seconds) * 60),
      result.emrCalls,
      (result.emrCalls / result.jobs).toFixed(2),
      (result.s3Calls / result.jobs).toFixed(0),
      result.p50.toFixed(2),
      result.p95.toFixed(2),
      result.max.toFixed(2),
      result.throttles,
      result.clusters,
    ];
  } finally {
    await world.close();
  }
}

async function main(): Promise<void> {
  const table = new Table({
    head: [
      "jobs",
      "placed",
      "s",
      "jobs/min",
      "EMR calls",
      "a job",
      "S3 a job",
      "p50 s",
      "p95 s",
      "max s",
      "throttled",
      "clusters",
    ],
    style: { head: [], border: [] },
  });
  const warm = { maxClusters: 8, warm: 8 };
  for (const slots of [1, 8])
    for (const processes of quick ? [1, 16] : [1, 4, 16, 64, 128])
      table.push(
        await measure(`${processes} processes, 8 clusters of ${slots}`, {
          ...warm,
          processes,
          jobsPerProcess: 1,
          slots,
        }),
      );
  for (const jobs of quick ? [8, 100] : [8, 32, 100, 256])
    table.push(
      await measure(`${jobs} in one process, 8 clusters of 32`, {
        ...warm,
        processes: 0,
        jobsPerProcess: jobs,
        slots: 32,
      }),
    );
  console.log(table.toString());
}

void main();
