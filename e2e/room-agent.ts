import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Gateway } from "../gateway/index.ts";
import { installClient } from "./installed-client.ts";
import { signRoomToken } from "./livekit-rooms.ts";
import type { Signer } from "./livekit-rooms.ts";

const JOIN_LIMIT_MS = 20_000;
const EVENT_LIMIT_MS = 20_000;
const LEAVE_LIMIT_MS = 5_000;

/** What the agent wrote of one event. */
export interface AgentEvent {
  /** `joined`, `listening`, `state`, `heard`, `committed`, `said`, `chat`, `call`, `called`, `early-speech`, `gone`, `disconnected`, `error`. */
  readonly type: string;
  /** When, in ms since 1970. */
  readonly atMs: number;
  readonly [field: string]: unknown;
}

/** How the agent behaves. */
export interface RoomAgentOptions {
  readonly server: Signer;
  readonly gateway: Gateway;
  readonly room: string;
  /** @defaultValue "agent" */
  readonly identity?: string;
  /** Whether every utterance is a turn, or the person's calls end turns. @defaultValue "auto" */
  readonly turns?: "auto" | "manual";
  /** Whether it answers at all. @defaultValue true */
  readonly answers?: boolean;
  /** What it answers by: `rules/long` tells long stories. @defaultValue "rules/answers" */
  readonly model?: string;
  /** Whether its words come as JSON lines with their times. @defaultValue false */
  readonly timed?: boolean;
  /** Whether it sends the older transcription packets as well. @defaultValue true */
  readonly legacy?: boolean;
  /** Names of the calls that it answers. @defaultValue start_turn, end_turn, cancel_turn, interrupt, say */
  readonly methods?: Partial<Readonly<Record<"start" | "commit" | "clear" | "interrupt" | "say", string>>>;
  /** More names of calls, which it answers with nothing. @defaultValue [] */
  readonly alsoAnswers?: readonly string[];
  /** How long it waits for what was said before, in ms. @defaultValue LiveKit's: 3000 if the track announces it, else 0 */
  readonly earlySpeechWaitMs?: number;
}

/** An agent in a room, in a process of its own. */
export interface RoomAgent {
  /** All that it wrote, oldest first. */
  readonly events: readonly AgentEvent[];
  /** The first event of this type that the test has not had, within 20 s. */
  next(type: string, matches?: (event: AgentEvent) => boolean): Promise<AgentEvent>;
  /** Has it do something: `say`, `chat`, `text`, `attributes`, `call`. */
  command(type: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
  /** Has it leave the room and end. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts an agent that joins the room, and resolves when it is there.
 * @throws Error with one line that says why it cannot.
 */
export async function startRoomAgent(options: RoomAgentOptions): Promise<RoomAgent> {
  const { server, gateway, room, identity = "agent", ...behaviour } = options;
  const folder = await installClient("room-agent");
  const video = { roomJoin: true, room, canUpdateOwnMetadata: true };
  const job = {
    ...behaviour,
    url: server.url,
    token: await signRoomToken(server, { identity, kind: "agent", video }),
    gatewayUrl: gateway.url,
    gatewaySocketUrl: gateway.webSocketUrl,
    gatewayToken: (await gateway.issueToken()).token,
  };
  const args = ["--experimental-websocket", "client.js", JSON.stringify(job)]; // what Node 22 has without being told
  const agent = new ChildAgent(spawn(process.execPath, args, { cwd: folder }));
  try {
    await agent.next("joined", undefined, JOIN_LIMIT_MS);
    return agent;
  } catch (error) {
    await agent.crash();
    throw error;
  }
}

class ChildAgent implements RoomAgent {
  readonly events: AgentEvent[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #had = new Set<AgentEvent>();
  readonly #news = new EventTarget();
  #complaints = "";

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.#note(line));
    child.stderr.on("data", (chunk: Buffer) => (this.#complaints += chunk.toString()));
    child.stdin.on("error", () => undefined); // it has gone, which its end tells
    child.once("exit", () => this.#news.dispatchEvent(new Event("news")));
    const killWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", killWithUs);
    child.once("exit", () => process.off("exit", killWithUs));
  }

  async next(
    type: string,
    matches: (event: AgentEvent) => boolean = () => true,
    limitMs = EVENT_LIMIT_MS,
  ): Promise<AgentEvent> {
    const limit = AbortSignal.timeout(limitMs);
    for (;;) {
      const found = this.events.find((event) => event.type === type && !this.#had.has(event) && matches(event));
      if (found !== undefined) {
        this.#had.add(found);
        return found;
      }
      if (limit.aborted || this.#hasEnded) throw new Error(`The agent did not write ${type}: ${this.#story()}`);
      await new Promise<void>((resolve) => {
        this.#news.addEventListener("news", () => resolve(), { once: true });
        limit.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  command(type: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#child.stdin.write(`${JSON.stringify({ ...fields, type })}\n`);
  }

  crash(): Promise<void> {
    return this.#end(() => this.#child.kill("SIGKILL"));
  }

  stop(): Promise<void> {
    return this.#end(() => this.#child.stdin.end());
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #note(line: string): void {
    if (line.startsWith("{")) this.events.push(JSON.parse(line) as AgentEvent);
    else this.#complaints += `${line}\n`; // the native part writes as it likes
    this.#news.dispatchEvent(new Event("news"));
  }

  #story(): string {
    return `${this.events.map((event) => JSON.stringify(event)).join("\n")}\n${this.#complaints.slice(-2_000)}`;
  }

  async #end(how: () => void): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, "exit");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), LEAVE_LIMIT_MS);
    how();
    await ended;
    clearTimeout(late);
  }
}
