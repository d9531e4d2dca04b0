/** Whether `label` has the form `emr-7.5.0`, which can be compared. */
export function isRelease(label: string): boolean {
  return /^emr-\d+\.\d+(\.\d+)?$/.test(label);
}

/** Whether release `label` is `minimum` or later: numbers, part by part. */
export function releaseAtLeast(label: string, minimum: string): boolean {
  const [own, least] = [parts(label), parts(minimum)];
  for (const [index, part] of own.entries()) {
    const other = least[index] ?? 0;
    if (part !== other) return part > other;
  }
  return true;
}

function parts(label: string): number[] {
  const numbers = label.replace("emr-", "").split(".").map(Number);
  return [0, 1, 2].map((index) => numbers[index] ?? 0);
}
