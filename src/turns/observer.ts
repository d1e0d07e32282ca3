import type { FinishedTurn } from "./recognition-events.ts";

/**
 * Listens to the person beside turn taking, such as to tell an answering machine from a person. All points are optional,
 * and called at once.
 */
export interface TurnObserver {
  /** Audio as it was captured, speech or not: mono, 16 kHz, -1..1; borrowed for the time of the call. */
  onAudio?(startSample: number, samples: Float32Array): void;
  /** The detector heard speech begin. */
  onUserSpeechStarted?(): void;
  /** The detector heard it end, `silenceMs` ago. */
  onUserSpeechEnded?(silenceMs: number): void;
  /** A final text came that is not empty; one that is held while the agent speaks comes when it is released. */
  onTranscript?(text: string): void;
  /** A turn is over. Returns true if it wants no answer to it. */
  onEndOfTurn?(turn: FinishedTurn): boolean | void;
}

/** Tells several observers as one. One that throws hurts nobody: its error goes to `onError`. */
export class TurnObservers implements TurnObserver {
  readonly #observers = new Set<TurnObserver>();
  readonly #onError: (error: unknown) => void;

  /** Knows nobody yet. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Tells it everything until the returned function is called. */
  add(observer: TurnObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  onAudio(startSample: number, samples: Float32Array): void {
    this.#tell((observer) => observer.onAudio?.(startSample, samples));
  }

  onUserSpeechStarted(): void {
    this.#tell((observer) => observer.onUserSpeechStarted?.());
  }

  onUserSpeechEnded(silenceMs: number): void {
    this.#tell((observer) => observer.onUserSpeechEnded?.(silenceMs));
  }

  onTranscript(text: string): void {
    if (text !== "") this.#tell((observer) => observer.onTranscript?.(text));
  }

  /** Returns whether any of them wants no answer; all are asked. */
  onEndOfTurn(turn: FinishedTurn): boolean {
    let skipsReply = false;
    this.#tell((observer) => {
      if (observer.onEndOfTurn?.(turn) === true) skipsReply = true;
    });
    return skipsReply;
  }

  #tell(point: (observer: TurnObserver) => void): void {
    for (const observer of this.#observers) {
      try {
        point(observer);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
