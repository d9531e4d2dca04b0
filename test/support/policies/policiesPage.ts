import { catalog } from "../../../policies/catalog";
import type { PolicyDefinition, Profile } from "../../../policies/definePolicy";
import { commonConfig } from "../../../policies/exemptions";
import snapshot from "../../../policies/prices/usEast1.json";
import { configSchemaIn, levelIn } from "../../../policies/profiles";
import type { ResourceKind } from "../../../policies/resource";

const profiles: readonly Profile[] = ["dev", "prod", "strict"];

const kindNames: Record<ResourceKind, string> = {
  job: "`PooledEmrJob`",
  keptCluster: "`PooledEmrCluster`",
  cluster: "`aws.emr.Cluster`",
  instanceGroup: "`aws.emr.InstanceGroup`",
  instanceFleet: "`aws.emr.InstanceFleet`",
  managedScalingPolicy: "`aws.emr.ManagedScalingPolicy`",
  securityConfiguration: "`aws.emr.SecurityConfiguration`",
  blockPublicAccess: "`aws.emr.BlockPublicAccessConfiguration`",
};

interface Schema {
  type?: string | string[];
  default?: unknown;
  description?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  enum?: unknown[];
}

/** `docs/policies.md`, from the policies themselves. */
export function policiesPage(): string {
  return `${[introduction(), table(), ...catalog.map(section)].join("\n\n")}\n`;
}

function introduction(): string {
  return `# Policies

<!-- Generated from policies/ by \`npm run docs:policies\`; a test keeps it true. -->

The package ships a CrossGuard policy pack of ${catalog.length} rules for \`PooledEmrJob\`, \`PooledEmrCluster\`
and, where they apply, raw \`aws.emr\` resources. It makes no AWS calls and loads no AWS SDK; it needs no account and no login.

\`\`\`sh
pulumi preview --policy-pack node_modules/pulumi-pooled-emr/policies          # profile prod
pulumi preview --policy-pack node_modules/pulumi-pooled-emr/policies/dev      # profile dev
pulumi preview --policy-pack node_modules/pulumi-pooled-emr/policies/strict   # profile strict
\`\`\`

- **dev** advises; rules that protect others in the pool stay mandatory; small price and size limits.
- **prod** is the default.
- **strict** makes every rule tagged \`security\` mandatory.

A message says what was found, what is allowed, why, and how to fix it, one sentence each. Rules judge the value that
will hold: a job without an idle timeout gets 600 s and passes; a \`PooledEmrCluster\` without one gets a week and must
set it. A value that isn't known at preview is passed over in
silence and judged at the update. Rules over the whole stack read \`placement\`, what the deployment *would* do.

## Configuration

\`--policy-pack-config\` takes a JSON file with a level, or an object, by policy:

\`\`\`json
{
  "all": "advisory",
  "idle-timeout-required": { "enforcementLevel": "remediate", "maxSeconds": 1800 },
  "pool-name-allowed": { "patterns": ["etl", "adhoc-.*"], "stackPools": { "prod": ["etl"] } },
  "private-subnet": {
    "exemptStacks": [{ "stack": "etl/sandbox", "reason": "no private network there yet", "until": "2027-01-31" }]
  }
}
\`\`\`

Every policy also takes:

${configTable(commonConfig as unknown as Record<string, Schema>)}

An exemption carries a reason and an end date, a day of the calendar. After that day it is reported, as advice, and the
rule holds again.

Remediation changes inputs before they are judged, at enforcement level \`remediate\` only. The changed values are what
is deployed and stored; \`placement\` in that preview was still planned for the values before.

## Prices

Every figure is an **estimate**, of ${snapshot.date} for ${snapshot.region}. ${snapshot.source}

All nodes count at on-demand price, scaled out to their limits. EMR's price is taken as ${snapshot.emr.shareOfEc2 * 100} % of EC2's, at most
$${snapshot.emr.maximumPerInstance} an hour; EBS, data transfer and taxes are left out.

A type that the prices don't know counts nothing in the sum and is reported with how to give it a price: profiles prod
and strict refuse it (\`refuseUnpriced\`), since nobody can say that it keeps the limit; dev advises.

## Rules of your own

\`pulumi-pooled-emr/policies\` exports the list of definitions (\`catalog\`), which are plain objects.`;
}

function table(): string {
  const rows = catalog.map(
    (policy) =>
      `| [${policy.name}](#${policy.name}) | ${policy.description} | ${profiles.map((profile) => level(profile, policy)).join(" | ")} | ${policy.severity} | ${policy.remediate ? "yes" : ""} |`,
  );
  return [
    "## All policies",
    "",
    "| policy | rule | dev | prod | strict | severity | remediates |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function level(profile: Profile, policy: PolicyDefinition): string {
  return levelIn(profile, policy as unknown as PolicyDefinition<never>);
}

function section(policy: PolicyDefinition): string {
  const kinds = (policy.kinds ?? []).map((kind) => kindNames[kind]);
  const judged = [...kinds, ...(policy.checkStack ? ["the whole stack"] : [])].join(", ");
  const own = Object.keys(policy.config).length;
  return [
    `### ${policy.name}`,
    "",
    `${policy.description} ${policy.why}`,
    "",
    `- Judges: ${judged}.`,
    `- To comply: ${policy.remediationSteps}`,
    `- Tags: ${policy.tags.join(", ")}. [More](${policy.url}).${framework(policy)}`,
    ...(own > 0 ? ["", configTable(policy.config as unknown as Record<string, Schema>, policy)] : []),
  ].join("\n");
}

function framework({ framework: it }: PolicyDefinition): string {
  return it === undefined ? "" : ` ${it.name} ${it.version}, ${it.reference}: ${it.specification}.`;
}

function configTable(config: Record<string, Schema>, policy?: PolicyDefinition): string {
  const rows = Object.entries(config).map(
    ([key, schema]) =>
      `| \`${key}\` | ${shownDefault(schema.default)}${otherDefaults(key, schema, policy)} | ${bounds(schema)} | ${cell(schema.description ?? "")} |`,
  );
  return ["| property | default | allowed | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

/** A long table of defaults by its names: the code has the rest. */
function shownDefault(value: unknown): string {
  if (JSON.stringify(value).length < 500) return code(value);
  return `by name: ${Object.keys(value as object).join(", ")}`;
}

/** Defaults of profiles that differ from prod's. */
function otherDefaults(key: string, { default: usual }: Schema, policy?: PolicyDefinition): string {
  if (policy === undefined) return "";
  return profiles
    .map((profile) => {
      const { properties } = configSchemaIn(profile, policy as unknown as PolicyDefinition<never>);
      const own = (properties as unknown as Record<string, Schema>)[key]?.default;
      return JSON.stringify(own) === JSON.stringify(usual) ? "" : `; ${profile}: ${code(own)}`;
    })
    .join("");
}

function bounds({ type, minimum, exclusiveMinimum, maximum, enum: values }: Schema): string {
  if (values !== undefined) return values.map(code).join(", ");
  if (minimum !== undefined) return `${minimum} to ${maximum}`;
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}, to ${maximum}`;
  return String(type);
}

function code(value: unknown): string {
  const text = JSON.stringify(value);
  return `\`${cell(text)}\``;
}

/** A pipe would end the table's cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
