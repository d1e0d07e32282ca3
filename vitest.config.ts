import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{src,demo,worklets,gateway,scripts,hear,bench}/**/*.test.ts"],
    environment: "node",
    globalSetup: "scripts/silero/vitest-setup.ts",
    restoreMocks: true,
  },
});
