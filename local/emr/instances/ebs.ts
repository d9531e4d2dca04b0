import type { EbsBlockDevice, EbsConfiguration, VolumeSpecification } from "@aws-sdk/client-emr";
import type { Wire } from "../wire";

/** The volumes of a request, one by one with device names, as EMR lists them. */
export function ebsBlockDevices(configuration: Wire<EbsConfiguration> | undefined): Wire<EbsBlockDevice>[] {
  const volumes = (configuration?.EbsBlockDeviceConfigs ?? []).flatMap((device) =>
    Array.from({ length: device.VolumesPerInstance ?? 1 }, () => device.VolumeSpecification),
  );
  return volumes.map((specification, index) => ({
    VolumeSpecification: filledIn(specification),
    Device: `/dev/sd${String.fromCharCode("b".charCodeAt(0) + index)}`,
  }));
}

/** gp3 has a baseline that is given when none is asked: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html */
function filledIn(
  specification: Wire<VolumeSpecification> | undefined,
): Wire<VolumeSpecification> | undefined {
  if (specification?.VolumeType !== "gp3") return specification;
  return { ...specification, Iops: specification.Iops ?? 3000, Throughput: specification.Throughput ?? 125 };
}
