import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{src,demo,worklets,gateway,scripts,hear,bench}/**/*.test.ts"],
    environment: "node",
    globalSetup: "scripts/silero/vitest-setup.ts",
    restoreMocks: true,
    // Nothing here keeps state in a module, so files may share a process; that halves the time.
    isolate: false,
    maxWorkers: 2,
    // A real recogniser takes a second to start, and several on a busy machine; no test waits for nothing.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
