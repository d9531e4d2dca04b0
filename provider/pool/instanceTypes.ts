/** Size of an instance type in EMR's own figures (`ListSupportedInstanceTypes`), which differ from EC2's for some types. */
export interface InstanceSize {
  readonly vCpu: number;
  /** GiB, as EMR's `MemoryGB` says. */
  readonly memoryGiB: number;
  /** `X86_64` or `ARM64`; absent where a table does not say. */
  readonly architecture?: string;
}

/** Types that are not in it are of unknown size: they match only themselves (R26). */
export type InstanceTypeTable = ReadonlyMap<string, InstanceSize>;
