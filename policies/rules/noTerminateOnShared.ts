import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { itemsOf } from "../views/clusterView";

const terminating = ["TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"];

export const noTerminateOnShared = definePolicy({
  name: "no-terminate-on-shared",
  description: "A failing step of a pooled job must not end the cluster.",
  why: "Others have jobs on the cluster, which would fail with it.",
  remediationSteps:
    "Leave actionOnFailure out, or use CANCEL_AND_WAIT, or CONTINUE where steps run side by side.",
  severity: "critical",
  tags: ["pool", "steps"],
  url: "https://docs.aws.amazon.com/emr/latest/APIReference/API_StepConfig.html",
  level: "mandatory",
  levels: { dev: "mandatory" },
  config: {},
  kinds: ["job"],
  check({ cluster }, _config, report) {
    eachKnown(cluster.steps, ({ path, actionOnFailure }) => {
      if (actionOnFailure !== undefined && terminating.includes(actionOnFailure))
        report(`${path}.actionOnFailure is ${actionOnFailure}.`, "Allowed: CANCEL_AND_WAIT or CONTINUE.");
    });
  },
  remediate({ cluster, job }) {
    const action = cluster.stepConcurrencyLevel.value > 1 ? "CONTINUE" : "CANCEL_AND_WAIT";
    const wrong = itemsOf(job!.steps).filter((step) => terminating.includes(step.actionOnFailure ?? ""));
    for (const step of wrong) step.actionOnFailure = action;
    return wrong.length > 0;
  },
});
