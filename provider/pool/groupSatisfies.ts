import { canAssign } from "./assignment";
import { configurationsDiffer } from "./configurations";
import type { EbsTraits, InstanceGroupTraits, VolumeTraits } from "./instanceGroups";
import type { InstanceTypeTable } from "./instanceTypes";
import { shown } from "./rule";

/** All but the number of instances. */
export function groupSatisfies(
  actual: InstanceGroupTraits,
  asked: InstanceGroupTraits,
  types: InstanceTypeTable,
): boolean {
  if (actual.spot && !(asked.spot && bidCovers(actual.bidPrice, asked.bidPrice))) return false;
  if (actual.type !== asked.type) {
    const [has, needs] = [types.get(actual.type), types.get(asked.type)];
    if (!has || !needs || has.memoryGiB < needs.memoryGiB) return false;
  }
  return (
    (!asked.optimized || actual.optimized) &&
    volumesRefuse(actual, asked) === undefined &&
    configurationsDiffer(actual.configurations, asked.configurations) === undefined &&
    actual.customAmi === asked.customAmi
  );
}

/** No price means up to the on-demand price, which is at least any sensible bid. */
export function bidCovers(actual: string | undefined, asked: string | undefined): boolean {
  if (actual === undefined || actual === asked) return true;
  return asked !== undefined && Number(actual) >= Number(asked);
}

/** Every volume asked for needs one of its own (R29). */
export function volumesRefuse(actual: EbsTraits, asked: EbsTraits): string | undefined {
  if (
    asked.volumes.every(
      (volume, index) => actual.volumes[index] && volumeCovers(actual.volumes[index], volume),
    )
  )
    return undefined;
  const one = () => 1;
  const fits = (need: number, has: number) => volumeCovers(actual.volumes[has]!, asked.volumes[need]!);
  if (canAssign(asked.volumes.map(one), actual.volumes.map(one), fits)) return undefined;
  return `EBS volumes: ${volumesText(actual.volumes)}, asked ${volumesText(asked.volumes)}`;
}

function volumeCovers(actual: VolumeTraits, asked: VolumeTraits): boolean {
  return (
    actual.type === asked.type &&
    actual.sizeGiB >= asked.sizeGiB &&
    actual.iops >= asked.iops &&
    actual.throughput >= asked.throughput
  );
}

function volumesText(volumes: readonly VolumeTraits[]): string {
  const one = ({ type, sizeGiB, iops, throughput }: VolumeTraits) =>
    `${type} ${sizeGiB} GiB${iops ? ` ${iops} IOPS` : ""}${throughput ? ` ${throughput} MiB/s` : ""}`;
  return shown(volumes.map(one).join(" + "));
}
