import type { SupportedInstanceType } from "@aws-sdk/client-emr";
import shippedFile from "./data/instanceTypes.json";

/** Size of an instance type in EMR's own figures (`ListSupportedInstanceTypes`), which differ from EC2's for some types. */
export interface InstanceSize {
  readonly vCpu: number;
  /** GiB, as EMR's `MemoryGB` says. */
  readonly memoryGiB: number;
  /** `X86_64` or `AARCH64`; absent where a table does not say. */
  readonly architecture?: string;
}

/** Types that are not in it are of unknown size: they match only themselves (R26). */
export type InstanceTypeTable = ReadonlyMap<string, InstanceSize>;

/** Form of `data/instanceTypes.json`: type to vCPUs, GiB, architecture. */
export type InstanceTypesFile = Record<string, [vCpu: number, memoryGiB: number, architecture: string]>;

/** The table that comes with the package, for when `ListSupportedInstanceTypes` is not allowed. */
export const shippedInstanceTypes: InstanceTypeTable = new Map(
  Object.entries(shippedFile as unknown as InstanceTypesFile).map(
    ([type, [vCpu, memoryGiB, architecture]]) => [
      type,
      { vCpu, memoryGiB, architecture: architecture || undefined },
    ],
  ),
);

/** The answer of `ListSupportedInstanceTypes` over the shipped table: a release leaves out types it can't launch. */
export function instanceTypeTable(types: readonly SupportedInstanceType[]): InstanceTypeTable {
  const table = new Map(shippedInstanceTypes);
  for (const { Type, VCPU, MemoryGB, Architecture } of types)
    if (Type && VCPU && MemoryGB)
      table.set(Type, { vCpu: VCPU, memoryGiB: MemoryGB, architecture: Architecture });
  return table;
}
