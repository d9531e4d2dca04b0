#!/usr/bin/env node
import { runCli } from "./program";

// The SDK's notice about future Node versions is for developers of this package, not for each line of its output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// `emrpool list | head` closes the pipe early: that is the reader's choice, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

// The exit code is set, not forced: a forced exit cuts what is still being written to a pipe.
void runCli(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
