import { test } from "@playwright/test";
import { AppPage, type AppPageOptions } from "./app-page.ts";
import { INSTALL_LIMIT_MS } from "./installed-client.ts";
import { BUILD_LIMIT_MS, startLivekitServer, type LivekitServer } from "./livekit-server.ts";
import { startRoomAgent, type RoomAgent, type RoomAgentOptions } from "./room-agent.ts";
import { skipAll } from "./skip-all.ts";

/** What an agent of a stage may be told; server and gateway are the stage's. */
export type StageAgentOptions = Omit<RoomAgentOptions, "server" | "gateway" | "room">;

/** A LiveKit server, and a page whose gateway lets it in; a fresh room for each test, and agents that go with it. */
export class RoomStage implements AsyncDisposable {
  readonly server: LivekitServer;
  readonly app: AppPage;
  #rooms = 0;
  readonly #agents: RoomAgent[] = [];

  private constructor(server: LivekitServer, app: AppPage) {
    this.server = server;
    this.app = app;
  }

  /** For `beforeAll`: skips all tests with one line where there can be no server. */
  static async open(options: AppPageOptions = {}): Promise<RoomStage> {
    const server = await livekitServer();
    return new RoomStage(server, await AppPage.open({ ...options, gateway: { livekit: server, ...options.gateway } }));
  }

  /** The room of this test. */
  get room(): string {
    return `room-${this.#rooms}`;
  }

  /** From now on it is another one. */
  nextRoom(): void {
    this.#rooms += 1;
  }

  /** Sends an agent into the room, and resolves when it is there. */
  async agent(options: StageAgentOptions = {}): Promise<RoomAgent> {
    const agent = await startRoomAgent({ server: this.server, gateway: this.app.gateway, room: this.room, ...options });
    this.#agents.push(agent);
    return agent;
  }

  /** Makes a session of the page with an agent in the room, in which `say` speaks, and starts it. */
  async start(agent: Readonly<Record<string, unknown>> = {}, session: Readonly<Record<string, unknown>> = {}) {
    const inRoom = { kind: "room", roomName: this.room, ...agent };
    await this.app.session({ speaks: true, model: null, agent: inRoom, ...session });
    return this.app.start();
  }

  /** Ends what a test has left running; the page and the server stay. */
  async clear(): Promise<void> {
    await this.app.stop();
    await Promise.all(this.#agents.splice(0).map((agent) => agent.stop()));
    this.nextRoom();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.splice(0).map((agent) => agent.crash()));
    await this.app[Symbol.asyncDispose]();
    await this.server.stop();
  }
}

/** For `beforeAll`: a LiveKit server; skips all tests with one line where there can be none. */
export async function livekitServer(): Promise<LivekitServer> {
  test.setTimeout(BUILD_LIMIT_MS + INSTALL_LIMIT_MS + 60_000);
  const started = await startLivekitServer();
  return typeof started === "string" ? skipAll(started) : started;
}
