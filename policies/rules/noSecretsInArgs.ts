import type { ConfigProperty } from "../definePolicy";
import { definePolicy } from "../definePolicy";
import { eachKnown, known } from "../known";
import { clusterKinds } from "../resource";
import { compilePatterns, secretIn, secretPatterns } from "../secretText";
import type { ClusterView, ConfigurationView } from "../views/clusterView";

interface SecretsConfig {
  patterns: Record<string, string>;
}

/** Input paths that end where anybody who may list clusters or steps can read them. */
const readablePaths =
  /^(steps(\[|$)|cluster$|cluster\.(bootstrapActions|configurations|tags|name|additionalInfo)(\W|$)|cluster\.instances\..*\bconfigurations(\W|$))/;

const patterns: ConfigProperty<Record<string, string>> = {
  type: "object",
  // Without `format: "regex"`: the engine would take Go's expressions only, which look neither ahead nor behind.
  additionalProperties: { type: "string", minLength: 1 },
  maxProperties: 100,
  default: { ...secretPatterns },
  description:
    "Regular expressions (JavaScript's) by what they find, looked for in step arguments and properties, bootstrap arguments and configurations; (?i) in front ignores case. A match whose group `value` only refers to a secret (an ARN, a path, ${…}), or whose group `name` names none, doesn't count.",
};

export const noSecretsInArgs = definePolicy<SecretsConfig>({
  name: "no-secrets-in-args",
  description: "Step arguments, properties, bootstrap arguments and configurations must hold no secrets.",
  why: "Anybody who may list the cluster or its steps can read them, and so can the logs.",
  remediationSteps:
    "Read the secret at run time from AWS Secrets Manager or Parameter Store, and pass its ARN, or its name in an option that says so, such as --secret-id.",
  severity: "critical",
  tags: ["security", "secrets"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: { patterns },
  kinds: [...clusterKinds, "instanceGroup", "instanceFleet"],
  check({ cluster, pooled }, config, report) {
    const expressions = compilePatterns(config.patterns);
    const flagged = new Set<string>();
    const secretPaths = known(() => pooled?.secretPaths ?? [], []);
    eachKnown(secretPaths, (path) => {
      if (!readablePaths.test(path)) return;
      flagged.add(path);
      report(`${path} is a Pulumi secret (not shown).`, "Allowed: values that are not secret.");
    });
    eachText(cluster, (path, text) => {
      const what = secretIn(text, expressions);
      if (what !== undefined && !flagged.has(path))
        report(`${path} looks like a secret: ${what} (value not shown).`, "Allowed: values without secrets.");
    });
  },
});

/** Calls `judge` with every text that others can read. A property is judged as `name=value`, as it may say what it is. */
function eachText(cluster: ClusterView, judge: (path: string, text: string) => void): void {
  const list = (path: string, values: readonly string[]) =>
    eachKnown(Array.from({ length: values.length }), (_item, index) =>
      judge(`${path}[${index}]`, withPreviousOption(values, index)),
    );
  const map = (path: string, values: Record<string, string>) =>
    eachKnown(Object.keys(values), (key) => judge(`${path}.${key}`, `${key}=${values[key]}`));
  known(
    () =>
      eachKnown(cluster.steps, (step) => {
        known(() => list(`${step.path}.hadoopJarStep.args`, step.args), undefined);
        known(() => map(`${step.path}.hadoopJarStep.properties`, step.properties), undefined);
      }),
    undefined,
  );
  known(() => eachKnown(cluster.bootstrapActions, ({ path, args }) => list(`${path}.args`, args)), undefined);
  const configurations = (read: () => readonly ConfigurationView[]) =>
    known(
      () =>
        eachKnown(read(), (configuration) => {
          known(() => map(`${configuration.path}.properties`, configuration.properties), undefined);
          configurations(() => configuration.configurations);
        }),
      undefined,
    );
  configurations(() => cluster.configurations);
  known(
    () =>
      eachKnown(cluster.nodes, ({ types }) =>
        eachKnown(types, (type) => configurations(() => type.configurations)),
      ),
    undefined,
  );
}

/** `--password hunter2` is two arguments: a value is judged with the option in front of it. */
function withPreviousOption(values: readonly string[], index: number): string {
  const value = values[index]!;
  const previous = index > 0 ? known(() => values[index - 1]!, "") : "";
  return /^--?[A-Za-z]/.test(previous) && !/[=:\s]/.test(previous) && !value.startsWith("-")
    ? `${previous}=${value}`
    : value;
}
