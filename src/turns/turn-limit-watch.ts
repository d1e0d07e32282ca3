import type { AgentStateKind } from "./agent-state.ts";
import { ExceededTurnGate } from "./exceeded-turn-gate.ts";
import type { TurnEvent } from "./turn-event.ts";
import { TurnLimit, type CountedFinal, type ExceededTurn } from "./turn-limit.ts";
import type { UserTurnLimitSettings } from "./turn-settings.ts";

/** Tells when the person has said too much, as soon as somebody may act on it. Pure. */
export class TurnLimitWatch {
  readonly #limit: TurnLimit;
  readonly #gate = new ExceededTurnGate();
  readonly #emit: (event: TurnEvent) => void;

  constructor(settings: UserTurnLimitSettings, emit: (event: TurnEvent) => void) {
    this.#limit = new TurnLimit(settings);
    this.#emit = emit;
  }

  /** Other limits hold from the next final on. */
  update(settings: UserTurnLimitSettings): void {
    this.#limit.update(settings);
  }

  /** A final came. */
  addFinal(final: CountedFinal, at: number): void {
    const exceeded = this.#limit.addFinal(final, at);
    if (exceeded) this.#tell(this.#gate.offer(exceeded));
  }

  /** Finals were taken back. */
  withdraw(transcriptIds: readonly number[]): void {
    this.#limit.withdraw(transcriptIds);
  }

  /** The agent is heard: counting begins anew. */
  reset(): void {
    this.#limit.reset();
  }

  /** The turn was cleared: it exceeds nothing any more. */
  clear(): void {
    this.#limit.reset();
    this.#gate.drop();
  }

  /** The agent's state changed. */
  agentBecame(state: AgentStateKind): void {
    this.#tell(this.#gate.agentBecame(state));
  }

  #tell(exceeded: ExceededTurn | undefined): void {
    if (!exceeded) return;
    this.#emit({ type: "user-turn-exceeded", ...exceeded });
    this.#gate.done();
  }
}
