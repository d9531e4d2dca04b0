import type { RunJobFlowInput } from "@aws-sdk/client-emr";
import { canonicalForm } from "./canonicalForm";
import { canonicalJson } from "./canonicalJson";
import { propertiesOf, shownValues } from "./configurations";

/** One field in which two cluster specs differ; `none` stands for what a spec does not set. */
export interface FieldDifference {
  readonly field: string;
  readonly actual: string;
  readonly asked: string;
}

/**
 * The fields that make two fingerprints different, down to the single property. Empty if and only if the
 * fingerprints are the same.
 */
export function specDiff(actual: RunJobFlowInput, asked: RunJobFlowInput): FieldDifference[] {
  const [has, wants] = [fieldsOf(actual), fieldsOf(asked)];
  return [...new Set([...wants.keys(), ...has.keys()])]
    .filter((field) => has.get(field) !== wants.get(field))
    .sort()
    .map((field) => {
      const [actual, asked] = shownValues(field, has.get(field), wants.get(field));
      return { field, actual, asked };
    });
}

function fieldsOf(request: RunJobFlowInput): Map<string, string> {
  const { configurations, applications, bootstrapActions, ...rest } = canonicalForm(request);
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(rest)) if (value !== "") fields.set(name, String(value));
  for (const application of applications) fields.set(`applications ${application}`, "installed");
  bootstrapActions.forEach(({ path, args }, index) => {
    fields.set(`bootstrapActions[${index}]`, `${path} ${JSON.stringify(args)}`);
  });
  for (const [name, value] of propertiesOf(canonicalJson(configurations)))
    fields.set(`configurations ${name}`, value);
  return fields;
}
