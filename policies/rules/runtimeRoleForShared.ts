import { definePolicy } from "../definePolicy";
import { matchesAny, patternList } from "../patterns";

export const runtimeRoleForShared = definePolicy<{ pools: string[] }>({
  name: "runtime-role-for-shared",
  description: "Every job in a shared pool should run with an execution role of its own.",
  why: "Without one, a job can read and write whatever any job of the pool can.",
  remediationSteps: "Set executionRoleArn, and use a security configuration that enables runtime roles.",
  severity: "medium",
  tags: ["security", "identity"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-steps-runtime-roles.html",
  level: "advisory",
  levels: { dev: "disabled" },
  config: { pools: patternList("Pools, or regular expressions, that count as shared.", [".*"]) },
  kinds: ["job"],
  check({ job }, { pools }, report) {
    if (job!.executionRoleArn !== undefined) return;
    const { name } = job!.pool;
    if (matchesAny(name, pools))
      report(
        `executionRoleArn is not set in pool ${name}.`,
        `Allowed in pools that match ${pools.join(" or ")}: jobs with an execution role.`,
      );
  },
});
