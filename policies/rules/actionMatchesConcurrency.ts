import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { itemsOf } from "../views/clusterView";

export const actionMatchesConcurrency = definePolicy({
  name: "action-matches-concurrency",
  description: "Where steps run side by side, a failing step must let the others continue.",
  why: "CANCEL_AND_WAIT cancels every pending step of the cluster, also those of other jobs, and EMR refuses it above level 1.",
  remediationSteps: "Leave actionOnFailure out or set it to CONTINUE, or use one step at a time.",
  severity: "high",
  tags: ["pool", "steps"],
  url: "https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {},
  kinds: ["job", "cluster"],
  check({ cluster }, _config, report) {
    const { path: levelPath, value: level } = cluster.stepConcurrencyLevel;
    if (level <= 1) return;
    eachKnown(cluster.steps, ({ path, actionOnFailure }) => {
      if (actionOnFailure === "CANCEL_AND_WAIT")
        report(
          `${path}.actionOnFailure is CANCEL_AND_WAIT with ${levelPath} ${level}.`,
          "Allowed: CONTINUE.",
        );
    });
  },
  remediate({ cluster, props }) {
    if (cluster.stepConcurrencyLevel.value <= 1) return false;
    const steps = itemsOf(props.steps as { actionOnFailure?: string }[] | undefined);
    const wrong = steps.filter((step) => step.actionOnFailure === "CANCEL_AND_WAIT");
    for (const step of wrong) step.actionOnFailure = "CONTINUE";
    return wrong.length > 0;
  },
});
