import { RunJobFlowInput$, StepConfig$ } from "@aws-sdk/client-emr";
import { NormalizedSchema } from "@smithy/core/schema";
import { describe, expect, test } from "vitest";
import { toEmrFields } from "../../../provider/emr/fieldNames";

/** The user's and EMR's form of a value at each free-form map of the schema, everything else left out. */
function mapsOf(
  schema: NormalizedSchema,
  within: string[] = [],
): { path: string; user: unknown; emr: unknown }[] {
  if (schema.isMapSchema()) {
    const map = { "some-key": "v", Other: "w" };
    return [{ path: "", user: map, emr: map }];
  }
  if (schema.isListSchema())
    return mapsOf(schema.getValueSchema(), within).map(({ path, user, emr }) => ({
      path: `[]${path}`,
      user: [user],
      emr: [emr],
    }));
  const name = schema.getName(true) ?? "";
  if (!schema.isStructSchema() || within.includes(name)) return [];
  return [...schema.structIterator()].flatMap(([field, member]) => {
    const userField = field.charAt(0).toLowerCase() + field.slice(1);
    return mapsOf(member, [...within, name]).map(({ path, user, emr }) => ({
      path: `.${field}${path}`,
      user: { [userField]: user },
      emr: { [field]: emr },
    }));
  });
}

describe("fields of the user in EMR's form", () => {
  const maps = [RunJobFlowInput$, StepConfig$].flatMap((schema) =>
    mapsOf(NormalizedSchema.of(schema as never)),
  );

  test("the SDK has free-form maps", () => {
    expect(maps.length).toBeGreaterThanOrEqual(6);
  });

  test.each(maps)("keys of $path are data and stay as they are", ({ user, emr }) => {
    expect(toEmrFields(user as never)).toEqual(emr);
  });

  test("properties of a step are a list of fields", () => {
    expect(toEmrFields({ properties: [{ key: "k", value: "v" }], left: undefined })).toEqual({
      Properties: [{ Key: "k", Value: "v" }],
    });
  });
});
