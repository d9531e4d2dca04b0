import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";
import { hdfsReplicas } from "./hdfsReplication";

export const coreOnDemand = definePolicy<{ minReplication: number }>({
  name: "core-on-demand",
  description: "Core nodes must be on-demand, unless HDFS keeps enough replicas.",
  why: "Core nodes hold HDFS blocks, which are lost when a spot node is reclaimed.",
  remediationSteps: "Use on-demand core nodes and spot task nodes, or raise dfs.replication in hdfs-site.",
  severity: "medium",
  tags: ["reliability", "spot"],
  url: "https://aws.github.io/aws-emr-best-practices/docs/bestpractices/Reliability/best_practices/",
  level: "mandatory",
  config: {
    minReplication: {
      type: "integer",
      minimum: 2,
      maximum: 10,
      default: 2,
      description: "Replicas of HDFS with which spot core nodes are allowed.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { minReplication }, report) {
    eachKnown(cluster.nodes, ({ role, path, spotUnits }) => {
      if (role !== "CORE" || spotUnits === 0) return;
      const replicas = hdfsReplicas(cluster);
      if (replicas < minReplication)
        report(
          `${path} is spot and dfs.replication is ${replicas}.`,
          `Allowed: on-demand, or a dfs.replication of at least ${minReplication}.`,
        );
    });
  },
});
