/**
 * What `npm test` installs before it starts: independent S3 and EMR servers, and the real Pulumi engine; the long tests
 * want Spark as well. Each on its own, once, into a folder that git ignores; what this machine can't have is reported,
 * and its tests are skipped.
 */
import { installEngine } from "./pulumi/engine";
import { ensureTools } from "./tools/install";
import { spark } from "./tools/spark";

async function setUp(): Promise<void> {
  const startedAt = performance.now();
  console.log("Test set-up: independent servers and the Pulumi engine (once, cached in .tools/)");
  const [tools, engine] = await Promise.all([
    ensureTools(process.env.POOLED_EMR_LONG_TESTS === "1" ? [spark] : []),
    installEngine((line) => console.log(`  ${line}`)),
  ]);
  for (const tool of tools)
    console.log(
      `  ${tool.name} ${tool.version}: ${"skipped" in tool ? `SKIPPED, ${tool.skipped}` : "ready"}`,
    );
  console.log(
    `  pulumi: ${"skipped" in engine ? `SKIPPED, ${engine.skipped}` : `ready, ${engine.engine.version} (${engine.engine.origin})`}`,
  );
  console.log(`Test set-up took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

setUp().catch((error) => {
  // Tests that need what is missing skip themselves; the others must run.
  console.error("Test set-up:", error);
});
