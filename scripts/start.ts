import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { installClient } from "../e2e/installed-client.ts";
import { startLivekitServer, type LivekitServer } from "../e2e/livekit-server.ts";
import { createGateway } from "../gateway/index.ts";
import { livekitFromEnvironment } from "../gateway/rooms/room-options.ts";
import { serveRooms } from "./serve-rooms.ts";
import { staticFiles } from "./static-files.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Builds the library and the page, and serves the page together with a gateway until a signal comes. */
async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: process.env["PORT"] ?? "8787" },
      room: { type: "boolean", default: false },
    },
  });
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" });
  await build({ configFile: `${ROOT}vite.config.ts`, logLevel: "warn" });
  const server = values.room ? await ownServer() : undefined;
  const livekit = server ?? (process.env["LIVEKIT_URL"] ? livekitFromEnvironment(process.env) : undefined);
  const gateway = await createGateway({
    port: Number(values.port),
    defaultEngine: "pocketsphinx",
    fallback: staticFiles(`${ROOT}demo/dist`, livekit?.url),
    ...(livekit && { livekit }),
  });
  const leaveRooms = server && serveRooms(server, gateway);
  const close = async (): Promise<void> => {
    await leaveRooms?.();
    await Promise.all([gateway.close(), server?.stop()]);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  console.log(`Vivavoce is at http://localhost:${gateway.port}${server ? "/#room" : ""} (Ctrl+C ends it)`);
}

/** A LiveKit server of this computer's, and what its agents need; or one line that says why there is none. */
async function ownServer(): Promise<LivekitServer | undefined> {
  console.log("Starting a LiveKit server. If it has to be built, that takes some minutes, once.");
  const server = await startLivekitServer();
  if (typeof server === "string") {
    console.log(`${server}. The page goes on without.`);
    return undefined;
  }
  try {
    await installClient("room-agent");
    return server;
  } catch (error) {
    await server.stop();
    console.log(`No agent for its rooms: ${(error as Error).message}. The page goes on without.`);
    return undefined;
  }
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
