import type { SpeechEvent } from "../speech-event.ts";

/** Keeps beginnings and ends of speech in pairs, although the member that told the beginning may be gone. Pure. */
export class SpeechPairing {
  readonly #emit: (event: SpeechEvent) => void;
  #isSpeaking = false;
  /** Whether the present member has told the beginning itself. */
  #isConfirmed = false;

  /** `emit` passes on what is left. */
  constructor(emit: (event: SpeechEvent) => void) {
    this.#emit = emit;
  }

  /** The member tells that speech has begun. */
  start(event: SpeechEvent & { readonly type: "start-of-speech" }): void {
    this.#isConfirmed = true;
    if (!this.#isSpeaking) this.#emit(event);
    this.#isSpeaking = true;
  }

  /** The member tells that speech has ended. */
  end(): void {
    this.#isConfirmed = false;
    if (this.#isSpeaking) this.#emit({ type: "end-of-speech" });
    this.#isSpeaking = false;
  }

  /** Another member begins. */
  change(): void {
    this.#isConfirmed = false;
  }

  /** Nothing more is awaited: the beginning that only a former member heard has its end here. */
  settle(): void {
    if (!this.#isConfirmed) this.end();
  }
}
