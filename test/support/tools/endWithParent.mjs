// Runs a command and ends it when standard input closes: that is, when the process that asked for it is gone, be it
// by SIGKILL, which leaves it no time to clean up.
import { spawn } from "node:child_process";

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });

let ending = false;
function end() {
  if (!ending) {
    ending = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 2000).unref();
  }
}

process.stdin.resume();
process.stdin.once("close", end);
process.once("SIGTERM", end);
process.once("SIGINT", end);
child.once("error", (error) => {
  console.error(String(error));
  process.exit(127);
});
child.once("exit", (code) => process.exit(code ?? 1));
