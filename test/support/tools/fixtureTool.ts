import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ensureTool, type Tool } from "./installer";
import { startTool } from "./toolServer";

/** A tool as small as can be, for tests of the installer; `tsx fixtureTool.ts <file>` installs and starts it. */
export const fixtureTool = (log: string): Tool => ({
  name: "fixture",
  version: "1.0.0",
  async install(_, run) {
    appendFileSync(log, "begin\n");
    await run(process.execPath, ["--version"]);
    // Long enough for the other process to meet it.
    await delay(500);
    appendFileSync(log, "end\n");
  },
});

const serverSource = `
  console.error("pid", process.pid);
  require("node:http").createServer((_, answer) => answer.end(String(process.pid))).listen(process.argv[1], "127.0.0.1");
`;

async function main(log: string): Promise<void> {
  const state = await ensureTool(fixtureTool(log));
  const server = await startTool(fixtureTool(log), (port) => ({
    command: process.execPath,
    args: ["-e", serverSource, String(port)],
  }));
  const pid = "url" in server ? await (await fetch(server.url)).text() : "";
  console.log(JSON.stringify({ state, pid: Number(pid) }));
}

if (require.main === module) {
  void main(process.argv[2]!);
}
