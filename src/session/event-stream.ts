import type { VoiceEvent, VoiceEventOf, VoiceEventType } from "./events.ts";

type Listener = (event: VoiceEvent) => void;

/** Hands events to listeners and iterators, in order. A listener that throws hurts nobody else. */
export class EventStream {
  readonly #listeners = new Map<VoiceEventType | "*", Set<Listener>>();

  /** Calls `listener` for each event of a name (or of all: `"*"`) until the returned function is called or `signal` aborts. */
  on<T extends VoiceEventType>(type: T, listener: (event: VoiceEventOf<T>) => void, signal?: AbortSignal): () => void {
    return this.#add(type, listener as Listener, signal);
  }

  /** Tells everybody. */
  emit(event: VoiceEvent): void {
    for (const key of [event.type, "*"] as const) {
      const listeners = this.#listeners.get(key);
      for (const listener of [...(listeners ?? [])]) {
        if (!listeners?.has(listener)) continue; // another one has removed it just now
        try {
          listener(event);
        } catch (error) {
          queueMicrotask(() => {
            throw error; // to the page's own error reporting, as an event target does
          });
        }
      }
    }
  }

  /**
   * All events from now on, up to and with the next `ended`. What is not read yet waits. Returning early, or `signal`,
   * ends it; an aborted iteration throws the signal's reason.
   */
  iterate(signal?: AbortSignal): AsyncGenerator<VoiceEvent, void, void> {
    const waiting: VoiceEvent[] = [];
    let wake = (): void => undefined;
    const onAbort = (): void => wake();
    // Listens from now on, not from the first reading on: a generator's body would not have begun yet.
    const remove = this.#add("*", (event) => {
      waiting.push(event);
      if (event.type === "ended") remove();
      wake();
    });
    async function* read(): AsyncGenerator<VoiceEvent, void, void> {
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        for (;;) {
          signal?.throwIfAborted();
          const event = waiting.shift();
          if (event) {
            yield event;
            if (event.type === "ended") return;
          } else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        remove();
        signal?.removeEventListener("abort", onAbort);
      }
    }
    return read();
  }

  #add(type: VoiceEventType | "*", listener: Listener, signal?: AbortSignal): () => void {
    if (signal?.aborted) return () => undefined;
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const own: Listener = (event) => listener(event); // the same function may be added twice
    listeners.add(own);
    const remove = (): void => {
      listeners.delete(own);
      signal?.removeEventListener("abort", remove);
    };
    signal?.addEventListener("abort", remove, { once: true });
    return remove;
  }
}
