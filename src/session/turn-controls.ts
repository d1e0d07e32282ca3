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
  }

  /** Makes the agent stop. @throws as {@link commitUserTurn} */
  interrupt(): void {
    this.#turns().agent.interrupt();
  }

  #turns(): TurnRun {
    const { turns, takesTurns } = this.run;
    if (turns) return turns;
    throw takesTurns ? new VoiceError("invalid-state", "Nothing runs") : takesNoTurns();
  }
}

/** The error of asking for turns where there are none. */
export function takesNoTurns(): VoiceError {
  return new VoiceError("invalid-state", "It was made without turns");
}
