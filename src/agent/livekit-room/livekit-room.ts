import { Conversation } from "../../conversation/conversation.ts";
import type { JsonValue } from "../../conversation/conversation-item.ts";
import { VoiceError } from "../../errors.ts";
import { systemClock } from "../../net/system-clock.ts";
import { requireInRange, resolveSpeakerOptions } from "../../playback/speaker-options.ts";
import { LivekitPort, newLivekitRoom, type LivekitRoom } from "../../room/livekit-port.ts";
import type { RoomPort } from "../../room/room-port.ts";
import type { RoomWishes } from "../../room/room-ticket.ts";
import { TicketOffice } from "../../room/ticket-source.ts";
import { turnCallNames } from "../../room/turn-calls.ts";
import type { TurnSettings } from "../../turns/turn-settings.ts";
import type { Agent, AgentRun } from "../agent.ts";
import { AppCalls, type AnswerCall } from "./app-calls.ts";
import type { LivekitRoomOptions } from "./livekit-room-options.ts";
import { ROOM_RATE_HZ, type OpenRoomDevices } from "./room-devices.ts";
import { WorkletMicrophone } from "./room-microphone.ts";
import { RoomRun } from "./room-run.ts";
import { LiveSpeaker } from "./room-speaker.ts";

/** An agent in a LiveKit room. */
export interface LivekitRoomAgent extends Agent {
  /** The room of `livekit-client` while a run is connected: for data, byte streams and whatever else an app needs. */
  readonly room: LivekitRoom | undefined;
  /**
   * Calls (RPC) the agent with JSON, and resolves with the JSON of its answer.
   *
   * @throws VoiceError `invalid-state` while no agent is there, `not-supported` if it does not know the call,
   * `provider-failed` if it fails.
   */
  call(method: string, payload?: JsonValue): Promise<JsonValue>;
  /**
   * Answers calls (RPC) of one name, now and in later runs, until the returned function is called.
   *
   * @throws VoiceError `invalid-state` if they are answered already.
   */
  answer(method: string, handler: AnswerCall): () => void;
}

/**
 * An agent that hears for itself in a LiveKit room, over WebRTC.
 *
 * Who ends turns: with `turns: turnTaking()` the session does, locally, and tells the agent by calls (RPC) that its
 * program answers; without, or with `turnTaking({ detection: "realtime" })`, the agent does by itself.
 *
 * ```ts
 * const session = new VoiceSession({
 *   source: microphone(),
 *   vad: silero(),
 *   agent: livekitRoom({ token: "/livekit/token", agentName: "cook" }),
 * });
 * ```
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function livekitRoom(options: LivekitRoomOptions): LivekitRoomAgent {
  const {
    token,
    agentIdentity,
    agentName,
    publish = "gated",
    earlySpeech = "stream",
    connectTimeoutMs = 20_000,
    agentTimeoutMs = 20_000,
  } = options;
  const { playback, makeRoom = newLivekitRoom, clock = systemClock } = options;
  if (publish !== "gated" && publish !== "always") {
    throw new RangeError(`room.publish must be "gated" or "always", got ${JSON.stringify(publish)}`);
  }
  if (earlySpeech !== "stream" && earlySpeech !== "track") {
    throw new RangeError(`room.earlySpeech must be "stream" or "track", got ${JSON.stringify(earlySpeech)}`);
  }
  requireInRange("room.connectTimeoutMs", connectTimeoutMs, 1_000, 120_000, " ms");
  requireInRange("room.agentTimeoutMs", agentTimeoutMs, 1_000, 600_000, " ms");
  resolveSpeakerOptions(playback, "room.playback");
  const names = turnCallNames(options.calls);
  const office = new TicketOffice(token, wishesOf(options));
  const conversation = new Conversation();
  const calls = new AppCalls();
  const devices: OpenRoomDevices = {
    microphone: (host) => WorkletMicrophone.open(host),
    speaker: (host) => new LiveSpeaker(host, playback),
  };
  let room: LivekitRoom | undefined;
  let current: { readonly port: RoomPort; readonly run: RoomRun } | undefined;
  return {
    conversation,
    get room() {
      return room;
    },
    async call(method, payload = null) {
      const identity = current?.run.agentIdentity;
      if (!current || identity === undefined) throw new VoiceError("invalid-state", "No agent is in the room");
      return calls.call(current.port, identity, method, payload);
    },
    answer: (method, handler) => calls.answer(method, handler),
    demands: () => ({ hearsAtHz: ROOM_RATE_HZ, endsTurns: publish === "always" }),
    start(host): AgentRun {
      const made = new Map<RoomPort, LivekitRoom>();
      const run = new RoomRun(
        {
          link: {
            office,
            openRoom: (onEvent) => {
              const opened = makeRoom();
              const port = new LivekitPort(opened, onEvent);
              made.set(port, opened);
              return port;
            },
            watch: { agentIdentity, agentName, timeoutMs: agentTimeoutMs },
            connectTimeoutMs,
          },
          calls: names,
          earlySpeech,
          isLocal: endsLocally(host.surroundings.turns),
          clock,
          devices,
          onRoom: (port) => {
            current = { port, run };
            room = made.get(port);
            calls.enter(port);
          },
        },
        host,
      );
      const leave = (): void => {
        if (current?.run !== run) return;
        current = undefined;
        room = undefined;
        calls.enter(undefined);
      };
      host.signal.addEventListener("abort", leave, { once: true });
      return run;
    },
  };
}

function endsLocally(turns: TurnSettings | undefined): boolean {
  return turns !== undefined && turns.detection !== "realtime";
}

function wishesOf(options: LivekitRoomOptions): RoomWishes {
  const { roomName, participantName, participantIdentity, participantMetadata, participantAttributes } = options;
  const { agentName, agentMetadata, agentDeployment } = options;
  const wishes = {
    roomName,
    participantName,
    participantIdentity,
    participantMetadata,
    participantAttributes,
    agentName,
    agentMetadata,
    agentDeployment,
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined));
}
