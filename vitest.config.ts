import { defineConfig } from "vitest/config";

const tests = (name: string, include: string[], extra: object = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      tests("unit", ["test/unit/**/*.test.ts", "test/simulation/**/*.test.ts"]),
      tests("integration", ["test/integration/**/*.test.ts"], { testTimeout: 60_000, hookTimeout: 60_000 }),
      tests("e2e", ["test/e2e/**/*.test.ts"], { testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
    coverage: { provider: "v8", include: ["provider/**", "local/**", "policies/**"] },
  },
});
