import { PooledEmrError } from "../errors";
import type { ProviderInputs } from "./state";
import { type CheckFailure, checkFailure } from "./validation/problem";
import { inputProblems } from "./validation/validate";

/** Inputs that the constructor or `check` adds. */
const added = new Set(["assets", "secretPaths", "placement"]);

/** What the user wrote. */
export function userInputs(inputs: ProviderInputs): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => !name.startsWith("__") && !added.has(name)),
  );
}

/** What is wrong with the inputs, as Pulumi's check failures. */
export function inputFailures(inputs: ProviderInputs): CheckFailure[] {
  return inputProblems(userInputs(inputs), inputs.secretPaths).map((problem) =>
    checkFailure(problem, inputs.secretPaths),
  );
}

/** @throws PooledEmrError INVALID_INPUT for the first thing wrong */
export function assertValid(inputs: ProviderInputs): void {
  const [problem] = inputProblems(userInputs(inputs), inputs.secretPaths);
  if (problem) {
    const { property, ...details } = problem;
    throw new PooledEmrError("INVALID_INPUT", { subject: property, ...details });
  }
}
