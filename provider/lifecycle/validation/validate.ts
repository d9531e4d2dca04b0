import { RunJobFlowInput$, StepConfig$ } from "@aws-sdk/client-emr";
import type { z } from "zod";
import type { PooledEmrJobInputs } from "../../args";
import { valueAtPath } from "../../inputPaths";
import { containsUnknown, unknownValue } from "../unknowns";
import { clusterProblems } from "./cluster";
import { emrShapeProblems } from "./emrShape";
import { optionsSchema } from "./options";
import { type Problem, unknownField, withoutSecretValue } from "./problem";
import { secretProblems } from "./secrets";
import { stepProblems } from "./steps";

/**
 * Everything that can be known to be wrong before AWS is called. Refuses only what EMR would refuse or what would
 * harm other jobs (decisions.md 18). Properties that are unknown at preview are judged at `up`.
 *
 * @param inputs - the user's inputs, without the resource's internal ones (`__…`, `secretPaths`)
 * @param secrets - paths of the inputs that are Pulumi secrets; their values are never repeated
 */
export function inputProblems(inputs: Record<string, unknown>, secrets: readonly string[] = []): Problem[] {
  const problems = [...shapeProblems(inputs), ...secretProblems(secrets)];
  if (problems.length === 0) problems.push(...meaningProblems(inputs));
  return problems.map((problem) => withoutSecretValue(problem, secrets));
}

/** What can be known to be wrong of the inputs without their meaning: fields that do not exist, values of another type. */
export function shapeProblems(inputs: Record<string, unknown>): Problem[] {
  const problems: Problem[] = optionProblems(inputs);
  const cluster = inputs.cluster;
  if (isObject(cluster)) problems.push(...misplacedFields(cluster), ...clusterShapeProblems(cluster));
  if (Array.isArray(inputs.steps))
    problems.push(
      ...inputs.steps.flatMap((step, index) => emrShapeProblems(step, StepConfig$, `steps[${index}]`)),
    );
  return problems;
}

function optionProblems(inputs: Record<string, unknown>): Problem[] {
  const result = optionsSchema.safeParse(inputs);
  if (result.success) return [];
  return result.error.issues
    .filter((issue) => !containsUnknown(valueAtPath(inputs, propertyPath(issue.path))))
    .flatMap((issue) => optionProblem(issue, inputs));
}

function optionProblem(issue: z.core.$ZodIssue, inputs: Record<string, unknown>): Problem[] {
  const property = propertyPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      unknownField(property === "" ? key : `${property}.${key}`, key, knownFields(property)),
    );
  }
  const got = valueAtPath(inputs, property);
  return [
    { property, problem: got === undefined ? "is missing" : "is not allowed", got, allowed: issue.message },
  ];
}

function knownFields(property: string): string[] {
  const { pool } = optionsSchema.shape;
  if (property === "") return Object.keys(optionsSchema.shape);
  return Object.keys(property === "pool" ? pool.shape : pool.shape.minAvailable.unwrap().shape);
}

function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}

/** Fields of RunJobFlow that have a place of their own here. */
const elsewhere: Record<string, string> = {
  steps: "Move them to the resource's own `steps`: they are added after the launch, exactly once",
  stepExecutionRoleArn: "Use the resource's own `executionRoleArn`",
};

function misplacedFields(cluster: Record<string, unknown>): Problem[] {
  return Object.keys(elsewhere)
    .filter((name) => cluster[name] !== undefined)
    .map((name) => ({
      property: `cluster.${name}`,
      problem: "does not belong to the cluster",
      fix: elsewhere[name],
    }));
}

function clusterShapeProblems(cluster: Record<string, unknown>): Problem[] {
  const own = Object.fromEntries(Object.entries(cluster).filter(([name]) => !(name in elsewhere)));
  return emrShapeProblems(own, RunJobFlowInput$, "cluster");
}

/** Rules over values, once every value has the right shape; a part that is unknown as a whole is left for the `up`. */
function meaningProblems(inputs: Record<string, unknown>): Problem[] {
  const typed = withoutNulls(inputs) as PooledEmrJobInputs;
  const known = (...values: unknown[]) => values.every((value) => value !== unknownValue);
  const problems: Problem[] = [];
  if (known(typed.pool, typed.cluster)) problems.push(...clusterProblems(typed.cluster, typed.pool));
  if (known(typed.pool, typed.steps, typed.cluster)) problems.push(...stepProblems(typed));
  if (typed.completionTimeoutMinutes !== undefined && known(typed.waitFor) && typed.waitFor !== "completed")
    problems.push({
      property: "completionTimeoutMinutes",
      problem: "limits a wait that doesn't take place",
      got: typed.completionTimeoutMinutes,
      allowed: 'together with waitFor "completed"',
      fix: 'Set waitFor to "completed", or remove completionTimeoutMinutes',
    });
  return problems;
}

/** A field that is null is left out, as JSON, Pulumi and the AWS SDK have it. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(given.map(([name, inner]) => [name, withoutNulls(inner)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
