import type { AssetLocation } from "../assets.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { VoiceError } from "../errors.ts";
import type { HearingEvent } from "../gate/frame-decider.ts";
import type { Speaker } from "../playback/speaker.ts";
import type { TurnEvent } from "../turns/turn-event.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import type { TurnSettings } from "../turns/turn-settings.ts";
import type { AgentEvent } from "./agent-event.ts";

/** How one thing is said. */
export interface SayOptions {
  /** Whether the person may interrupt it. @defaultValue true */
  readonly isInterruptible?: boolean;
}

/** How one thing was said. */
export interface Said {
  /** What of it was heard. */
  readonly heardText: string;
  readonly isInterrupted: boolean;
}

/** Which parts a session has. */
export interface AgentSurroundings {
  readonly hasVad: boolean;
  readonly hasStt: boolean;
  /** How turns are taken; absent where the session takes none. */
  readonly turns: TurnSettings | undefined;
}

/** What an agent asks of its session. */
export interface AgentDemands {
  /** What it wants to hear for itself, at this rate in Hz; absent if the session's turns are enough. */
  readonly hearsAtHz?: number;
  /** Whether it ends the person's turns itself, so that it must hear the silences too: the gate stays open then. */
  readonly endsTurns: boolean;
}

/** Whoever answers: made by `cascade()` or `openaiRealtime()`, and handed to a session as `agent`. */
export interface Agent {
  /** What both sides said, for a session without `turns`. */
  readonly conversation: Conversation;
  /** What it asks of such a session. @throws TypeError naming what is missing or too much, and why. */
  demands(surroundings: AgentSurroundings): AgentDemands;
  /** Begins to answer, for one run of a session. Called from the click that starts it, before anything is awaited. */
  start(host: AgentHost): AgentRun;
}

/** The session around an agent. */
export interface AgentHost {
  readonly surroundings: AgentSurroundings;
  /** The run's own; playback goes to its destination. */
  readonly context: AudioContext;
  readonly assets: AssetLocation | undefined;
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

/** An agent at work in one run of a session. */
export interface AgentRun {
  /** Resolves when it can be heard; rejects with what is missing. The session's start waits for it. */
  readonly ready: Promise<void>;
  /** What it speaks through, once {@link ready}. */
  readonly speaker: Pick<Speaker, "output" | "volume" | "setOutputDevice"> | undefined;
  /** How it stands, for displays and bug reports. */
  readonly health: Readonly<Record<string, unknown>>;
  /** Takes what turn taking says, after the app was told. */
  take(event: TurnEvent): void;
  /** Takes what was heard; called for agents that hear for themselves. */
  hear(event: HearingEvent): void;
  /** Says a text, after what is being said. Resolves when it was played, or cut off. */
  say(text: string, options: SayOptions): Promise<Said>;
  /** Answers a text as if the person had said it. */
  sendText(text: string): void;
  /** Stops what is being said or prepared. */
  interrupt(): void;
  /** Forgets what was heard in this turn. */
  clear(): void;
}
