import type { AgentRun, Said, SayOptions } from "../agent/agent.ts";
import { VoiceError } from "../errors.ts";
import type { AgentSide } from "../turns/agent-side.ts";
import type { AgentStateKind } from "../turns/agent-state.ts";
import type { CommitOptions } from "../turns/turn-commit.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import type { UserStateKind } from "../turns/user-state.ts";

/** Where a session stands with its turns. */
export interface TurnControlsRun {
  /** Absent while nothing runs. */
  readonly turns: TurnRun | undefined;
  /** Whether the session was made with `turns`. */
  readonly takesTurns: boolean;
  /** Absent while nothing runs, and without an agent. */
  readonly agent: AgentRun | undefined;
}

/** What an app can ask and say of turns: the part of a session that is about them. */
export abstract class TurnControls {
  /** Where the session stands. */
  protected abstract get run(): TurnControlsRun;

  /** What the person has said in this turn so far, with what may still change; empty without `turns`. */
  get currentTranscript(): string {
    return this.run.turns?.currentTranscript ?? "";
  }

  /** What the person is doing; `listening` while nobody would notice. */
  get userState(): UserStateKind {
    return this.run.turns?.states.user ?? "listening";
  }

  /** What the agent is doing; `initializing` while no turns are taken. */
  get agentState(): AgentStateKind {
    return this.run.turns?.states.agent ?? "initializing";
  }

  /**
   * The agent's side, for an app that answers by itself: it says here when it thinks, speaks and has spoken.
   *
   * @throws VoiceError `invalid-state` without `turns`, or while nothing runs.
   */
  get agent(): AgentSide {
    return this.#turns().agent;
  }

  /**
   * Ends the person's turn by hand: waits for the final text of what was said last, then tells it as `turn`. Resolves
   * with what was committed, which may be nothing.
   *
   * @throws VoiceError `invalid-state` without `turns`, or while nothing runs; RangeError for a time limit out of range.
   */
  async commitUserTurn(options: CommitOptions = {}): Promise<string> {
    return this.#turns().commit(options);
  }

  /** Forgets what the person said in this turn, also what of it is still on its way. @throws as {@link commitUserTurn} */
  clearUserTurn(): void {
    this.#turns().clear();
    this.run.agent?.clear();
  }

  /** Makes the agent stop. @throws as {@link commitUserTurn} */
  interrupt(): void {
    const { turns, agent } = this.run;
    if (agent && !turns) agent.interrupt();
    else this.#turns().agent.interrupt();
  }

  /**
   * Lets the agent say a text, after what it is saying. Resolves when it was played, or cut off.
   *
   * @throws VoiceError `invalid-state` without an `agent`, or while nothing runs.
   */
  async say(text: string, options: SayOptions = {}): Promise<Said> {
    return this.#agent().say(textOf(text), options);
  }

  /**
   * Lets the agent answer a text as if the person had said it; what it says is cut off.
   *
   * @throws as {@link say}
   */
  sendText(text: string): void {
    this.#agent().sendText(textOf(text));
  }

  #agent(): AgentRun {
    const { agent } = this.run;
    if (agent) return agent;
    throw new VoiceError("invalid-state", "Nothing runs, or it was made without an agent");
  }

  #turns(): TurnRun {
    const { turns, takesTurns } = this.run;
    if (turns) return turns;
    throw takesTurns ? new VoiceError("invalid-state", "Nothing runs") : takesNoTurns();
  }
}

function textOf(text: string): string {
  if (typeof text === "string" && text.trim() !== "") return text;
  throw new TypeError(`text must be a string with words in it, got ${JSON.stringify(text)}`);
}

/** The error of asking for turns where there are none. */
export function takesNoTurns(): VoiceError {
  return new VoiceError("invalid-state", "It was made without turns");
}
