import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProviderState } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { counts, EmrWorld } from "../support/lifecycle/emrWorld";
import { jobInputs } from "../support/lifecycle/jobInputs";
import { JobProvider } from "../support/lifecycle/jobProvider";
import { StackedJob } from "../support/lifecycle/stack";
import type { ProjectCopy } from "../support/pulumi/runner";

/** The bucket of `pool.store` was deleted: nothing is known of its jobs but what the stack's state says. */

const bucket = "soon-gone";
const inBucket = (name: string) => jobInputs(name, { pool: { store: `s3://${bucket}/pools` } });

let world: EmrWorld;
let project: ProjectCopy;
let provider: JobProvider;
const running = new StackedJob();
const failed = new StackedJob();

async function removeBucket(): Promise<void> {
  const s3 = world.s3();
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  s3.destroy();
}

beforeAll(async () => {
  project = await projectWithPackage(`${__dirname}/../support/lifecycle/program`);
  world = await EmrWorld.start();
  const s3 = world.s3();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
  provider = await JobProvider.start(project, world.environment);
  await running.up(provider, inBucket("running"));
  await failed.up(provider, inBucket("failed"));
  await world.endStep(failed.state!.clusterId, failed.state!.steps[0]!.id, "FAILED", "no such day");
  await failed.refresh(provider);
  await removeBucket();
});
afterAll(async () => {
  await provider.close();
  await world.close();
  project.remove();
});

test("a refresh keeps the state as it was", async () => {
  const before: ProviderState = structuredClone(running.state!);
  await running.refresh(provider);
  expect(running.state).toEqual(before);
  expect(running.initErrors).toEqual([]);
});

test("a refresh of a failed job says again that it failed", async () => {
  const before: ProviderState = structuredClone(failed.state!);
  await failed.refresh(provider);
  expect(failed.state).toEqual(before);
  expect(failed.initErrors[0]).toMatch(/ended FAILED.*\[JOB_FAILED\]/);
});

test("who reads a job by its id is told", async () => {
  const read = provider.get(running.id, inBucket("running"));
  await expect(read).rejects.toThrow("[STORE_NO_SUCH_BUCKET]");
});

test("a delete succeeds, also when repeated, and touches nothing", async () => {
  const lastCall = await world.lastCall();
  for (const { id, state } of [running, failed, running]) await provider.delete(id, state!);
  expect(counts(await world.calls(lastCall))).not.toHaveProperty("CancelSteps");
});
