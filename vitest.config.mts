import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], timeout: number) => ({
  extends: true as const,
  test: { name, include, testTimeout: timeout, hookTimeout: timeout },
});

/** `npm test` leaves these out; `npm run test:long`, which CI runs as well, runs nothing else. */
const long = "test/**/*.long.test.ts";
const runsLongTests = process.env.POOLED_EMR_LONG_TESTS === "1";
const kinds = (folders: string[]) =>
  folders.map((folder) => `test/${folder}/**/*${runsLongTests ? ".long" : ""}.test.ts`);

export default defineConfig({
  test: {
    // Half of the time a test waits for processes of its own: two processors serve four workers. The long tests start
    // up to 64 processes themselves.
    maxWorkers: runsLongTests ? 2 : 4,
    // Said once in every process: that Node 20 is old. Provider and CLI silence it too.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    exclude: runsLongTests ? [] : [long],
    globalSetup: ["test/support/awsCalls/globalSetup.ts"],
    projects: [
      project("unit", kinds(["unit", "simulation"]), runsLongTests ? 1_800_000 : 60_000),
      project("integration", kinds(["integration"]), runsLongTests ? 1_800_000 : 120_000),
      project("e2e", kinds(["e2e"]), runsLongTests ? 1_800_000 : 240_000),
    ],
    coverage: { provider: "v8", include: ["provider/**", "local/**", "policies/**"] },
  },
});
