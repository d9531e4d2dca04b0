import { definePolicy } from "../definePolicy";
import { parseInstanceType, xlargeMultiple } from "../instanceType";
import { eachKnown } from "../known";
import { clusterKinds } from "../resource";
import type { NodesView, NodeTypeView } from "../views/clusterView";

interface EbsConfig {
  minGiB: number;
  volumeType: string;
}

export const ebsSizing = definePolicy<EbsConfig>({
  name: "ebs-sizing",
  description: "Core nodes should have enough EBS storage, of the wanted volume type.",
  why: "Full disks make nodes unhealthy and jobs fail, and gp3 costs less than gp2 for more throughput.",
  remediationSteps: "Give core nodes EBS volumes of the wanted type and a sufficient size.",
  severity: "low",
  tags: ["cost", "reliability", "hardware"],
  url: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-storage.html",
  level: "advisory",
  config: {
    minGiB: {
      type: "integer",
      minimum: 1,
      maximum: 65536,
      default: 64,
      description: "Least EBS storage of a core node, in GiB, EMR's default storage counted.",
    },
    volumeType: {
      type: "string",
      enum: ["gp2", "gp3", "io1", "io2", "st1"],
      default: "gp3",
      description: "Wanted volume type, where volumes are given.",
    },
  },
  kinds: clusterKinds,
  check({ cluster }, { minGiB, volumeType }, report) {
    eachKnown(cluster.nodes, (nodes) => {
      if (nodes.role !== "CORE") return;
      eachKnown(nodes.types, (type) => {
        eachKnown(type.volumes ?? [], (volume) => {
          if (volume.volumeType !== volumeType)
            report(`${volume.path} has the volume type ${volume.volumeType}.`, `Allowed: ${volumeType}.`);
        });
        const size = storageGiB(type);
        if (size < minGiB)
          report(`${type.path} has ${size} GiB of EBS storage a node.`, `Allowed: at least ${minGiB} GiB.`);
      });
    });
  },
  remediate(resource, { minGiB, volumeType }) {
    let changed = false;
    const isRaw = resource.pooled === undefined;
    for (const nodes of resource.cluster.nodes.filter((part) => part.role === "CORE")) {
      for (const [index, type] of nodes.types.entries()) {
        const isFine = (type.volumes ?? []).every((volume) => volume.volumeType === volumeType);
        if (isFine && storageGiB(type) >= minGiB) continue;
        const sizeGiB = Math.max(minGiB, storageGiB(type));
        const target = targetOf(resource.props, nodes, index);
        if (target === undefined) continue;
        if (isRaw) target.ebsConfigs = [{ size: sizeGiB, type: volumeType, volumesPerInstance: 1 }];
        else
          target.ebsConfiguration = {
            ebsBlockDeviceConfigs: [
              { volumeSpecification: { volumeType, sizeInGB: sizeGiB }, volumesPerInstance: 1 },
            ],
          };
        changed = true;
      }
    }
    return changed;
  },
});

/**
 * EBS storage of a node: as given, else what EMR attaches to types without disks of their own, 32 GiB for each two
 * vCPUs: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-storage.html
 */
function storageGiB(type: NodeTypeView): number {
  if (type.volumes !== undefined)
    return type.volumes.reduce((total, volume) => total + volume.sizeGiB * volume.volumesPerInstance, 0);
  const parsed = parseInstanceType(type.instanceType);
  if (parsed === undefined || parsed.hasInstanceStore) return Number.POSITIVE_INFINITY;
  return 64 * (xlargeMultiple(parsed.size) ?? 1);
}

/** The object in `props` that holds the EBS settings of one type; none for the legacy form of instances. */
function targetOf(
  props: Record<string, unknown>,
  nodes: NodesView,
  typeIndex: number,
): Record<string, unknown> | undefined {
  const holder = nodes.path
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], props);
  if (typeof holder !== "object" || holder === null) return undefined;
  const part = holder as { instanceTypeConfigs?: Record<string, unknown>[] };
  return nodes.form === "fleet" ? part.instanceTypeConfigs?.[typeIndex] : (holder as Record<string, unknown>);
}
