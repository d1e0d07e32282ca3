import type { SpeakerOptions } from "../../playback/speaker-options.ts";
import type { EarlySpeechWay } from "../../room/early-speech.ts";
import type { LivekitRoom } from "../../room/livekit-port.ts";
import type { RoomWishes } from "../../room/room-ticket.ts";
import type { TicketSource } from "../../room/ticket-source.ts";
import type { TurnCallOptions } from "../../room/turn-calls.ts";
import type { Clock } from "../../net/clock.ts";

/** What of the microphone is published: what passes the session's gate, and silence between; or everything. */
export type RoomPublishing = "gated" | "always";

/** An agent in a LiveKit room, and how it is reached. */
export interface LivekitRoomOptions extends RoomWishes {
  /**
   * Where tokens come from: the URL of an endpoint that answers as LiveKit's token sources ask it (or `{ endpoint, headers,
   * credentials }`), a function, or `{ serverUrl, participantToken }`. Asked once per connection, and once more if the
   * room's server refuses what it gave. What is wished for (`roomName`, `agentName` …) is told to the first two.
   */
  readonly token: TicketSource;
  /** Identity of the agent, where there are several. @defaultValue the first participant that is one */
  readonly agentIdentity?: string;
  /**
   * `gated`: what passes the session's gate, and true silence while it is closed, on a track that is never muted, so that
   * the agent's own recogniser goes on hearing something. `always`: everything, so that the gate must stay open.
   * @defaultValue "gated"
   */
  readonly publish?: RoomPublishing;
  /**
   * `stream`: what is said before the agent is there goes ahead of the track, as LiveKit's pre-connect audio, for agents that
   * read it: those of its Python framework. `track`: on the track, for all others: those of its Node framework read none.
   * They hear it late, which is made up in pauses. @defaultValue "stream"
   */
  readonly earlySpeech?: EarlySpeechWay;
  /** How long joining the room may take, in ms, 1000..120000. @defaultValue 20000 */
  readonly connectTimeoutMs?: number;
  /** How long the agent may take to be there, and to come back, in ms, 1000..600000. @defaultValue 20000 */
  readonly agentTimeoutMs?: number;
  /** Names of the calls that tell the agent of turns that are taken here. */
  readonly calls?: TurnCallOptions;
  /** How the agent is heard; a live voice knows no `startThresholdMs`. */
  readonly playback?: Pick<SpeakerOptions, "volume" | "fadeMs">;
  /** Makes the room, for options of `livekit-client` of the app's own. One for each connection. @defaultValue a plain one */
  readonly makeRoom?: () => LivekitRoom;
  /** Time of limits. @defaultValue the platform's */
  readonly clock?: Clock;
}
