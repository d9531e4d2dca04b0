import * as pulumi from "@pulumi/pulumi";

/**
 * Paths (`steps[0].hadoopJarStep.args[2]`) of the inputs that are Pulumi secrets.
 *
 * A dynamic provider receives secrets in plain and can't tell them from other inputs
 * (https://github.com/pulumi/pulumi/issues/3012), so the program, which can, says where they are. Everything that
 * writes outside the state (journal, launch record, step objects, logs) and the policies go by this list.
 */
export async function secretPaths(value: unknown, path = ""): Promise<string[]> {
  if (pulumi.Output.isInstance(value)) {
    if (!(await pulumi.isSecret(value))) return [];
    const parts = (await secretParts.get(value)?.()) ?? [""];
    return parts.map((part) => `${path}${part}`);
  }
  if (value instanceof Promise) return secretPaths(await value, path);
  if (pulumi.Resource.isInstance(value) || isAsset(value)) return [];
  if (Array.isArray(value)) return pathsOf(value.map((item, index) => [`${path}[${index}]`, item]));
  if (value !== null && typeof value === "object") {
    return pathsOf(Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item]));
  }
  return [];
}

const secretParts = new WeakMap<object, () => Promise<string[]>>();

/**
 * Lets {@link secretPaths} know which parts of an output are secrets; Pulumi itself marks an output as a whole.
 *
 * @param parts - their paths within the output, beginning with `.` or `[`; asked only if the output is a secret
 */
export function knowSecretParts(output: pulumi.Output<unknown>, parts: () => Promise<string[]>): void {
  secretParts.set(output, parts);
}

async function pathsOf(entries: [string, unknown][]): Promise<string[]> {
  return (await Promise.all(entries.map(([path, item]) => secretPaths(item, path)))).flat();
}

function isAsset(value: unknown): boolean {
  return pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);
}
