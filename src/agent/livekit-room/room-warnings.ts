import type { VoiceError } from "../../errors.ts";
import type { AgentHost } from "../agent-host.ts";

/** The warnings of a run in a room: none after its end. */
export class RoomWarnings {
  readonly #host: Pick<AgentHost, "signal" | "onWarning">;
  readonly #told = new Set<string>();

  constructor(host: Pick<AgentHost, "signal" | "onWarning">) {
    this.#host = host;
  }

  /** Something went wrong, and the run goes on. */
  readonly tell = (error: VoiceError): void => {
    if (!this.#host.signal.aborted) this.#host.onWarning(error);
  };

  /** Something makes no sense, and may come again and again. */
  readonly tellOnce = (error: VoiceError): void => {
    if (this.#told.has(error.message)) return;
    this.#told.add(error.message);
    this.tell(error);
  };
}
