import { installEngine } from "./engine";

/** Installs the Pulumi engine for the e2e tests and says what it did; exit code 0 also when it can't be had. */
async function main(): Promise<void> {
  const started = Date.now();
  const result = await installEngine((line) => process.stdout.write(`${line}\n`));
  if ("skipped" in result) process.stdout.write(`pulumi engine: skipped: ${result.skipped}\n`);
  else {
    const { origin, version, bin } = result.engine;
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(`pulumi engine: ${version}, ${origin}${bin ? ` (${bin})` : ""}, ${seconds} s\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? error}\n`);
  process.exitCode = 1;
});
