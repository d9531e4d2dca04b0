import { definePolicy } from "../definePolicy";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";
import type { ClusterView } from "../views/clusterView";

export const hdfsReplication = definePolicy<{ min: number }>({
  name: "hdfs-replication",
  description: "A cluster with spot core nodes should keep several replicas of HDFS blocks.",
  why: "With one replica, the loss of one core node loses data.",
  remediationSteps: "Set dfs.replication in the hdfs-site classification.",
  severity: "medium",
  tags: ["reliability", "spot"],
  url: "https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hdfs-config.html",
  level: "advisory",
  config: {
    min: { type: "integer", minimum: 2, maximum: 10, default: 2, description: "Fewest replicas." },
  },
  kinds: clusterKinds,
  check({ cluster }, { min }, report) {
    eachKnown(cluster.nodes, ({ role, path, spotUnits }) => {
      if (role !== "CORE" || spotUnits === 0) return;
      const replicas = hdfsReplicas(cluster);
      if (replicas < min)
        report(`dfs.replication is ${replicas} and ${path} is spot.`, `Allowed: at least ${min}.`);
    });
  },
});

/**
 * Replicas of an HDFS block: as configured, else EMR's default, which goes by the number of core nodes (1 below
 * four, 2 below ten, 3 from ten on): https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hdfs-config.html
 */
export function hdfsReplicas(cluster: ClusterView): number {
  const configured = cluster.configurationValue("hdfs-site", "dfs.replication");
  if (configured !== undefined) return Number(configured);
  const coreNodes = cluster.nodes
    .filter((nodes) => nodes.role === "CORE")
    .reduce((total, nodes) => total + nodes.onDemandUnits + nodes.spotUnits, 0);
  if (coreNodes < 4) return 1;
  return coreNodes < 10 ? 2 : 3;
}
