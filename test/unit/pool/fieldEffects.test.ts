import { type RunJobFlowInput, RunJobFlowInput$ } from "@aws-sdk/client-emr";
import { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, it } from "vitest";
import { decide } from "../../../provider/pool/decide";
import { fingerprint } from "../../../provider/pool/fingerprint";
import { shippedInstanceTypes } from "../../../provider/pool/instanceTypes";
import { fieldClass } from "./fieldClass";
import { launchedCandidate, poolRequest } from "./poolFixtures";

type Path = (string | number)[];

/** Fields whose value must be one EMR has, or whose default sample would mean something else. */
const samples: Record<string, unknown> = {
  InstanceRole: "MASTER",
  InstanceFleetType: "MASTER",
  InstanceType: "m5.xlarge",
  MasterInstanceType: "m5.xlarge",
  SlaveInstanceType: "m5.xlarge",
  Market: "SPOT",
  BidPrice: "10",
  EbsOptimized: false,
  SessionEnabled: false,
  TerminationProtected: false,
  TimeoutAction: "TERMINATE_CLUSTER",
  UnitType: "Instances",
  StepConcurrencyLevel: 1,
  MaximumCapacityUnits: 100,
};

/** A request with every field of the SDK's schema set, and the place of each value. */
function sample(
  schema: NormalizedSchema,
  name: string,
  path: Path,
  out: [Path, string][],
  within: string[],
): unknown {
  if (schema.isListSchema()) {
    const item = sample(schema.getValueSchema(), name, [...path, 0], out, within);
    return item === undefined ? [] : [item];
  }
  if (schema.isMapSchema()) {
    out.push([[...path, "key"], name]);
    return { key: "value" };
  }
  if (schema.isStructSchema()) {
    const type = schema.getName(true) ?? "";
    if (within.includes(type)) return undefined;
    return Object.fromEntries(
      [...schema.structIterator()].map(([field, member]) => [
        field,
        sample(member, field, [...path, field], out, [...within, type]),
      ]),
    );
  }
  out.push([path, name]);
  if (samples[name] !== undefined) return samples[name];
  return schema.isNumericSchema() ? 10 : schema.isBooleanSchema() ? true : "text";
}

const fieldOf = (path: Path) =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[]` : text ? `${text}.${part}` : part),
    "",
  );

function changed(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) {
    if (typeof value === "number") return value + 1;
    if (typeof value === "boolean") return !value;
    return /^\d+$/.test(value as string) ? `${value}1` : `${value}-other`;
  }
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? changed(item, rest) : item));
  const object = value as Record<string, unknown>;
  return { ...object, [first]: changed(object[first], rest) };
}

const places: [Path, string][] = [];
const everything = sample(
  NormalizedSchema.of(RunJobFlowInput$ as never),
  "",
  [],
  places,
  [],
) as RunJobFlowInput;

/** Ways to say what instances a cluster has exclude each other, and a release excludes an AMI version. */
function variant(leaveOut: RegExp): { request: RunJobFlowInput; paths: Path[] } {
  const keep = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => keep(item, `${path}[]`));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([field, item]) => [field, keep(item, path ? `${path}.${field}` : field)] as const)
        .filter(([field]) => !leaveOut.test(path ? `${path}.${field}` : field)),
    );
  };
  return {
    request: keep(everything, "") as RunJobFlowInput,
    paths: places.map(([path]) => path).filter((path) => !leaveOut.test(fieldOf(path))),
  };
}

const classic = "Instances\\.(MasterInstanceType|SlaveInstanceType|InstanceCount)$";
const several = "Instances\\.(Ec2SubnetIds|Placement\\.AvailabilityZones)";
const single = "Instances\\.(Ec2SubnetId|Placement\\.AvailabilityZone)$";
const groups = "Instances\\.InstanceGroups|AutoScalingRole";
const variants = {
  "instance groups": variant(new RegExp(`^(Instances\\.InstanceFleets|AmiVersion|${classic}|${several})`)),
  "instance fleets": variant(
    new RegExp(`^(${groups}|AmiVersion|${classic}|${single}|.*TypeConfigs\\[\\]\\.BidPrice$)`),
  ),
  "fleets by price": variant(
    new RegExp(`^(${groups}|AmiVersion|${classic}|${single}|.*BidPriceAsPercentage)`),
  ),
  "classic form": variant(
    new RegExp(`^(${groups}|Instances\\.InstanceFleets|ReleaseLabel|ManagedScalingPolicy|${several})`),
  ),
};

/** Compared on the cluster's side only: what the request says of them matters when launching. */
const ofTheCluster =
  /^(Instances\.(KeepJobFlowAliveWhenNoSteps|TerminationProtected)|StepConcurrencyLevel|ManagedScalingPolicy\.ComputeLimits\.Maximum(OnDemand|Core)CapacityUnits)$/;
const context = { now: new Date(0), instanceTypes: shippedInstanceTypes };

describe.each(Object.entries(variants))("each field of a request with %s", (_, { request, paths }) => {
  const candidate = launchedCandidate(request);

  it("set to the same value is satisfied", () => {
    expect(decide(poolRequest(request), [candidate], context).verdicts[0]!.refused).toEqual([]);
  });

  it.each(paths.map((path) => [fieldOf(path), path] as const))("%s", (field, path) => {
    const other = changed(request, path) as RunJobFlowInput;
    const entry = fieldClass(field.replace(/\.Properties\.key$/, ".Properties"))!;
    const differs = fingerprint(other).fingerprint !== fingerprint(request).fingerprint;
    expect(differs).toBe(entry.inFingerprint === true);
    const refused = decide(poolRequest(other), [candidate], context).verdicts[0]!.refused;
    if (["ignored", "secret", "not sent"].includes(entry.match) || ofTheCluster.test(field))
      expect(refused).toEqual([]);
    else {
      expect(refused.map(({ rule }) => rule)).not.toEqual([]);
      for (const { rule } of refused) expect(entry.rules!.split(", ")).toContain(rule);
    }
  });
});
