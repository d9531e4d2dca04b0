import { RunJobFlowInput$ } from "@aws-sdk/client-emr";
import { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, it } from "vitest";
import { fieldClasses } from "../../../provider/pool/fieldClasses";
import { rules } from "../../../provider/pool/rules";
import { fieldClass } from "./fieldClass";

/** Paths of all fields of `RunJobFlow` that hold a value, by the schema the SDK serializes with. */
function fieldPaths(schema: NormalizedSchema, path: string, within: readonly string[]): string[] {
  if (schema.isListSchema()) return fieldPaths(schema.getValueSchema(), `${path}[]`, within);
  if (!schema.isStructSchema()) return [path];
  const name = schema.getName(true) ?? "";
  // Configurations hold configurations.
  if (within.includes(name)) return [];
  return [...schema.structIterator()].flatMap(([field, member]) =>
    fieldPaths(member, path === "" ? field : `${path}.${field}`, [...within, name]),
  );
}

const paths = fieldPaths(NormalizedSchema.of(RunJobFlowInput$ as never), "", []);

describe("field classes", () => {
  it("have every field of RunJobFlow that the installed SDK knows", () => {
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => fieldClass(path) === undefined)).toEqual([]);
  });

  it("have no field that the SDK does not know", () => {
    const known = (entry: string) =>
      paths.some((path) => path === entry || path.startsWith(`${entry}.`) || path.startsWith(`${entry}[`));
    expect(Object.keys(fieldClasses).filter((entry) => !known(entry))).toEqual([]);
  });

  it("notice a field that the SDK gains", () => {
    expect(fieldClass("Instances.NewField")).toBeUndefined();
    expect(fieldClass("Instances.InstanceGroups[].NewField")).toBeUndefined();
    expect(fieldClass("ManagedScalingPolicy.ComputeLimits.NewField")).toBeUndefined();
    expect(fieldClass("NewField")).toBeUndefined();
  });

  it("name rules that exist, and every rule that compares a field of the request has one", () => {
    const named = new Set(
      Object.values(fieldClasses).flatMap((entry) => ("rules" in entry ? entry.rules.split(", ") : [])),
    );
    const existing = new Set(rules.map(({ number }) => number));
    expect([...named].filter((rule) => !existing.has(rule))).toEqual([]);
    const ofOtherThings = ["R1", "R2", "R13", "R19", "R20", "R38", "R41", "X4"];
    expect([...existing].filter((rule) => !named.has(rule)).sort()).toEqual(ofOtherThings.sort());
  });
});
