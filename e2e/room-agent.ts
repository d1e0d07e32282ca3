import { spawn } from "node:child_process";
import type { Gateway } from "../gateway/index.ts";
import { AgentProgram } from "./agent-program.ts";
import { installClient } from "./installed-client.ts";
import { signRoomToken } from "./livekit-rooms.ts";
import type { Signer } from "./livekit-rooms.ts";

const JOIN_LIMIT_MS = 20_000;

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

/**
 * An agent in a room, in a process of its own. It writes `joined`, `listening`, `state`, `onset` (somebody begins to speak,
 * after a pause), `heard`, `committed`, `said`, `chat`, `call`, `called`, `early-speech`, `gone`, `reconnecting`,
 * `reconnected`, `disconnected`, `error`; its commands are `say`, `chat`, `text`, `attributes`, `call`, and
 * `renew` for the gateway's token.
 */
export type RoomAgent = AgentProgram;

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
  const agent = new AgentProgram(spawn(process.execPath, args, { cwd: folder }));
  try {
    await agent.next("joined", undefined, JOIN_LIMIT_MS);
    return agent;
  } catch (error) {
    await agent.crash();
    throw error;
  }
}
