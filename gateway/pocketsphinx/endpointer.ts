/*
 *   waiting ──loud for 60 ms──▶ speaking ──quiet for endSilenceMs, or too long──▶ cut ──▶ waiting
 *      └──nothing said for 10 s──▶ cut                        a finalize cuts in either state
 */
import { Loudness } from "./loudness.ts";

/** Samples in a block: 10 ms, the recogniser's own frame. */
export const BLOCK_SAMPLES = 160;

const BLOCK_MS = 10;
/** Shorter noises are clicks: so many loud blocks in a row are speech. */
const SPEECH_BLOCKS = 6;
/** So many loud blocks in a row break a silence. */
const BREAK_BLOCKS = 3;
/** An utterance without speech is cut only where it has been quiet this long: an onset stays whole. */
const CALM_BLOCKS = 30;

/** Why an utterance ended. */
export type CutReason = "silence" | "too-long" | "no-speech" | "finalize";

/** Receives the stream again, cut into utterances. */
export interface EndpointerSink {
  /** Samples of the current utterance, at most {@link BLOCK_SAMPLES}; borrowed: it copies what it keeps. */
  onBlock(samples: Int16Array, hasSpeech: boolean): void;
  /** The utterance ended with the last block. Never called for an utterance without samples. */
  onCut(reason: CutReason): void;
}

/** How an {@link Endpointer} cuts. */
export interface EndpointerOptions {
  /** Silence that ends an utterance, in ms. Shorter answers sooner but cuts pauses. @defaultValue 700 */
  readonly endSilenceMs?: number;
  /** Longest speech without a cut, in ms. @defaultValue 30_000 */
  readonly maxSpeechMs?: number;
  /** Longest utterance without speech, in ms. @defaultValue 10_000 */
  readonly maxWaitMs?: number;
}

type EndpointerState =
  | { readonly kind: "waiting"; readonly blocks: number }
  | { readonly kind: "speaking"; readonly blocks: number };

/** Cuts a stream into utterances. Where it cuts depends on the samples and on where it is finalized, and on nothing else. */
export class Endpointer {
  readonly #loudness = new Loudness();
  readonly #block = new Int16Array(BLOCK_SAMPLES);
  readonly #endSilenceBlocks: number;
  readonly #maxSpeechBlocks: number;
  readonly #maxWaitBlocks: number;
  #filled = 0;
  #state: EndpointerState = { kind: "waiting", blocks: 0 };
  #loudBlocks = 0;
  #quietBlocks = 0;

  constructor({ endSilenceMs = 700, maxSpeechMs = 30_000, maxWaitMs = 10_000 }: EndpointerOptions = {}) {
    this.#endSilenceBlocks = toBlocks("endSilenceMs", endSilenceMs);
    this.#maxSpeechBlocks = toBlocks("maxSpeechMs", maxSpeechMs);
    this.#maxWaitBlocks = toBlocks("maxWaitMs", maxWaitMs);
  }

  /** Takes the next samples, in chunks of any size. */
  push(chunk: Int16Array, sink: EndpointerSink): void {
    for (let read = 0; read < chunk.length;) {
      const count = Math.min(chunk.length - read, BLOCK_SAMPLES - this.#filled);
      this.#block.set(chunk.subarray(read, read + count), this.#filled);
      read += count;
      this.#filled += count;
      if (this.#filled < BLOCK_SAMPLES) return;
      this.#filled = 0;
      const reason = this.#step(this.#block);
      sink.onBlock(this.#block, this.#state.kind === "speaking");
      if (reason !== undefined) this.#cut(reason, sink);
    }
  }

  /** Ends the current utterance at the last sample pushed. The next one begins with the next sample. */
  finalize(sink: EndpointerSink): void {
    const hasSamples = this.#filled > 0 || this.#state.kind === "speaking" || this.#state.blocks > 0;
    if (this.#filled > 0) sink.onBlock(this.#block.subarray(0, this.#filled), this.#state.kind === "speaking");
    this.#filled = 0;
    if (hasSamples) this.#cut("finalize", sink);
  }

  #step(block: Int16Array): CutReason | undefined {
    this.#loudBlocks = this.#loudness.isLoud(block) ? this.#loudBlocks + 1 : 0;
    this.#quietBlocks = this.#loudBlocks >= BREAK_BLOCKS ? 0 : this.#quietBlocks + 1;
    const blocks = this.#state.blocks + 1;
    if (this.#state.kind === "waiting") {
      if (this.#loudBlocks >= SPEECH_BLOCKS) {
        this.#state = { kind: "speaking", blocks: this.#loudBlocks };
        return undefined;
      }
      this.#state = { kind: "waiting", blocks };
      return blocks >= this.#maxWaitBlocks && this.#quietBlocks >= CALM_BLOCKS ? "no-speech" : undefined;
    }
    this.#state = { kind: "speaking", blocks };
    if (this.#quietBlocks >= this.#endSilenceBlocks) return "silence";
    return blocks >= this.#maxSpeechBlocks ? "too-long" : undefined;
  }

  #cut(reason: CutReason, sink: EndpointerSink): void {
    this.#state = { kind: "waiting", blocks: 0 };
    this.#loudBlocks = 0;
    this.#quietBlocks = 0;
    sink.onCut(reason);
  }
}

function toBlocks(option: string, ms: number): number {
  if (!(ms >= BLOCK_MS && Number.isFinite(ms)))
    throw new RangeError(`${option} must be at least ${BLOCK_MS}, got ${ms}`);
  return Math.round(ms / BLOCK_MS);
}
