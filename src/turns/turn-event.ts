import type { AgentStateKind } from "./agent-state.ts";
import type { InterruptionCause } from "./interruption-output.ts";
import type { TurnMetrics } from "./turn-metrics.ts";
import type { ExceededTurn } from "./turn-limit.ts";
import type { UserStateKind } from "./user-state.ts";

/** What turn taking says. Times are of the capture clock, in ms. */
export type TurnEvent =
  /** The person has finished: here is what they said. The app, or its agent, answers now. */
  | {
      readonly type: "turn";
      readonly transcript: string;
      /** Mean of the finals' confidences, in [0, 1]. */
      readonly confidence: number;
      /** BCP 47 tag; absent if it is not known. */
      readonly language?: string;
      /** The item of the conversation that holds it; absent for a turn without words. */
      readonly itemId?: string;
      /** Committed by hand, without a wish for an answer. */
      readonly skipsReply: boolean;
      /** The answer that was prepared for just these words, if one was. */
      readonly generationId?: number;
      readonly metrics: TurnMetrics;
    }
  /** They have paused. Without more speech the turn ends at `endsAtMs`; told again when a detector has judged. */
  | {
      readonly type: "turn-pending";
      readonly transcript: string;
      readonly delayMs: number;
      readonly endsAtMs: number;
      /** Where a detector judged: that they have finished, in [0, 1], and from where on that is believed. */
      readonly probability?: number;
      readonly threshold?: number;
    }
  /** No end of turn is pending any more: they went on, cleared what they said, or said too little to interrupt. */
  | { readonly type: "turn-resumed" }
  /** What they have said so far may be all: an answer may be prepared. `signal` aborts when it is of no use. */
  | {
      readonly type: "preemptive-generation";
      readonly generationId: number;
      readonly transcript: string;
      readonly confidence: number;
      readonly signal: AbortSignal;
    }
  /** The agent gives way: it pauses, until it is clear what was meant, or stops for good. */
  | { readonly type: "interruption"; readonly kind: "pause" | "stop"; readonly cause: InterruptionCause }
  /** No words came of it; `isResumed`: the agent goes on where it paused. */
  | { readonly type: "false-interruption"; readonly isResumed: boolean }
  /** A paused agent may go on. */
  | { readonly type: "agent-resumed"; readonly cause: "silence" | "settings" }
  | ({ readonly type: "user-turn-exceeded" } & ExceededTurn)
  | { readonly type: "user-state"; readonly from: UserStateKind; readonly to: UserStateKind; readonly sinceMs: number }
  | {
      readonly type: "agent-state";
      readonly from: AgentStateKind;
      readonly to: AgentStateKind;
      readonly sinceMs: number;
    };
