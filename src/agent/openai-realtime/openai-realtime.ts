import { Conversation } from "../../conversation/conversation.ts";
import { systemClock } from "../../net/system-clock.ts";
import { resolveSpeakerOptions, type SpeakerOptions } from "../../playback/speaker-options.ts";
import { RealtimeClient } from "../../realtime/realtime-client.ts";
import type { RealtimeClientOptions } from "../../realtime/realtime-options.ts";
import type { SessionSettings } from "../../realtime/session-settings.ts";
import type { TurnSettings } from "../../turns/turn-settings.ts";
import type { Agent } from "../agent.ts";
import { openSpeaker } from "../open-speaker.ts";
import type { Tool } from "../tool.ts";
import { checkedTools } from "../tool-runner.ts";
import { RealtimeRun } from "./realtime-run.ts";

/** OpenAI Realtime hears and speaks at this rate. */
const RATE_HZ = 24_000;

/** An agent by OpenAI Realtime, or by a server that speaks its protocol. */
export interface OpenaiRealtimeOptions extends Omit<RealtimeClientOptions, "onEvent" | "context" | "tools"> {
  /** What the model may ask the app to do. @defaultValue those of the session's settings, if any */
  readonly tools?: readonly Tool[];
  /** The loudspeaker. */
  readonly playback?: SpeakerOptions;
}

/** OpenAI Realtime as an agent. */
export interface OpenaiRealtimeAgent extends Agent {
  /**
   * The client of the newest run, for what a session does not do by itself: settings, items, `reset()`, paused audio.
   * Absent before the first. Who ends turns is settled with the session: leave `turnDetection` as it is.
   */
  readonly client: RealtimeClient | undefined;
}

/**
 * An agent that hears for itself: OpenAI Realtime over a WebSocket.
 *
 * Who ends turns: with `turns: turnTaking()` the session does, locally, and what it hears passes the gate; without, or
 * with `turnTaking({ detection: "realtime" })`, the server does by `session.turnDetection`, and the gate stays open.
 *
 * ```ts
 * const session = new VoiceSession({
 *   source: microphone(),
 *   vad: silero(),
 *   turns: turnTaking(),
 *   agent: openaiRealtime({ token: fetchSecret, session: { voice: "marin", transcription: {} } }),
 * });
 * ```
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function openaiRealtime(options: OpenaiRealtimeOptions): OpenaiRealtimeAgent {
  const { tools: given, playback, ...rest } = options;
  const { clock = systemClock } = options;
  const tools = checkedTools(given, "realtime.tools");
  resolveSpeakerOptions(playback, "realtime.playback");
  let client: RealtimeClient | undefined;
  const makeClient = (all: RealtimeClientOptions): RealtimeClient => new RealtimeClient(all);
  makeClient({ ...rest, onEvent: () => undefined }); // says now what is wrong with them
  const conversation = new Conversation();
  const { turnDetection } = options.session ?? {};
  return {
    conversation,
    get client() {
      return client;
    },
    demands({ turns }) {
      const isLocal = endsLocally(turnDetection, turns);
      const isCancelled = turnDetection?.interruptResponse !== false;
      if (!isLocal && isCancelled && turns?.interruption.resumeFalseInterruption) {
        throw new TypeError(
          "turns.interruption.resumeFalseInterruption cannot be true when the server cancels answers itself: " +
            "set session.turnDetection.interruptResponse to false, or leave it out",
        );
      }
      return { hearsAtHz: RATE_HZ, endsTurns: !isLocal };
    },
    start(host) {
      const isLocal = endsLocally(turnDetection, host.surroundings.turns);
      const keepClient = (all: RealtimeClientOptions): RealtimeClient => (client = makeClient(all));
      const parts = { options: rest, tools, isLocal, makeClient: keepClient, clock };
      return new RealtimeRun(parts, host, openSpeaker(playback));
    },
  };
}

/** Whether the session ends the turns, and not the server. @throws TypeError if nobody would, or both. */
function endsLocally(given: SessionSettings["turnDetection"], turns: TurnSettings | undefined): boolean {
  const takesTurns = turns !== undefined && turns.detection !== "realtime";
  if (given === null && !takesTurns) {
    throw new TypeError("session.turnDetection null needs turns: turnTaking() says when the person has finished");
  }
  if (given && takesTurns) {
    throw new TypeError(
      'session.turnDetection and turns would both end turns: leave one out, or use turnTaking({ detection: "realtime" })',
    );
  }
  return takesTurns;
}
