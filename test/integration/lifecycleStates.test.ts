import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProviderState } from "../../provider/lifecycle/state";
import { projectWithPackage } from "../support/lifecycle/builtPackage";
import { bucket, EmrWorld } from "../support/lifecycle/emrWorld";
import { JobProvider } from "../support/lifecycle/jobProvider";
import type { ProjectCopy } from "../support/pulumi/runner";
import { recordedStates } from "../unit/lifecycle/recordedStates";

let world: EmrWorld;
let project: ProjectCopy;
let provider: JobProvider;

beforeAll(async () => {
  project = await projectWithPackage(join(__dirname, "..", "support", "lifecycle", "program"));
  world = await EmrWorld.start();
  const s3 = world.s3();
  for (const { recorded } of recordedStates) {
    const Key = `pools/v1/job/${recorded.journal.key}.json`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(recorded.journal) }));
  }
  s3.destroy();
  provider = await JobProvider.start(project, world.environment);
});
afterAll(async () => {
  await provider.close();
  await world.close();
  project.remove();
});

describe("a state that a released version has written is understood by", () => {
  test.each(recordedStates)("read: $name", async ({ recorded: { id, outputs, initErrors } }) => {
    const read = await provider.read(id, outputs);
    const state = read.outputs as unknown as ProviderState;
    expect(read.id).toBe(id);
    // Its cluster is long gone: what had ended is known from the journal, the rest can't be.
    expect(state.state).toBe(outputs.state === "PENDING" ? "LOST" : outputs.state);
    expect(state.claimId).toBe(outputs.claimId);
    if (outputs.state === "FAILED") expect(read.initErrors[0]).toContain("[JOB_FAILED]");
    else if (outputs.state === "COMPLETED") expect(read.initErrors).toEqual(initErrors);
  });

  test.each(recordedStates)("check and update: $name", async ({ recorded: { id, inputs, outputs } }) => {
    const news = await provider.check(inputs, inputs);
    const updated = await provider.update(id, outputs, news);
    expect(updated.id).toBe(id);
    expect((updated.outputs as unknown as ProviderState).schemaVersion).toBe(outputs.schemaVersion);
  });

  test.each(recordedStates)("delete: $name", async ({ recorded: { id, outputs } }) => {
    await provider.delete(id, outputs);
    await provider.delete(id, outputs);
    await expect(provider.read(id, outputs)).resolves.toMatchObject({ id: "" });
  });
});
