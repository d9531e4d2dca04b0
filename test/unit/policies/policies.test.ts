import { describe, expect, it } from "vitest";
import { catalog } from "../../../policies/catalog";
import type { Profile } from "../../../policies/definePolicy";
import { resourceTypes } from "../../../policies/resource";
import { judge, judgeStack, policyNamed, remediate, setAt, unknown } from "../../support/policies/judge";
import {
  goodFleetJobProps,
  goodProps,
  keptClusterOf,
  type Props,
  type TestResource,
} from "../../support/policies/programs";
import { hardwareCases } from "./hardwareCases";
import { keptClusterCases } from "./keptClusterCases";
import { lifecycleCases } from "./lifecycleCases";
import type { PolicyCase } from "./policyCase";
import { secretCases } from "./secretCases";
import { securityCases } from "./securityCases";
import { spotCases } from "./spotCases";
import { stepCases } from "./stepCases";

const cases = [
  ...lifecycleCases,
  ...hardwareCases,
  ...spotCases,
  ...securityCases,
  ...stepCases,
  ...secretCases,
  ...keptClusterCases,
];

function resourceOf({ kind, from, set }: PolicyCase): TestResource {
  const props: Props = (from ?? goodProps[kind])();
  for (const [path, value] of Object.entries(set)) setAt(props, path, structuredClone(value));
  return { type: resourceTypes[kind], name: "it", props };
}

function valueAt(props: Props, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, part) => (inner as Props | undefined)?.[part], props);
}

const profiles: Profile[] = ["dev", "prod", "strict"];
const title = ({ policy, kind, set }: PolicyCase) => `${policy}, ${kind}: ${JSON.stringify(set)}`;

describe.each(cases.map((testCase) => ({ title: title(testCase), testCase })))("$title", ({ testCase }) => {
  const { policy, surroundings } = testCase;

  it("is refused with value, limit, why and fix", () => {
    const messages = judge(policy, resourceOf(testCase), surroundings).map(({ message }) => message);
    const found = [testCase.found].flat();
    expect(messages.map((message, index) => message.slice(0, found[index]?.length))).toEqual(found);
    const definition = catalog.find(({ name }) => name === policy)!;
    for (const message of messages) expect(message).toMatch(/\. Allowed.+\. .+\. .+\.$/s);
    for (const message of messages) expect(message).toContain(definition.why);
  });

  it("is silent while a value it needs is unknown", () => {
    const resource = resourceOf(testCase);
    setAt(resource.props, testCase.unknownAt, unknown);
    expect(judge(policy, resource, surroundings)).toEqual([]);
    expect(remediate(policy, resource, surroundings)).toBeUndefined();
  });
});

const remediable = cases.filter(({ remediated }) => remediated !== undefined);

it.each(remediable.map((testCase) => ({ title: title(testCase), testCase })))(
  "$title is remediated, and nothing else is touched",
  ({ testCase: { remediated, ...testCase } }) => {
    const { policy, surroundings } = testCase;
    const resource = resourceOf(testCase);
    const expected = structuredClone(resource.props);
    for (const [path, value] of Object.entries(remediated!)) setAt(expected, path, value);
    const bag = remediate(policy, resource, surroundings);
    expect(bag).toEqual(expected);
    for (const [path, value] of Object.entries(remediated!)) expect(valueAt(bag!, path)).toEqual(value);
    expect(judge(policy, { ...resource, props: bag! }, surroundings)).toEqual([]);
  },
);

it.each([
  { seconds: 299, refused: true },
  { seconds: 300, refused: false },
  { seconds: 3600, refused: false },
  { seconds: 3601, refused: true },
])("an idle timeout of $seconds s is refused: $refused", ({ seconds, refused }) => {
  const resource = resourceOf(cases[0]!);
  setAt(resource.props, "cluster.autoTerminationPolicy.idleTimeout", seconds);
  expect(judge("idle-timeout-required", resource)).toHaveLength(refused ? 1 : 0);
});

it.each([
  { pool: "etl", refused: false },
  { pool: "adhoc-1", refused: false },
  { pool: "etl2", refused: true },
  { pool: "my-etl", refused: true },
])("a pattern must match the whole name: $pool is refused: $refused", ({ pool, refused }) => {
  const resource = { type: resourceTypes.job, name: "it", props: goodProps.job() };
  resource.props.pool.name = pool;
  const config = { patterns: ["etl", "adhoc-.+"] };
  expect(judge("pool-name-allowed", resource, { config })).toHaveLength(refused ? 1 : 0);
});

