import type { ConfigProperty } from "../definePolicy";
import { definePolicy } from "../definePolicy";
import { eachKnown, known } from "../known";
import type { ClusterView } from "../views/clusterView";

interface SecretsConfig {
  patterns: Record<string, string>;
}

/** Input paths that end where anybody who may list clusters or steps can read them. */
const readablePaths =
  /^(steps(\[|$)|cluster$|cluster\.(bootstrapActions|configurations|tags|name|additionalInfo)(\W|$))/;

const patterns: ConfigProperty<Record<string, string>> = {
  type: "object",
  additionalProperties: { type: "string", format: "regex", minLength: 1 },
  maxProperties: 100,
  default: {
    "AWS access key": "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b",
    "private key": "-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "GitHub token": "\\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\\b",
    "Slack token": "\\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "password in an address": "\\b[a-z][a-z0-9+.:-]*://[^/\\s:@]+:[^/\\s:@]+@",
    "password or key by name":
      "(?i)(password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token)[\"']?\\s*[=:]\\s*[^\\s${}]{4,}",
  },
  description:
    "Regular expressions by what they find, looked for in step arguments and properties, bootstrap arguments and configurations; (?i) in front ignores case.",
};

export const noSecretsInArgs = definePolicy<SecretsConfig>({
  name: "no-secrets-in-args",
  description: "Step arguments, properties, bootstrap arguments and configurations must hold no secrets.",
  why: "Anybody who may list the cluster or its steps can read them, and so can the logs.",
  remediationSteps:
    "Read the secret at run time from AWS Secrets Manager or Parameter Store, and pass its name.",
  severity: "critical",
  tags: ["security", "secrets"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: { patterns },
  kinds: ["job", "cluster"],
  check({ cluster, job }, config, report) {
    const expressions = Object.entries(config.patterns).map(([what, source]) => ({
      what,
      expression: source.startsWith("(?i)") ? new RegExp(source.slice(4), "i") : new RegExp(source),
    }));
    const flagged = new Set<string>();
    const secretPaths = known(() => job?.secretPaths ?? [], []);
    eachKnown(secretPaths, (path) => {
      if (!readablePaths.test(path)) return;
      flagged.add(path);
      report(`${path} is a Pulumi secret (not shown).`, "Allowed: values that are not secret.");
    });
    eachText(cluster, (path, text) => {
      const match = expressions.find(({ expression }) => expression.test(text));
      if (match !== undefined && !flagged.has(path))
        report(
          `${path} looks like a secret: ${match.what} (value not shown).`,
          "Allowed: values without secrets.",
        );
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
  known(
    () => eachKnown(cluster.configurations, ({ path, properties }) => map(`${path}.properties`, properties)),
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
