import type { JsonValue } from "../conversation/conversation-item.ts";
import type { VoiceError } from "../errors.ts";
import type { AgentStateKind } from "../turns/agent-state.ts";
import type { UserStateKind } from "../turns/user-state.ts";
import type { AgentMetrics } from "./agent-metrics.ts";

/** What an agent says of itself. Times are of the capture clock, in ms. */
export type AgentEvent =
  /** What the agent says, as far as it is known: more of the same item replaces it. Not yet heard. */
  | { readonly type: "agent-transcript"; readonly itemId: string; readonly text: string; readonly isFinal: boolean }
  /** What of it has been heard by now, for captions in step with the voice. */
  | {
      readonly type: "agent-caption";
      readonly itemId: string;
      readonly text: string;
      readonly heardMs: number;
      /** What has been made of its sound by now, in ms: what is beyond `heardMs` waits to be heard. */
      readonly receivedMs: number;
    }
  /** The first of it can be heard. */
  | { readonly type: "agent-speech-started"; readonly itemId: string; readonly startMs: number }
  /** It has been told, or was cut off; nothing of it was heard if `heardMs` is 0. */
  | {
      readonly type: "agent-speech-ended";
      readonly itemId: string;
      readonly heardText: string;
      /** What left for the loudspeaker, in ms. */
      readonly heardMs: number;
      readonly isInterrupted: boolean;
      readonly endMs: number;
    }
  /** The agent asks for a tool; its handler begins. */
  | { readonly type: "tool-call"; readonly callId: string; readonly name: string; readonly arguments: JsonValue }
  /** The tool has answered, or failed; the agent was told either way. */
  | {
      readonly type: "tool-result";
      readonly callId: string;
      readonly name: string;
      readonly output: string;
      readonly durationMs: number;
      readonly error?: VoiceError;
    }
  /** Nothing was there to play in mid-answer, `underruns` times in this item. */
  | { readonly type: "playback-underrun"; readonly itemId: string; readonly underruns: number }
  /** How quick an answer was, and what it cost. */
  | { readonly type: "agent-metrics"; readonly metrics: AgentMetrics }
  /** What the person said, where the agent hears for itself and tells; dated on the capture clock. */
  | {
      readonly type: "user-transcript";
      readonly itemId: string;
      readonly text: string;
      readonly isFinal: boolean;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** What was captured and can no longer be sent to it. */
  | { readonly type: "gap"; readonly startMs: number; readonly durationMs: number; readonly cause: "unsent" }
  /** The agent cannot be reached; it is tried again in `retryInMs`. */
  | { readonly type: "agent-reconnecting"; readonly error: VoiceError; readonly retryInMs: number }
  /** It is reached again. */
  | { readonly type: "agent-reconnected" }
  /** In a session without `turns`, where the server tells: */
  | { readonly type: "user-state"; readonly from: UserStateKind; readonly to: UserStateKind; readonly sinceMs: number }
  | {
      readonly type: "agent-state";
      readonly from: AgentStateKind;
      readonly to: AgentStateKind;
      readonly sinceMs: number;
    };