it.each([
  `local-file://${"0a".repeat(32)}/%2Fhome%2Fme%2Fnightly.py`,
  `local-file://${"0a".repeat(32)}/%2Fhome%2Fme%2Fmapper.js#mapper.js,s3://etl-code/reducer.js#reducer.js`,
  "file:///usr/lib/spark/examples/jars/spark-examples.jar",
  "local:///usr/lib/spark/examples/jars/spark-examples.jar",
  "hdfs:///apps/count.jar",
  "hdfs://ip-10-0-0-1:8020/apps/count.jar",
  "s3a://etl-code/count.jar",
])("an artefact of S3, of the cluster, or of a store that isn't known yet passes: %s", (artefact) => {
  const resource = { type: resourceTypes.job, name: "it", props: goodProps.job() };
  resource.props.steps[0].hadoopJarStep.args[1] = artefact;
  expect(judge("artifact-bucket-allowed", resource)).toEqual([]);
});

it("an unknown group of nodes hides no other's fault", () => {
  const resource = { type: resourceTypes.job, name: "it", props: goodProps.job() };
  const { instanceGroups } = resource.props.cluster.instances;
  instanceGroups[0].instanceType = unknown;
  instanceGroups[1].instanceType = "m3.xlarge";
  instanceGroups.unshift(unknown);
  expect(judge("instance-types-allowed", resource).map(({ message }) => message.split(" is ")[0])).toEqual([
    "cluster.instances.instanceGroups[2].instanceType",
  ]);
});

describe("the case tables", () => {
  it("break every policy for every kind of resource that it judges", () => {
    const judged = catalog.flatMap(({ name, kinds = [], check }) =>
      check === undefined ? [] : kinds.map((kind) => `${name} ${kind}`),
    );
    const tested = new Set(cases.map(({ policy, kind }) => `${policy} ${kind}`));
    // A PooledEmrJob always has an idle timeout, so that this rule can't fail for it.
    expect(judged.filter((name) => !tested.has(name))).toEqual(["scale-down-is-not-termination job"]);
  });

  it("remediate with every policy that can, for every kind it judges", () => {
    const able = catalog.flatMap(({ name, kinds = [], remediate: can }) =>
      can === undefined ? [] : kinds.map((kind) => `${name} ${kind}`),
    );
    const tested = new Set(
      cases.filter(({ remediated }) => remediated).map(({ policy, kind }) => `${policy} ${kind}`),
    );
    expect(able.filter((name) => !tested.has(name))).toEqual([]);
  });
});

describe.each(profiles)("profile %s", (profile) => {
  const good: TestResource[] = [
    ...Object.entries(goodProps).map(([kind, make]) => ({
      type: resourceTypes[kind as keyof typeof goodProps],
      name: kind,
      props: make(),
    })),
    { type: resourceTypes.job, name: "fleets", props: goodFleetJobProps() },
    { type: resourceTypes.keptCluster, name: "kept fleets", props: keptClusterOf(goodFleetJobProps()) },
  ];

  it.each(catalog.map(({ name }) => name))(
    "%s lets good resources pass, and leaves them as they are",
    (name) => {
      for (const resource of good) {
        expect(judge(name, resource, { profile }), resource.name).toEqual([]);
        expect(remediate(name, resource, { profile }), resource.name).toBeUndefined();
      }
      expect(judgeStack(name, good, { profile, config: { max: 10 } })).toEqual([]);
    },
  );

  it.each(catalog.map(({ name }) => name))("%s is silent when every input is unknown", (name) => {
    for (const kind of Object.keys(goodProps) as (keyof typeof goodProps)[]) {
      const props = Object.fromEntries(Object.keys(goodProps[kind]()).map((key) => [key, unknown]));
      const resource = { type: resourceTypes[kind], name: kind, props };
      // Nothing is set beyond the inputs a good resource has, and an unset one is known to be unset.
      const heard = judge(name, resource, { profile });
      expect(heard, kind).toEqual([]);
      expect(remediate(name, resource, { profile }), kind).toBeUndefined();
      expect(judgeStack(name, [resource], { profile }), kind).toEqual([]);
    }
  });
});

it("passes over resources of other types without reading them", () => {
  const other = { type: "aws:s3/bucket:Bucket", name: "b", props: { bucket: unknown } };
  for (const { name } of catalog) {
    expect(judge(name, other)).toEqual([]);
    expect(judgeStack(name, [other])).toEqual([]);
  }
});

it("is off when its configuration says so", () => {
  const resource = resourceOf(cases[0]!);
  expect(judge("idle-timeout-required", resource, { config: { enabled: false } })).toEqual([]);
  expect(remediate("idle-timeout-required", resource, { config: { enabled: false } })).toBeUndefined();
  expect(policyNamed("idle-timeout-required").enforcementLevel).toBe("mandatory");
});
