import type { StateChange, StateSince } from "./state-change.ts";

/** What the agent is doing. */
export type AgentStateKind = "initializing" | "idle" | "listening" | "thinking" | "speaking";

/** What happens to an agent. */
export type AgentActivity =
  /** It hears the person from now on. */
  | { readonly type: "started" }
  /** It takes no turns, until `started`. */
  | { readonly type: "suspended" }
  /** An answer is being made. */
  | { readonly type: "reply-started" }
  /** The first of it is audible; only after `reply-started`. */
  | { readonly type: "audio-started" }
  /** It fell silent since the person seems to interrupt. */
  | { readonly type: "paused" }
  /** The interruption was none. */
  | { readonly type: "resumed" }
  /** The answer is told, or was interrupted, or failed. */
  | { readonly type: "reply-ended" };

/*
 *   initializing ──started──▶ listening ──reply-started──▶ thinking ──audio-started──▶ speaking
 *                   ┌───────────▶ ▲  ◀──────reply-ended, paused──┴──────────────────────────┘
 *        idle ◀─────┴─suspended───┘                              resumed: what it was when it was paused
 *
 * An answer that is under way is told to its end, whatever is started or suspended meanwhile.
 */

/** What the agent is doing, as the person perceives it: a paused answer is `listening`. Pure. */
export class AgentState {
  #state: StateSince<AgentStateKind>;
  /** What it does when there is nothing to say. */
  #rest: "initializing" | "idle" | "listening" = "initializing";
  /** What a paused answer goes back to. */
  #paused: "thinking" | "speaking" | undefined;

  /** Begins as `initializing` at a sample of the capture clock. */
  constructor(atSample = 0) {
    this.#state = { kind: "initializing", sinceSample: atSample };
  }

  /** The state and since when. */
  get state(): StateSince<AgentStateKind> {
    return this.#state;
  }

  /** Whether an answer is silenced that may go on. */
  get isPaused(): boolean {
    return this.#paused !== undefined;
  }

  /** Takes an activity; returns the change it brought about, if any. What makes no sense now changes nothing. */
  handle(activity: AgentActivity, atSample: number): StateChange<AgentStateKind> | undefined {
    return this.#become(this.#next(activity.type), atSample);
  }

  #next(activity: AgentActivity["type"]): AgentStateKind {
    const { kind } = this.#state;
    const isReplying = kind === "thinking" || kind === "speaking";
    switch (activity) {
      case "started":
        this.#rest = "listening";
        return isReplying ? kind : "listening";
      case "suspended":
        this.#rest = "idle";
        return isReplying || this.#paused ? kind : "idle";
      case "reply-started":
        this.#paused = undefined; // a new answer: the paused one will not go on
        return "thinking";
      case "audio-started":
        if (this.#paused) this.#paused = "speaking"; // what it goes back to
        return isReplying ? "speaking" : kind; // late audio of an answer that has ended is nobody's
      case "paused":
        if (!isReplying) return kind;
        this.#paused = kind;
        return "listening";
      case "resumed": {
        const before = this.#paused ?? kind;
        this.#paused = undefined;
        return before;
      }
      case "reply-ended":
        this.#paused = undefined;
    }
    return this.#rest;
  }

  #become(kind: AgentStateKind, atSample: number): StateChange<AgentStateKind> | undefined {
    const { kind: oldState, sinceSample: before } = this.#state;
    if (kind === oldState) return undefined;
    this.#state = { kind, sinceSample: Math.max(atSample, before) };
    return { oldState, newState: kind, sinceSample: this.#state.sinceSample };
  }
}
