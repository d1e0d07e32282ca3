import { BLOCK_SAMPLES, Endpointer } from "../pocketsphinx/endpointer.ts";

/** Milliseconds at 16 kHz. */
export const SAMPLES_PER_MS = 16;

/** So much of what is loud has gone by when speech is told: the endpointer's 60 ms. */
const ONSET_SAMPLES = 6 * BLOCK_SAMPLES;
/** Speech is not cut for being long. */
const FOR_EVER_MS = 24 * 3_600_000;

/** Told where speech begins and ends, in samples at 16 kHz since the first. */
export interface SpeechWatchSink {
  /** Somebody began to speak at `startSample`, a moment ago. */
  onStart(startSample: number): void;
  /** More of the speech, up to `endSample`; follows each start at once. */
  onMore(endSample: number): void;
  /** Silence has lasted long enough, up to `endSample`. */
  onStop(endSample: number): void;
}

/** Finds speech in a stream by its loudness, as the recogniser's own endpointer does. */
export class SpeechWatch {
  readonly #endpointer: Endpointer;
  readonly #sink: SpeechWatchSink;
  #heardSamples: number;
  #isSpeech = false;

  /** Watches from sample `fromSample` on. */
  constructor(endSilenceMs: number, fromSample: number, sink: SpeechWatchSink) {
    this.#endpointer = new Endpointer({ endSilenceMs, maxSpeechMs: FOR_EVER_MS });
    this.#heardSamples = fromSample;
    this.#sink = sink;
  }

  /** True between a start and its stop. */
  get isSpeech(): boolean {
    return this.#isSpeech;
  }

  /** Takes samples in chunks of any size. */
  push(samples: Int16Array): void {
    this.#endpointer.push(samples, {
      onBlock: (block, isSpeech) => {
        this.#heardSamples += block.length;
        if (isSpeech && !this.#isSpeech) this.#sink.onStart(this.#heardSamples - ONSET_SAMPLES);
        this.#isSpeech = isSpeech;
        if (isSpeech) this.#sink.onMore(this.#heardSamples);
      },
      onCut: () => {
        if (this.#isSpeech) this.#sink.onStop(this.#heardSamples);
        this.#isSpeech = false;
      },
    });
  }
}
