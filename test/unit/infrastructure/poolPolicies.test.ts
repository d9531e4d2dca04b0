import { expect, test } from "vitest";
import { catalog } from "../../../policies/catalog";
import { pulumiPolicy } from "../../../policies/pulumiPolicy";
import { EmrPool } from "../../../provider/infrastructure/emrPool";
import type { EmrPoolArgs } from "../../../provider/infrastructure/emrPoolArgs";
import { PooledEmrJob } from "../../../provider/resource";
import { sparkStep } from "../../../provider/steps/sparkStep";
import { fullArgs, resourcesOf } from "./poolProgram";

/** What the policy pack says of a pool with these arguments and a job on it: `level policy`, each once. */
async function findings(profile: "dev" | "prod" | "strict", args?: EmrPoolArgs): Promise<string[]> {
  const resources = await resourcesOf(() => {
    const pool = new EmrPool("etl", args);
    new PooledEmrJob("count", {
      ...pool.args,
      steps: [sparkStep({ name: "count", script: "s3://raw/count.py" })],
    });
  });
  const sources = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    props: inputs,
    urn: `urn:pulumi:stack::project::${type}::${name}`,
    propertyDependencies: {},
  }));
  const found = new Set<string>();
  const host = { stackTags: new Map(), getConfig: () => ({}) };
  for (const definition of catalog) {
    const policy = pulumiPolicy(definition, profile);
    if (policy.enforcementLevel === "disabled") continue;
    const report = () => found.add(`${policy.enforcementLevel} ${definition.name}`);
    for (const source of sources) {
      const validate = policy.validateResource as ((args: unknown, report: unknown) => void) | undefined;
      validate?.({ ...source, ...host }, report);
    }
    (policy.validateStack as ((args: unknown, report: unknown) => void) | undefined)?.(
      { resources: sources, ...host },
      report,
    );
  }
  return [...found].sort();
}

/** What only the user knows, by the argument that says it; the component has a default for everything else. */
const asked = {
  inTransitCertificates: ["encryption-in-transit"],
  subnetIds: ["private-subnet"],
  tags: ["required-tags"],
  runtimeRoles: ["kerberos-or-runtime-role", "runtime-role-for-shared"],
};

test.each([
  [
    "dev",
    [
      "advisory encryption-in-transit",
      // The profile for development advises to 2 clusters; the component's default is 4.
      "advisory pool-max-clusters",
      "advisory private-subnet",
      "advisory required-tags",
    ],
  ],
  [
    "prod",
    [
      "advisory kerberos-or-runtime-role",
      "advisory runtime-role-for-shared",
      "mandatory encryption-in-transit",
      "mandatory private-subnet",
      "mandatory required-tags",
    ],
  ],
  ["strict", Object.values(asked).flatMap((names) => names.map((name) => `mandatory ${name}`))],
] as const)("a bare pool complies with %s but for what only its user knows", async (profile, expected) => {
  expect(await findings(profile)).toEqual([...expected].sort());
});

test.each(Object.entries(asked))("without %s strict finds %j, and nothing else", async (argument, names) => {
  const found = await findings("strict", { ...fullArgs, [argument]: undefined });
  expect(found).toEqual(names.map((name) => `mandatory ${name}`));
});

test("certificates, a subnet and tags are enough for prod", async () => {
  const { inTransitCertificates, subnetIds, tags } = fullArgs;
  const found = await findings("prod", { inTransitCertificates, subnetIds, tags });
  expect(found.filter((finding) => finding.startsWith("mandatory"))).toEqual([]);
});

test("with everything said, a pool complies with strict", async () => {
  expect(await findings("strict", fullArgs)).toEqual([]);
});
