import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results",
  reporter: [["list"], ["./e2e/closing-line.ts"]],
  // Sound runs in real time: two browsers on two cores would stutter.
  workers: 1,
  // Chromium's fake microphone slips by 10 ms in about one run of four, and can lose its first block.
  retries: 1,
  timeout: 60_000,
});
