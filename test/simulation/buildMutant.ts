import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import type { Patch } from "./mutants";
import type * as Simulation from "./simulate";

/**
 * The simulator over the protocol with `patches` in its source. The protocol itself has no switches for this: what is
 * tested is what users run, and a mutant is a change of its text.
 */
export async function buildMutant(patches: readonly Patch[] = []): Promise<typeof Simulation> {
  const outfile = join(mkdtempSync(join(tmpdir(), "mutant ")), "simulate.cjs");
  const unused = new Set(patches);
  await build({
    entryPoints: [join(__dirname, "simulate.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    plugins: [
      {
        name: "patches",
        setup: ({ onLoad }) => {
          onLoad({ filter: /[\\/]provider[\\/]lease[\\/]\w+\.ts$/ }, async ({ path }) => {
            let text = await readFile(path, "utf8");
            for (const patch of patches.filter(({ file }) => file === basename(path))) {
              const parts = text.split(patch.find);
              if (parts.length !== 2)
                throw new Error(`${patch.file} holds ${parts.length - 1} times: ${patch.find}`);
              text = parts.join(patch.replace);
              unused.delete(patch);
            }
            return { contents: text, loader: "ts" };
          });
        },
      },
    ],
  });
  if (unused.size > 0) throw new Error(`no such file: ${[...unused].map(({ file }) => file).join(", ")}`);
  return createRequire(__filename)(outfile) as typeof Simulation;
}
