import { cp } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "@playwright/test";
import { build } from "rolldown";
import { startLivekitServer, type LivekitServer } from "../../e2e/livekit-server.ts";
import { startRoomAgent, type RoomAgent } from "../../e2e/room-agent.ts";
import { createGateway, type Gateway } from "../../gateway/index.ts";
import { CHROMIUM } from "../../scripts/chromium.ts";
import { staticFiles } from "../../scripts/static-files.ts";
import { TemporaryFolder } from "../browsers/temporary-folder.ts";
import type { rooms } from "./page/page.ts";

declare global {
  interface Window {
    readonly rooms: typeof rooms;
  }
}

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A LiveKit server, a gateway that lets pages in and recognises for agents, and a browser. */
export class RoomsStage implements AsyncDisposable {
  readonly server: LivekitServer;
  readonly #gateway: Gateway;
  readonly #browser: Browser;
  readonly #folder: TemporaryFolder;
  #rooms = 0;

  private constructor(server: LivekitServer, gateway: Gateway, browser: Browser, folder: TemporaryFolder) {
    this.server = server;
    this.#gateway = gateway;
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Starts all of them, or gives one line that says why there can be no server. */
  static async open(): Promise<RoomsStage | string> {
    const server = await startLivekitServer();
    if (typeof server === "string") return server;
    const folder = new TemporaryFolder("rooms");
    await cp(fromHere("page/index.html"), join(folder.path, "index.html"));
    await build({
      input: { page: fromHere("page/page.ts") },
      platform: "browser",
      logLevel: "warn",
      output: { dir: folder.path, codeSplitting: false },
    });
    const fallback = served(folder.path, fromHere("../../dist"));
    const gateway = await createGateway({ defaultEngine: "pocketsphinx", livekit: server, fallback });
    return new RoomsStage(server, gateway, await chromium.launch(CHROMIUM), folder);
  }

  /** The name of a room in which nobody has been. */
  newRoom(): string {
    this.#rooms += 1;
    return `room-${this.#rooms}`;
  }

  /** A page of its own. */
  async page(): Promise<Page> {
    const page = await this.#browser.newPage();
    page.on("pageerror", ({ message }) => console.error(message));
    await page.goto(this.#gateway.url);
    await page.waitForFunction(() => "rooms" in window);
    return page;
  }

  /** Sends an agent that listens into a room; resolves when it is there. */
  agent(room: string): Promise<RoomAgent> {
    return startRoomAgent({ server: this.server, gateway: this.#gateway, room, answers: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#gateway.close();
    await this.server.stop();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** The page at `/`, the built library's assets under `/vivavoce/`. */
function served(page: string, library: string): (request: IncomingMessage, response: ServerResponse) => void {
  const [own, built] = [staticFiles(page), staticFiles(library)];
  return (request, response) => {
    const url = request.url ?? "/";
    if (!url.startsWith("/vivavoce/")) return own(request, response);
    request.url = url.slice("/vivavoce".length);
    built(request, response);
  };
}
