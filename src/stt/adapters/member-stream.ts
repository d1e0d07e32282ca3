import type { ConnectionOptions } from "../connection-options.ts";
import type { SpeechStream, SpeechStreamHealth } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import type { FallbackMember } from "./fallback-member.ts";
import { providerFailure } from "./provider-failure.ts";

/** A stream of one member, with an end of its own: whatever it throws is a `failed` event, and after the end it is silent. */
export class MemberStream {
  /** Whose stream this is. */
  readonly member: FallbackMember;
  readonly #connection: ConnectionOptions;
  readonly #onEvent: (event: SpeechEvent) => void;
  readonly #over = new AbortController();
  #stream: SpeechStream | undefined;

  /** Opens nothing yet. */
  constructor(member: FallbackMember, connection: ConnectionOptions, onEvent: (event: SpeechEvent) => void) {
    this.member = member;
    this.#connection = connection;
    this.#onEvent = onEvent;
  }

  /** True after `end()`. */
  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** How the member's stream stands; `undefined` if it has none. */
  get health(): SpeechStreamHealth | undefined {
    return this.#stream?.health;
  }

  /** Opens the member's stream; events may come before this returns. */
  begin(): void {
    const onEvent = (event: SpeechEvent): void => {
      if (!this.isOver) this.#onEvent(event);
    };
    this.#guard(() => {
      this.#stream = this.member.stt.stream({ onEvent, signal: this.#over.signal, connection: this.#connection });
    });
  }

  /** Hands something to the member's stream, unless it is over. */
  feed(action: (stream: SpeechStream) => void): void {
    const stream = this.#stream;
    if (stream && !this.isOver) this.#guard(() => action(stream));
  }

  /** Ends the input and waits for the last texts, at most `limitMs`. */
  async finish(limitMs: number): Promise<void> {
    try {
      if (!this.isOver) await this.#stream?.finish(limitMs);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Drops the member's stream at once. */
  end(): void {
    this.#over.abort();
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    if (!this.isOver) this.#onEvent({ type: "failed", error: providerFailure(cause) });
  }
}
