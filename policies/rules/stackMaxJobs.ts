import { definePolicy } from "../definePolicy";

export const stackMaxJobs = definePolicy<{ max: number }>({
  name: "stack-max-jobs",
  description: "A stack must not hold more pooled jobs than the limit.",
  why: "One stack with very many jobs takes every slot of the pools it shares with others.",
  remediationSteps: "Split the stack, or put several steps into one job.",
  severity: "medium",
  tags: ["cost", "pool", "stack"],
  url: "https://docs.databricks.com/en/admin/clusters/policies.html",
  level: "mandatory",
  config: {
    max: { type: "integer", minimum: 1, maximum: 10000, default: 20, description: "Most jobs of a stack." },
  },
  checkStack(stack, { max }, report) {
    const jobs = stack.ofKind("job").length;
    if (jobs > max) report(undefined, `The stack has ${jobs} pooled jobs.`, `Allowed: at most ${max}.`);
  },
});
