import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { SupportedInstanceType } from "@aws-sdk/client-emr";
import type { InstanceTypesFile } from "../instanceTypes";

/**
 * Makes `instanceTypes.json` from the EMR data in the package `moto` (Apache-2.0, https://github.com/getmoto/moto),
 * which are answers of `ListSupportedInstanceTypes`:
 *
 *     npx tsx provider/pool/data/makeInstanceTypes.ts <site-packages>/moto/emr/resources
 */
export function makeInstanceTypes(types: readonly SupportedInstanceType[]): InstanceTypesFile {
  const rows = types
    .filter(({ Type, VCPU, MemoryGB }) => Type && VCPU && MemoryGB)
    // The data keep the single-precision figures of the service: 1.7000000476837158 is 1.7.
    .map(({ Type, VCPU, MemoryGB, Architecture }): [string, InstanceTypesFile[string]] => [
      Type!,
      [VCPU!, Number(MemoryGB!.toPrecision(7)), Architecture ?? ""],
    ]);
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (require.main === module) {
  const resources = process.argv[2];
  if (resources === undefined)
    throw new Error("Usage: tsx makeInstanceTypes.ts <site-packages>/moto/emr/resources");
  const packed = readFileSync(join(resources, "instance_types.json.gz"));
  const types = Object.values<SupportedInstanceType>(JSON.parse(gunzipSync(packed).toString("utf8")));
  const lines = Object.entries(makeInstanceTypes(types)).map(
    ([type, row]) => `${JSON.stringify(type)}: ${JSON.stringify(row)}`,
  );
  writeFileSync(join(__dirname, "instanceTypes.json"), `{\n${lines.join(",\n")}\n}\n`);
}
