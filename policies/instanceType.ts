/** What the name of an EC2 instance type tells: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
export interface InstanceType {
  /** `m6gd` of `m6gd.2xlarge`. */
  family: string;
  /** `m` of `m6gd`. */
  series: string;
  /** `gd` of `m6gd`. */
  options: string;
  /** `2xlarge`. */
  size: string;
  isGraviton: boolean;
  /** Whether nodes of the type have disks of their own beside EBS. */
  hasInstanceStore: boolean;
  /** By the size's name: large has 2 and n-xlarge 4 n. Undefined for metal and other sizes. */
  vcpus: number | undefined;
}

/** The parts of `name`, or undefined if it isn't an instance type's name. */
export function parseInstanceType(name: string): InstanceType | undefined {
  const match = /^(([a-z]+)\d+([a-z-]*))\.([a-z0-9-]+)$/.exec(name);
  if (match === null) return undefined;
  const [, family, series, options, size] = match as unknown as [string, string, string, string, string];
  return {
    family,
    series,
    options,
    size,
    isGraviton: family === "a1" || options.includes("g"),
    hasInstanceStore: options.includes("d") || /^(i|im|is|d|h|x)$/.test(series) || /^[mcr]3$/.test(family),
    vcpus: vcpusOfSize(size),
  };
}

/** Multiples of `xlarge`; EC2 prices and vCPUs of a family follow them. */
export function xlargeMultiple(size: string): number | undefined {
  if (size === "medium") return 0.25;
  if (size === "large") return 0.5;
  const multiple = /^(\d*)xlarge$/.exec(size)?.[1];
  return multiple === undefined ? undefined : Number(multiple || 1);
}

function vcpusOfSize(size: string): number | undefined {
  const multiple = xlargeMultiple(size);
  return multiple === undefined ? undefined : multiple * 4;
}
