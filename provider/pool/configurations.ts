import type { Configuration } from "@aws-sdk/client-emr";
import { holdsStandIn, isSameText, plainText } from "./specSecrets";

interface CanonicalConfiguration {
  classification: string;
  properties: [string, string][];
  configurations: CanonicalConfiguration[];
}

/**
 * Configurations by meaning (R9): the list in order of classification, a later entry of the same classification
 * in place of the earlier, values as strings, empty entries dropped, nested ones likewise.
 * https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-configure-apps.html
 */
export function canonicalConfigurations(configurations: readonly Configuration[] | null | undefined): string {
  if (!configurations?.length) return "[]";
  return JSON.stringify(canonicalList(configurations));
}

function canonicalList(configurations: readonly Configuration[]): CanonicalConfiguration[] {
  const byClassification = new Map<string, CanonicalConfiguration>();
  for (const entry of configurations) {
    const classification = entry.Classification ?? "";
    byClassification.set(classification, {
      classification,
      properties: Object.entries(entry.Properties ?? {})
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]): [string, string] => [name, String(value)])
        .sort(([a], [b]) => compareCodeUnits(a, b)),
      configurations: canonicalList(entry.Configurations ?? []),
    });
  }
  return [...byClassification.values()]
    .filter((entry) => entry.properties.length > 0 || entry.configurations.length > 0)
    .sort((a, b) => compareCodeUnits(a.classification, b.classification));
}

/** Order that is the same on every machine, unlike `localeCompare`. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reason if two canonical configurations are not the same: the first few properties in which they differ. (R9) */
export function configurationsDiffer(actual: string, asked: string): string | undefined {
  if (actual === asked) return undefined;
  const key = `${actual}\0${asked}`;
  if (differences.has(key)) return differences.get(key);
  if (differences.size >= 100) differences.clear();
  const text = differenceText(actual, asked);
  differences.set(key, text);
  return text;
}

/** Clusters of a pool have few different configurations: the text is the same for many candidates of a decision. */
const differences = new Map<string, string | undefined>();

function differenceText(actual: string, asked: string): string | undefined {
  const [has, needs] = [propertiesOf(actual), propertiesOf(asked)];
  const names = [...new Set([...needs.keys(), ...has.keys()])].filter(
    (name) => !isSameText(has.get(name), needs.get(name)),
  );
  if (names.length === 0) return undefined;
  const shownNames = names.slice(0, 3).map((name) => {
    const [actualValue, askedValue] = shownValues(name, has.get(name), needs.get(name));
    return `${name}: ${actualValue}, asked ${askedValue}`;
  });
  const more = names.length > 3 ? `; ${names.length - 3} more` : "";
  return `configurations: ${shownNames.join("; ")}${more}`;
}

/** Values of `hive-site javax.jdo.option.ConnectionPassword` and its like are nobody's business. */
const secretName = /pass|secret|token|credential|access\.?key|private/i;

/** A property's two values as far as a message may show them: where one is a secret's stand-in, the other is one too. */
export function shownValues(
  name: string,
  actual: string | undefined,
  asked: string | undefined,
): [string, string] {
  const isSecret = secretName.test(name) || [name, actual, asked].some(holdsStandIn);
  const shown = (value: string | undefined) => {
    if (value === undefined) return "none";
    if (isSecret) return "(not shown)";
    return value.length > 60 ? `${value.slice(0, 57)}...` : value;
  };
  return [shown(actual), shown(asked)];
}

/** Every property of canonical configurations by its path: `hadoop-env > export JAVA_HOME`. */
export function propertiesOf(canonical: string): Map<string, string> {
  const result = new Map<string, string>();
  const visit = (list: CanonicalConfiguration[], prefix: string) => {
    for (const { classification: text, properties, configurations } of list) {
      // A list of configurations that is a secret as a whole has stand-ins for their names as well.
      const classification = plainText(text);
      const path = prefix === "" ? classification : `${prefix} > ${classification}`;
      for (const [name, value] of properties) result.set(`${path} ${name}`, value);
      visit(configurations, path);
    }
  };
  visit(JSON.parse(canonical) as CanonicalConfiguration[], "");
  return result;
}
