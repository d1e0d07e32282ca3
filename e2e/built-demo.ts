import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** Builds the demo, and gives the folder that it is in. */
export function buildDemo(): string {
  execFileSync("node_modules/.bin/vite", ["build", "--logLevel", "warn"], { cwd: ROOT });
  return join(ROOT, "demo/dist");
}
