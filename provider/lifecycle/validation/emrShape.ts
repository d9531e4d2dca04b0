import { NormalizedSchema } from "@smithy/core/schema";
import { unknownValue } from "../unknowns";
import { fieldValueProblems } from "./fieldValues";
import { type Problem, unknownField } from "./problem";

type Schema = Parameters<typeof NormalizedSchema.of>[0];

/**
 * Compares a value in the user's form (fields with the first letter lower-cased) with a structure of the EMR API,
 * by the schema the AWS SDK itself serializes with, so that every field of the installed SDK is known, now and
 * later. Unknown values pass.
 */
export function emrShapeProblems(value: unknown, schema: Schema, property: string): Problem[] {
  return problemsOf(value, NormalizedSchema.of(schema), property);
}

function problemsOf(value: unknown, schema: NormalizedSchema, property: string): Problem[] {
  if (value === unknownValue || value === undefined || value === null) return [];
  if (schema.isStructSchema()) return structProblems(value, schema, property);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [wrongType(property, value, "a list")];
    return value.flatMap((item, index) =>
      itemProblems(item, schema.getValueSchema(), `${property}[${index}]`),
    );
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) return [wrongType(property, value, "a map of strings")];
    return Object.entries(value).flatMap(([key, item]) =>
      problemsOf(item, schema.getValueSchema(), `${property}.${key}`),
    );
  }
  return scalarProblems(value, schema, property);
}

/** Left out is nothing in an object and a hole in a list, which EMR refuses. */
function itemProblems(item: unknown, schema: NormalizedSchema, property: string): Problem[] {
  if (item !== null && item !== undefined) return problemsOf(item, schema, property);
  return [{ property, problem: "is empty", got: null, fix: "Remove it from the list" }];
}

function structProblems(value: unknown, schema: NormalizedSchema, property: string): Problem[] {
  if (!isObject(value)) return [wrongType(property, value, "an object")];
  const members = new Map([...schema.structIterator()].map(([name, member]) => [userName(name), member]));
  return Object.entries(value).flatMap(([name, item]) => {
    const member = members.get(name);
    const path = `${property}.${name}`;
    if (member === undefined) return [unknownField(path, name, [...members.keys()])];
    const problems = problemsOf(item, member, path);
    return problems.length > 0 ? problems : fieldValueProblems(name, item, path);
  });
}

function scalarProblems(value: unknown, schema: NormalizedSchema, property: string): Problem[] {
  const expected = schema.isNumericSchema()
    ? "number"
    : schema.isBooleanSchema()
      ? "boolean"
      : schema.isStringSchema()
        ? "string"
        : undefined;
  if (expected === undefined || typeof value === expected) return [];
  return [wrongType(property, value, `a ${expected}`)];
}

function wrongType(property: string, value: unknown, allowed: string): Problem {
  return { property, problem: "has the wrong type", got: value, allowed, fix: `Give ${allowed}` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function userName(emrName: string): string {
  return emrName.charAt(0).toLowerCase() + emrName.slice(1);
}
