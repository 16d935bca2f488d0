import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Real processes, sockets and TLS: a loaded 2-core machine must not turn slowness into failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/fuzz/**"],
        },
      },
      {
        extends: true,
        // Only these need the package.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/fuzz/**/*.test.ts"],
          globalSetup: ["test/globalSetup.ts"],
        },
      },
    ],
  },
});
