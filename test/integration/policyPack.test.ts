import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSecret, type PropertyMap } from "../../local/pulumi/propertyValues";
import { resourceTypes } from "../../policies/resource";
import { unknown } from "../support/policies/judge";
import {
  clusterMistakes,
  jobMistakes,
  keptClusterMistakes,
  mistakenCluster,
  mistakenJob,
  mistakenKeptCluster,
} from "../support/policies/mistakes";
import { PolicyHost, packFolder, repository } from "../support/policies/policyHost";
import {
  clusterResource,
  goodFleetJobProps,
  goodJobProps,
  goodKeptClusterProps,
  goodProps,
  jobResource,
  keptClusterResource,
} from "../support/policies/programs";

/** Running packs by what they were started with: tests that need the same one share it. */
const hosts = new Map<string, Promise<PolicyHost>>();
function pack(profile: keyof typeof packFolder, config: PropertyMap = {}): Promise<PolicyHost> {
  const key = JSON.stringify([profile, config]);
  if (!hosts.has(key)) hosts.set(key, PolicyHost.start(packFolder[profile], config));
  return hosts.get(key)!;
}
const short = (violations: { level: string; policy: string }[]) =>
  violations.map(({ level, policy }) => `${level} ${policy}`).sort();

beforeAll(() => {
  // The pack is run as it is shipped: compiled.
  expect(existsSync(join(repository, "dist/policies/index.js")), "npm run build").toBe(true);
});
afterAll(async () => {
  for (const host of hosts.values()) await host.then((running) => running.close());
});

describe.each(["dev", "prod", "strict"] as const)(
  "the pack of profile %s in Pulumi's policy host",
  (profile) => {
    it("lets a stack pass in which all is well", async () => {
      const host = await pack(profile);
      expect(host.label).toMatch(new RegExp(`^pulumi-pooled-emr-${profile}@v\\d`));
      const others = Object.entries(goodProps).map(([kind, props]) => ({
        type: resourceTypes[kind as keyof typeof goodProps],
        name: kind,
        // The kept cluster runs already: dev has a launch fewer than there are kinds.
        props: { ...props(), ...(kind === "keptCluster" && { clusterId: "j-KEPT" }) },
      }));
      expect(await host.violations([...others, jobResource("fleets", goodFleetJobProps())])).toEqual([]);
    });
  },
);

it.each([
  { program: "PooledEmrJob", mistakes: jobMistakes, resource: jobResource("job", mistakenJob()) },
  {
    program: "PooledEmrCluster",
    mistakes: keptClusterMistakes,
    resource: keptClusterResource("kept", mistakenKeptCluster()),
  },
  {
    program: "aws.emr.Cluster",
    mistakes: clusterMistakes,
    resource: clusterResource("raw", mistakenCluster()),
  },
])("ten mistakes in a $program are refused with exactly those ten", async ({ mistakes, resource }) => {
  const host = await pack("prod");
  const violations = await host.violations([resource]);
  expect(short(violations)).toEqual(mistakes.map(({ policy }) => `mandatory ${policy}`).sort());
  expect(mistakes).toHaveLength(10);
  for (const { message, urn } of violations) {
    // The policy's description in the first line, then value, limit, why and fix.
    expect(message).toMatch(/^[A-Z][^\n]+\.\n.+\. Allowed.+\. .+\.$/);
    expect(urn).toContain(resource.name);
    expect(message).not.toContain("hunter2");
  }
});

it.each([
  { profile: "dev", level: "advisory" },
  { profile: "prod", level: "mandatory" },
] as const)("40 nodes of a type without a price: $level in $profile", async ({ profile, level }) => {
  const props = goodKeptClusterProps();
  Object.assign(props.cluster.instances.instanceGroups[1], {
    instanceType: "p4d.24xlarge",
    instanceCount: 40,
  });
  const violations = await (await pack(profile)).violations([keptClusterResource("kept", props)]);
  const prices = violations.filter(({ policy }) => policy.endsWith("hourly-price-limit"));
  expect(short(prices)).toEqual(["advisory stack-hourly-price-limit", `${level} hourly-price-limit`].sort());
  for (const { message } of prices)
    expect(message).toMatch(/^[A-Z][^\n]+\.\n.*p4d\.24xlarge.* copy dist\/policies\/prices\/usEast1\.json/);
});

it("an exemption that ends on no day of the calendar is none", async () => {
  const exemptPools = [{ pool: "etl", reason: "migration of the nightly load", until: "9999-99-99" }];
  const host = await pack("prod", { "pool-max-clusters": { exemptPools, max: 1 } });
  const violations = await host.violations([jobResource("job")]);
  expect(short(violations)).toEqual(["advisory pool-max-clusters", "mandatory pool-max-clusters"]);
  expect(violations[0]!.message).toContain('ends on "9999-99-99", which is no day of the calendar');
});

it("says nothing of unknown values at preview, not even that it can't", async () => {
  const host = await pack("strict");
  const props = mistakenJob();
  for (const key of Object.keys(props)) props[key] = unknown;
  expect(await host.violations([jobResource("job", props)])).toEqual([]);
});

it("takes levels and settings from the user's configuration", async () => {
  const host = await pack("prod", {
    all: "advisory",
    "idle-timeout-required": { enforcementLevel: "mandatory", maxSeconds: 599 },
    "pool-max-clusters": "disabled",
  });
  const props = goodJobProps();
  props.pool = { name: "Etl", store: "s3://etl-pools/emr" };
  expect(short(await host.violations([jobResource("job", props)]))).toEqual([
    "advisory pool-name-allowed",
    "mandatory idle-timeout-required",
  ]);
});

it("reports an ended exemption as advice beside a mandatory rule", async () => {
  const exemptPools = [{ pool: "etl", reason: "migration of the nightly load", until: "2020-01-01" }];
  const host = await pack("prod", { "pool-max-clusters": { exemptPools, max: 1 } });
  const violations = await host.violations([jobResource("job")]);
  expect(short(violations)).toEqual(["advisory pool-max-clusters", "mandatory pool-max-clusters"]);
  expect(violations[0]!.message).toContain("The exemption of pool etl (migration of the nightly load) ended");
});

it("remediates at level remediate only, keeps secrets secret, and the result passes", async () => {
  const props = mistakenJob() as PropertyMap;
  const token = makeSecret("not for the state file");
  (props.steps as PropertyMap[])[0]!.name = token;
  (props.steps as PropertyMap[])[0]!.actionOnFailure = "TERMINATE_CLUSTER";
  (props.cluster as PropertyMap).name = token;

  expect(await (await pack("prod")).remediations(jobResource("job", props))).toEqual([]);

  const host = await pack("prod", { all: "remediate" });
  const remediations = await host.remediations(jobResource("job", props));
  expect(remediations.map(({ policy }) => policy)).toEqual([
    "idle-timeout-required",
    "no-terminate-on-shared",
  ]);
  const remedied = remediations.at(-1)!.inputs!;
  const expected = structuredClone(props);
  (expected.cluster as PropertyMap).autoTerminationPolicy = { idleTimeout: 600 };
  (expected.steps as PropertyMap[])[0]!.actionOnFailure = "CANCEL_AND_WAIT";
  expect(remedied).toEqual(expected);
  const left = (await host.violations([jobResource("job", remedied)])).map(({ policy }) => policy);
  expect(left).not.toContain("idle-timeout-required");
  expect(left).not.toContain("no-terminate-on-shared");
  expect(left).toContain("release-minimum");
});
