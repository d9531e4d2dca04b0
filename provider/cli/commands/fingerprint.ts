import type { Command } from "commander";
import { type CommonOptions, verb } from "../verb";

/** `emrpool fingerprint`: what makes two clusters the same. */
export function fingerprintCommand(): Command {
  return verb(
    "fingerprint",
    "Print the canonical form of a cluster spec and its digest: clusters are shared only between jobs whose digests are equal. No network is used.",
    ["fingerprint job.json", "fingerprint - --json < cluster.json"],
  )
    .argument("<spec>", "JSON file with the inputs of a PooledEmrJob, or only its cluster; - reads stdin")
    .action(async (spec: string, options: CommonOptions) => {
      const { fingerprintSpec } = await import("../fingerprint.js");
      await fingerprintSpec(spec, options);
    });
}
