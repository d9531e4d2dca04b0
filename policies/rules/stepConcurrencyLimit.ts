import { definePolicy } from "../definePolicy";
import { parseInstanceType } from "../instanceType";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";

interface StepConcurrencyConfig {
  max: number;
  minMasterVcpus: number;
}

export const stepConcurrencyLimit = definePolicy<StepConcurrencyConfig>({
  name: "step-concurrency-limit",
  description:
    "Few steps should run side by side, and only with managed scaling or a primary node that is large enough.",
  why: "Each running step has its driver on the primary node and takes its share of the same nodes.",
  remediationSteps: "Lower the concurrency, use a larger primary node, or add managed scaling.",
  severity: "low",
  tags: ["reliability", "steps"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-concurrent-steps.html",
  level: "advisory",
  config: {
    max: { type: "integer", minimum: 1, maximum: 256, default: 10, description: "Most steps side by side." },
    minMasterVcpus: {
      type: "integer",
      minimum: 1,
      maximum: 256,
      default: 8,
      description: "Fewest vCPUs of the primary node for concurrency without managed scaling.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { max }, report) {
    const { path, value } = cluster.stepConcurrencyLevel;
    if (value > max) report(`${path} is ${value}.`, `Allowed: at most ${max}.`);
  },
  checkStack(stack, { minMasterVcpus }, report) {
    eachKnown(stack.ofKind(...clusterKinds), (resource) => {
      const { cluster } = resource;
      const { path, value } = cluster.stepConcurrencyLevel;
      if (value <= 1 || cluster.managedScaling !== undefined || stack.isScaled(resource)) return;
      eachKnown(cluster.nodes, (nodes) => {
        if (nodes.role !== "MASTER") return;
        eachKnown(nodes.types, ({ instanceType }) => {
          const vcpus = parseInstanceType(instanceType)?.vcpus;
          if (vcpus !== undefined && vcpus < minMasterVcpus)
            report(
              resource,
              `${path} is ${value} with a primary node of ${vcpus} vCPUs (${instanceType}) and no managed scaling.`,
              `Allowed without managed scaling: at least ${minMasterVcpus} vCPUs.`,
            );
        });
      });
    });
  },
});
