import type { VoiceError } from "../errors.ts";
import { Deferred } from "./deferred.ts";

interface Pending {
  readonly clientEventId: string;
  readonly answer: Deferred<unknown>;
  readonly sentMs: number;
}

/** What the server was asked and has not answered, by a key that the answer tells too. One at a time for each key. Pure. */
export class PendingRequests {
  readonly #byKey = new Map<string, Pending>();

  /** When the oldest of them was asked; `undefined` if there is none. */
  get oldestMs(): number | undefined {
    const [oldest] = this.#byKey.values();
    return oldest?.sentMs;
  }

  /** Asks, by `send`, which returns the message's id; unless the same is being asked: its answer counts for both then. */
  ask<T>(key: string, nowMs: number, send: () => string): Promise<T> {
    let pending = this.#byKey.get(key);
    if (!pending) {
      pending = { clientEventId: send(), answer: new Deferred<unknown>(), sentMs: nowMs };
      this.#byKey.set(key, pending);
    }
    return pending.answer.promise as Promise<T>;
  }

  /** The answer to `key` has come. */
  resolve(key: string, value?: unknown): void {
    this.#byKey.get(key)?.answer.resolve(value);
    this.#byKey.delete(key);
  }

  /** The server refused a message: perhaps one of these. */
  refused(clientEventId: string | undefined, error: VoiceError): void {
    for (const [key, pending] of this.#byKey) {
      if (pending.clientEventId !== clientEventId) continue;
      this.#byKey.delete(key);
      pending.answer.reject(error);
    }
  }

  /** Rejects those that were asked before `beforeMs`; left out, all. */
  rejectAll(error: VoiceError, beforeMs = Number.POSITIVE_INFINITY): void {
    for (const [key, { answer, sentMs }] of this.#byKey) {
      if (sentMs >= beforeMs) continue;
      this.#byKey.delete(key);
      answer.reject(error);
    }
  }
}
