import type { Conversation } from "../conversation/conversation.ts";
import type { VoiceError } from "../errors.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import type { TurnSettings } from "../turns/turn-settings.ts";
import type { AgentEvent } from "./agent-event.ts";

/** Which parts a session has. */
export interface AgentSurroundings {
  readonly hasVad: boolean;
  readonly hasStt: boolean;
  /** How turns are taken; absent where the session takes none. */
  readonly turns: TurnSettings | undefined;
}

/** The session around an agent. */
export interface AgentHost {
  readonly surroundings: AgentSurroundings;
  /** The run's own; playback goes to its destination. */
  readonly context: AudioContext;
  /** Folder of the library's worklets; absent: beside the module. */
  readonly assets: string | URL | undefined;
  /** What both sides said. */
  readonly conversation: Conversation;
  /** The capture clock, in samples at 16 kHz. */
  readonly now: () => number;
  /** Turn taking; absent in a session without `turns`. */
  readonly turns: () => TurnRun | undefined;
  readonly emit: (event: AgentEvent) => void;
  /** Something broke and the session goes on. */
  readonly onWarning: (error: VoiceError) => void;
  /** Nothing more comes of it; the session ends. */
  readonly onFailure: (error: VoiceError) => void;
  /** Aborted when the run ends: everything is given back at once. */
  readonly signal: AbortSignal;
}
