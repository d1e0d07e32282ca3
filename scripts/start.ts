import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { createGateway } from "../gateway/index.ts";
import { staticFiles } from "./static-files.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Builds the library and the page, and serves the page together with a gateway until a signal comes. */
async function start(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string", default: process.env["PORT"] ?? "8787" } } });
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" });
  await build({ configFile: `${ROOT}vite.config.ts`, logLevel: "warn" });
  const gateway = await createGateway({
    port: Number(values.port),
    defaultEngine: "pocketsphinx",
    fallback: staticFiles(`${ROOT}demo/dist`),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void gateway.close());
  console.log(`Vivavoce is at http://localhost:${gateway.port} (Ctrl+C ends it)`);
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
