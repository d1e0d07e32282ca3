import type { TranscriptMessage, WireWord } from "../../src/stt/livekit/wire.ts";
import { SAMPLE_RATE_HZ } from "../engines/engine.ts";
import { Endpointer } from "./endpointer.ts";
import type { CutReason, EndpointerOptions, EndpointerSink } from "./endpointer.ts";

/** A segment of a decoder's best path; frames of 10 ms, counted from the utterance's first sample. */
export interface HeardWord {
  /** As the dictionary has it: `ten`, `the(2)`, or a filler such as `<sil>`. */
  readonly text: string;
  readonly startFrame: number;
  /** The last frame that belongs to the word. */
  readonly endFrame: number;
  /** Posterior, in [0, 1]. */
  readonly probability: number;
}

/** What is needed of a decoder; `SphinxDecoder` is one. */
export interface Decoder {
  /** Begins an utterance. */
  start(): void;
  /** Feeds samples of the utterance; borrowed. */
  feed(samples: Int16Array): void;
  /** Ends it. */
  end(): void;
  /** The text so far, or after `end` the final one. */
  hypothesis(): string;
  /** The segments after `end`. */
  words(): readonly HeardWord[];
}

const FRAMES_PER_SECOND = 100;
/** The hypothesis is looked at this often, in samples: 200 ms. */
const INTERIM_SAMPLES = 3_200;
const FILLER = /^(<.*>|\[.*\]|\+\+.*\+\+)$/;
const ALTERNATIVE = /\(\d+\)$/;

/**
 * Turns a stream of 16 kHz samples into transcripts: cuts it into utterances and decodes each. `start` and `duration`
 * of every transcript are the utterance's own sample range, so that a client can see where it was cut.
 */
export class UtteranceRecognizer implements EndpointerSink {
  readonly #decoder: Decoder;
  readonly #endpointer: Endpointer;
  readonly #emit: (message: TranscriptMessage) => void;
  #startSample = 0;
  #fedSamples = 0;
  #interim = "";

  constructor(decoder: Decoder, emit: (message: TranscriptMessage) => void, options: EndpointerOptions = {}) {
    this.#decoder = decoder;
    this.#emit = emit;
    this.#endpointer = new Endpointer(options);
  }

  /** Takes the next samples, in chunks of any size. */
  push(samples: Int16Array): void {
    this.#endpointer.push(samples, this);
  }

  /** Ends the current utterance now; its final, if there is text, has been emitted when this returns. */
  finalize(): void {
    this.#endpointer.finalize(this);
  }

  /** @internal Called by the endpointer. */
  onBlock(samples: Int16Array, hasSpeech: boolean): void {
    if (this.#fedSamples === 0) this.#decoder.start();
    this.#decoder.feed(samples);
    this.#fedSamples += samples.length;
    // Before speech a recogniser hears words in the noise.
    if (!hasSpeech || this.#fedSamples % INTERIM_SAMPLES !== 0) return;
    const transcript = this.#decoder.hypothesis();
    if (transcript === "" || transcript === this.#interim) return;
    this.#interim = transcript;
    this.#emit({ type: "interim_transcript", transcript, ...this.#span(), words: [] });
  }

  /** @internal Called by the endpointer. */
  onCut(_reason: CutReason): void {
    this.#decoder.end();
    const words = this.#words();
    if (words.length > 0) {
      const transcript = words.map(({ word }) => word).join(" ");
      const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
      this.#emit({ type: "final_transcript", transcript, ...this.#span(), confidence, words });
    }
    this.#startSample += this.#fedSamples;
    this.#fedSamples = 0;
    this.#interim = "";
  }

  #span(): Pick<TranscriptMessage, "language" | "start" | "duration"> {
    return { language: "en", start: this.#startSample / SAMPLE_RATE_HZ, duration: this.#fedSamples / SAMPLE_RATE_HZ };
  }

  #words(): WireWord[] {
    const baseSeconds = this.#startSample / SAMPLE_RATE_HZ;
    return this.#decoder
      .words()
      .filter(({ text }) => !FILLER.test(text))
      .map(({ text, startFrame, endFrame, probability }) => ({
        word: text.replace(ALTERNATIVE, ""),
        start: baseSeconds + startFrame / FRAMES_PER_SECOND,
        end: baseSeconds + (endFrame + 1) / FRAMES_PER_SECOND,
        confidence: probability,
      }));
  }
}
