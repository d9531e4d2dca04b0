import type { ClusterTraits } from "./clusterTraits";

/**
 * Steps a cluster may ever have (R19): 256 before AMI 2.4.8 and, of the 3 series, before 3.1.1, else 1,000. EMR
 * itself shows no more than the last 1,000.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/AddMoreThan256Steps.html
 */
export function stepLimit(traits: ClusterTraits): number {
  if (!traits.release.startsWith("ami-") || !traits.runningAmi) return 1000;
  const [major = 0, minor = 0, patch = 0] = traits.runningAmi.split(".").map(Number);
  const before = (m: number, p: number) => minor < m || (minor === m && patch < p);
  return major < 2 || (major === 2 && before(4, 8)) || (major === 3 && before(1, 1)) ? 256 : 1000;
}
