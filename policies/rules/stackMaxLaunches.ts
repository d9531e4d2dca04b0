import { definePolicy } from "../definePolicy";
import { launchesOf } from "../launches";

export const stackMaxLaunches = definePolicy<{ max: number }>({
  name: "stack-max-launches",
  description: "A deployment must not launch more clusters than the limit.",
  why: "Many launches at once mean that the jobs don't match each other, so that the pool saves nothing.",
  remediationSteps: "Give the jobs the same cluster, or raise the limit for this stack.",
  severity: "medium",
  tags: ["cost", "pool", "stack"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-overview-benefits.html",
  level: "advisory",
  config: {
    max: {
      type: "integer",
      minimum: 0,
      maximum: 1000,
      default: 5,
      description: "Most clusters one deployment may launch.",
    },
  },
  profileConfig: { dev: { max: 2 } },
  checkStack(stack, { max }, report) {
    const launches = launchesOf(stack).length;
    if (launches > max)
      report(undefined, `The deployment would launch ${launches} clusters.`, `Allowed: at most ${max}.`);
  },
});
