import { join } from "node:path";
import { ListInstanceFleetsCommand } from "@aws-sdk/client-emr";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stackOutputs } from "../support/pulumi/runner";
import { ExampleWorld } from "./exampleWorld";

describe("examples/policy-enforced", () => {
  let world: ExampleWorld;
  beforeAll(async () => {
    world = await ExampleWorld.start("policy-enforced");
    await world.local.s3.send(new CreateBucketCommand({ Bucket: "policy-enforced" }));
  });
  afterAll(() => world.stop());

  const request = (config: Record<string, string> = {}) =>
    world.request("dev", config, {
      policyPacks: [join(__dirname, "../../policies")],
      policyPackConfig: join(world.project.projectDir, "policies.json"),
    });

  test("complies, and its step runs", async () => {
    const up = await world.pulumi.up(request());
    expect(up.exitCode, up.output).toBe(0);
    const step = await world.lastStep("dev", "hello");
    const stdout = await world.local.stepLog("policy-enforced", "logs/", step, "stdout");
    expect(stdout).toMatch(/^hello from \S+\n$/);
  });

  test.each([
    [{ idleTimeout: "7200" }, "idle-timeout-required", /idleTimeout is 7200 s\. Allowed: 300 to 1800 s/],
    [{ pool: "blue" }, "pool-name-allowed", /pool\.name is "blue"/],
  ])("with %j it is refused at preview", async (config, policy, message) => {
    const preview = await world.pulumi.preview(request(config));
    expect(preview.exitCode).toBe(1);
    expect(preview.output).toContain(policy);
    expect(preview.output).toMatch(message);
  });
});

describe("examples/aws-spot-fleet", () => {
  let world: ExampleWorld;
  beforeAll(async () => {
    world = await ExampleWorld.start("aws-spot-fleet");
    await world.local.putObjects("my-emr-bucket", {
      "logs/2026-01-31-10.log": "ten\n",
      "logs/2026-01-31-11.log": "eleven\n",
      "logs/2026-02-01-09.log": "nine\n",
    });
  });
  afterAll(() => world.stop());

  test("launches the fleets, joins the files by day; a second stack joins the cluster", async () => {
    const up = await world.pulumi.up(world.request("first"));
    expect(up.exitCode, up.output).toBe(0);
    const { clusterId: ClusterId } = await world.lastStep("first", "compact-logs");
    const { InstanceFleets = [] } = await world.local.emr.send(new ListInstanceFleetsCommand({ ClusterId }));
    expect(
      InstanceFleets.map(({ InstanceFleetType, ProvisionedOnDemandCapacity, ProvisionedSpotCapacity }) => [
        InstanceFleetType,
        ProvisionedOnDemandCapacity,
        ProvisionedSpotCapacity,
      ]).sort(),
    ).toEqual([
      ["CORE", 2, 0],
      ["MASTER", 1, 0],
      ["TASK", 0, 2],
    ]);
    const keys = await world.local.keys("my-emr-bucket", "logs-by-day/");
    const joined = await Promise.all(keys.map((key) => world.local.getText("my-emr-bucket", key)));
    expect(joined.map((text) => text.split("\n").sort().join(" ").trim()).sort()).toEqual([
      "eleven ten",
      "nine",
    ]);

    const preview = await world.pulumi.preview(world.request("second"));
    expect(preview.output).toContain(`would join ${ClusterId}`);
    const second = await world.pulumi.up(world.request("second"));
    expect(second.exitCode, second.output).toBe(0);
    expect(await world.lastStep("second", "compact-logs")).toMatchObject({ clusterId: ClusterId });
    expect(stackOutputs(second.output)).toMatchObject({ clusterId: `"${ClusterId}"` });
  });
});
