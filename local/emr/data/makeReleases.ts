import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { SupportedInstanceType } from "@aws-sdk/client-emr";

/**
 * Makes `releases.json` from the EMR data in the package `moto` 5.2.5 (Apache-2.0, https://github.com/getmoto/moto):
 *
 *     npx tsx local/emr/data/makeReleases.ts <site-packages>/moto/emr/resources
 *
 * A release is stored as its difference from the one before it, as neighbours differ by a few types.
 */
export interface ReleasesFile {
  /** In the columns of {@link instanceTypeColumns}. */
  readonly instanceTypes: readonly (readonly [string, ...(string | number | boolean)[]])[];
  /** Newest first. */
  readonly releases: readonly { readonly label: string; readonly add: string[]; readonly remove: string[] }[];
}

export const instanceTypeColumns = [
  "Type",
  "VCPU",
  "MemoryGB",
  "StorageGB",
  "NumberOfDisks",
  "Architecture",
  "InstanceFamilyId",
  "EbsOptimizedAvailable",
  "EbsOptimizedByDefault",
  "EbsStorageOnly",
  "Is64BitsOnly",
] as const;

function makeReleases(resources: string): ReleasesFile {
  const read = (file: string) => JSON.parse(gunzipSync(readFileSync(join(resources, file))).toString("utf8"));
  const types = Object.values<SupportedInstanceType>(read("instance_types.json.gz"));
  const labels = readdirSync(resources)
    .flatMap((file) => /^instance-types-(emr-.*)\.json\.gz$/.exec(file)?.[1] ?? [])
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  let before: string[] = [];
  const releases = labels.map((label) => {
    const now = [...(read(`instance-types-${label}.json.gz`) as string[])].sort();
    const add = now.filter((type) => !before.includes(type));
    const remove = before.filter((type) => !now.includes(type));
    before = now;
    return { label, add, remove };
  });
  return {
    instanceTypes: types
      .sort((a, b) => (a.Type! < b.Type! ? -1 : 1))
      .map((type) => instanceTypeColumns.map((column) => rounded(type[column]!)) as [string]),
    releases,
  };
}

/** moto keeps the single-precision figures of the service: 1.7000000476837158 is 1.7. */
function rounded(value: string | number | boolean): string | number | boolean {
  return typeof value === "number" ? Number(value.toPrecision(7)) : value;
}

if (require.main === module) {
  const resources = process.argv[2];
  if (resources === undefined)
    throw new Error("Usage: tsx makeReleases.ts <site-packages>/moto/emr/resources");
  writeFileSync(join(__dirname, "releases.json"), `${JSON.stringify(makeReleases(resources))}\n`);
}
