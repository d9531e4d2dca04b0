import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureTool } from "../support/tools/fixtureTool";
import { ensureTool, type Tool } from "../support/tools/installer";

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tools "));
  vi.stubEnv("POOLED_EMR_TOOLS", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true });
});

const tool = (version: string, install: Tool["install"]): Tool => ({ name: "tried", version, install });

describe("the installer of test tools", () => {
  it("says which toolchain is missing, and is no error", async () => {
    const state = await ensureTool(tool("missing", (_, run) => run("no-such-program", ["--help"])));
    expect(state).toMatchObject({ name: "tried", skipped: "no-such-program is not installed" });
  });

  it("shows the last line of an installation that fails, and tries again in the next process", async () => {
    const state = await ensureTool(
      tool("failing", (_, run) =>
        run(process.execPath, ["-e", "console.log('first'); console.log('no luck'); process.exit(3)"]),
      ),
    );
    expect(state).toMatchObject({ skipped: expect.stringMatching(/ended with 3: no luck/) });
    expect(existsSync(join(folder, "tried-failing", "installed"))).toBe(false);
  });

  it("begins anew where an earlier installation was interrupted", async () => {
    const own = join(folder, "tried-interrupted");
    mkdirSync(own);
    writeFileSync(join(own, "half"), "");
    const found: boolean[] = [];
    await ensureTool(tool("interrupted", async (where) => void found.push(existsSync(join(where, "half")))));
    expect(found).toEqual([false]);
  });

  it("installs once when two processes ask, and servers end with a process that is killed", {
    timeout: 120_000,
  }, async () => {
    const log = join(folder, "log");
    const started = await Promise.all([startFixture(log), startFixture(log)]);
    expect(readFileSync(log, "utf8")).toBe("begin\nend\n");
    for (const { child, state, pid } of started) {
      expect(state).toMatchObject({ folder: join(folder, "fixture-1.0.0") });
      expect(isRunning(pid)).toBe(true);
      child.kill("SIGKILL");
    }
    // Nobody tells us when the grandchildren end: the test's time limit does if they don't.
    while (started.some(({ pid }) => isRunning(pid))) {
      await delay(20);
    }
    expect(await ensureTool(fixtureTool(log))).toMatchObject({ name: "fixture" });
    expect(readFileSync(log, "utf8")).toBe("begin\nend\n");
  });
});

async function startFixture(log: string): Promise<{ child: ChildProcess; state: unknown; pid: number }> {
  const script = join(__dirname, "../support/tools/fixtureTool.ts");
  const tsx = createRequire(__filename).resolve("tsx");
  const child = spawn(process.execPath, ["--import", tsx, script, log], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, ...JSON.parse(line.toString()) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
