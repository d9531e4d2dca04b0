import { Command } from "commander";
import { PooledEmrError } from "../errors";
import { poolName, regionName, storeUri } from "./argumentValues";

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  verbose?: boolean;
}

/** Where a command finds its pool. */
export interface PoolOptions extends CommonOptions {
  pool: string;
  store: string;
  region?: string;
}

/** A command with `--json` and `--verbose`, its help ending in the examples. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .summary(description.replace(/\. .*/s, "."))
    .description(description)
    .option("--json", "print JSON instead of text")
    .option("--verbose", "print EMR calls, waits and, on an error, its stack")
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ emrpool ${example}`).join("\n")}`);
}

/** `--pool`, `--store` and `--region`, for the commands that look at a pool. */
export const poolOption = ["--pool <name>", "name of the pool (pool.name)", poolName] as const;
export const storeOption = [
  "--store <s3-uri>",
  "s3://bucket[/prefix] of the pool (pool.store)",
  storeUri,
] as const;
export const regionOption = [
  "--region <region>",
  "AWS region (default: the AWS SDK's chain)",
  regionName,
] as const;

/** A command that works on one pool. */
export function poolVerb(name: string, description: string, examples: readonly string[]): Command {
  return verb(name, description, examples)
    .requiredOption(...poolOption)
    .requiredOption(...storeOption)
    .option(...regionOption);
}

/** `--dry-run`, for the commands that change something. */
export const dryRun = ["--dry-run", "say what would be done and change nothing"] as const;

/**
 * Two ways to call a command exclude each other, or one of several is needed: commander can't express that.
 * @throws PooledEmrError `INVALID_ARGUMENT`, exit code 2.
 */
export function wrongUse(subject: string, problem: string, fix: string): PooledEmrError {
  return new PooledEmrError("INVALID_ARGUMENT", { subject, problem, fix });
}
