import type { Conversation } from "../conversation/conversation.ts";
import type { HearingEvent } from "../gate/frame-decider.ts";
import type { TurnEvent } from "../turns/turn-event.ts";
import type { AgentHost, AgentSurroundings } from "./agent-host.ts";
import type { AgentSpeaker } from "./agent-speaker.ts";

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

/** An agent at work in one run of a session. */
export interface AgentRun {
  /** Resolves when it can be heard; rejects with what is missing. The session's start waits for it. */
  readonly ready: Promise<void>;
  /** What it speaks through, once {@link ready}. */
  readonly speaker: AgentSpeaker | undefined;
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
