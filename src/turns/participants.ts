import { samplesToMs } from "../audio/units.ts";
import { AgentState, type AgentActivity, type AgentStateKind } from "./agent-state.ts";
import type { StateChange } from "./state-change.ts";
import type { TurnEvent } from "./turn-event.ts";
import type { TurnSettings } from "./turn-settings.ts";
import { UserState, type UserActivity, type UserStateKind } from "./user-state.ts";

/** What person and agent are doing, told whenever it changes. Pure. */
export class Participants {
  readonly #user: UserState;
  readonly #agent: AgentState;
  readonly #emit: (event: TurnEvent) => void;

  constructor(
    { userAwayAfterSamples }: TurnSettings,
    expectsWords: boolean,
    at: number,
    emit: (event: TurnEvent) => void,
  ) {
    this.#emit = emit;
    this.#user = new UserState({ awayAfterSamples: userAwayAfterSamples, expectsWords }, at);
    this.#agent = new AgentState(at);
  }

  /** What the person is doing. */
  get user(): UserStateKind {
    return this.#user.state.kind;
  }

  /** What the agent is doing. */
  get agent(): AgentStateKind {
    return this.#agent.state.kind;
  }

  /** True while an answer is held in a pause. */
  get isPaused(): boolean {
    return this.#agent.isPaused;
  }

  /** The person did something. */
  userDoes(activity: UserActivity, at: number): void {
    this.#tellUser(this.#user.handle(activity, at));
  }

  /** The agent did something. */
  agentDoes(activity: AgentActivity, at: number): void {
    const change = this.#agent.handle(activity, at);
    if (!change) return;
    this.#emit({ type: "agent-state", ...told(change) });
    this.userDoes({ type: "agent-state", state: change.newState }, at);
  }

  /** Other settings hold from now on. */
  update({ userAwayAfterSamples }: TurnSettings, at: number): void {
    this.#user.update({ awayAfterSamples: userAwayAfterSamples });
    this.advance(at);
  }

  /** The clock has moved on. */
  advance(at: number): void {
    this.#tellUser(this.#user.advance(at));
  }

  #tellUser(change: StateChange<UserStateKind> | undefined): void {
    if (change) this.#emit({ type: "user-state", ...told(change) });
  }
}

function told<State>({ oldState, newState, sinceSample }: StateChange<State>): {
  readonly from: State;
  readonly to: State;
  readonly sinceMs: number;
} {
  return { from: oldState, to: newState, sinceMs: samplesToMs(sinceSample) };
}
