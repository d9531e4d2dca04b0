import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";

export const noDebuggingStep = definePolicy({
  name: "no-debugging-step",
  description: "The legacy step that sets up Hadoop debugging should not be used.",
  why: "It belongs to EMR releases before 5, does nothing useful now, and fails on a cluster that already has it.",
  remediationSteps: "Remove the step; logs are found through logUri.",
  severity: "low",
  tags: ["steps", "legacy"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-debugging.html",
  level: "advisory",
  config: {},
  kinds: ["job", "cluster"],
  check({ cluster }, _config, report) {
    eachKnown(cluster.steps, ({ path, args, jar }) => {
      const isDebugging = [jar, ...args].some((text) => /\bstate-pusher(-script)?\b/.test(text));
      if (isDebugging)
        report(
          `${path} sets up Hadoop debugging.`,
          "Allowed: steps other than state-pusher and state-pusher-script.",
        );
    });
  },
});
