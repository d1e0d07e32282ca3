import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { livekitServerProgram } from "./livekit-server/program.ts";

/** Where the app that embeds the package is installed and built. */
export const WORK_FOLDER = join(import.meta.dirname, ".work");

/**
 * Packs the package as npm would, installs the tarball into an empty Vite app, and builds that with Vite's defaults. What
 * of LiveKit's server has to be built is built while the first tests run.
 */
export default function setup(): void {
  rmSync(WORK_FOLDER, { recursive: true, force: true });
  mkdirSync(WORK_FOLDER);
  const root = join(import.meta.dirname, "..");
  const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", WORK_FOLDER], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  cpSync(join(import.meta.dirname, "app"), WORK_FOLDER, { recursive: true });
  const { version } = createRequire(import.meta.url)("vite/package.json") as { version: string };
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--no-package-lock"];
  run("npm", ["install", ...quiet, join(WORK_FOLDER, filename), `vite@${version}`], WORK_FOLDER);
  run("npx", ["vite", "build", "--logLevel", "warn"], WORK_FOLDER);
  livekitServerProgram().catch(() => undefined); // who needs it is told
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
