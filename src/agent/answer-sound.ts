import { VoiceError } from "../errors.ts";
import type { Playback, PlaybackCount, PlaybackItem } from "../playback/playback.ts";

interface HeldAudio {
  readonly samples: Float32Array | Int16Array;
  readonly rateHz: number;
  readonly contentIndex: number | undefined;
}

/** The audio of one answer: held until there is a speaker, then a playback item for each content; and how far they came. */
export class AnswerSound {
  readonly #items: PlaybackItem[] = [];
  readonly #counts = new Map<number, PlaybackCount>();
  #held: HeldAudio[] = [];
  #heldMs = 0;
  #playback: Playback | undefined;
  #itemId = "";
  #waiting: (() => void)[] = [];

  /** True while nothing was written. */
  get isEmpty(): boolean {
    return this.#items.length === 0 && this.#held.length === 0;
  }

  /** What was written, in ms. */
  get receivedMs(): number {
    return this.#sumMs(({ receivedSamples }) => receivedSamples) + this.#heldMs;
  }

  /** What has left for the loudspeaker, in ms: the newest that is known. */
  get renderedMs(): number {
    return this.#sumMs(({ contentIndex }) => this.#counts.get(contentIndex)?.renderedSamples ?? 0);
  }

  /** Where the ear is, in ms. */
  get heardMs(): number {
    return this.#sumMs((item) => item.heardSamples());
  }

  /** How far each content was played. */
  get counts(): PlaybackCount[] {
    return [...this.#counts.values()];
  }

  /** Whether all that was written has left. */
  get isPlayed(): boolean {
    return this.#held.length === 0 && this.#items.every((item) => this.#rendered(item) >= item.receivedSamples);
  }

  /** What is held goes to the speaker, under this name. */
  play(playback: Playback, itemId: string): void {
    this.#playback = playback;
    this.#itemId = itemId;
    const held = this.#held;
    this.#held = [];
    this.#heldMs = 0;
    for (const { samples, rateHz, contentIndex } of held) this.write(samples, rateHz, contentIndex);
  }

  /**
   * More audio; another rate or content begins another item.
   *
   * @throws VoiceError `protocol-violated` for a content that was over; as the speaker does.
   */
  write(samples: Float32Array | Int16Array, rateHz: number, contentIndex?: number): void {
    if (!this.#playback) {
      this.#held.push({ samples, rateHz, contentIndex });
      this.#heldMs += (samples.length / rateHz) * 1_000;
      return;
    }
    const last = this.#items.at(-1);
    if (last?.rateHz === rateHz && (contentIndex ?? last.contentIndex) === last.contentIndex)
      return last.write(samples);
    if (this.#items.some((item) => item.contentIndex === contentIndex)) {
      throw new VoiceError("protocol-violated", `Content ${contentIndex} goes on after its end`);
    }
    last?.end();
    const next = contentIndex ?? (last ? last.contentIndex + 1 : 0);
    const item = this.#playback.begin({ itemId: this.#itemId, contentIndex: next }, rateHz);
    this.#items.push(item);
    item.write(samples);
  }

  /** Nothing more will be written. */
  end(): void {
    this.#items.at(-1)?.end();
  }

  /** A content has been played so far. */
  count(count: PlaybackCount): void {
    this.#counts.set(count.contentIndex, count);
    this.release();
  }

  /** Lets go of everybody who waits in {@link whenWaitingLess}. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when no more than `limitMs` wait to be played, or it is released with `isOver`. */
  async whenWaitingLess(limitMs: number, isOver: () => boolean): Promise<void> {
    while (!isOver() && this.receivedMs - this.renderedMs > limitMs) {
      await new Promise<void>((go) => this.#waiting.push(go));
    }
  }

  #rendered({ contentIndex }: PlaybackItem): number {
    return this.#counts.get(contentIndex)?.renderedSamples ?? 0;
  }

  #sumMs(samplesOf: (item: PlaybackItem) => number): number {
    return this.#items.reduce((sum, item) => sum + (samplesOf(item) / item.rateHz) * 1_000, 0);
  }
}

/**
 * Checks what a voice gave: bytes that were taken for floats would be the loudest of noises.
 *
 * @throws TypeError or RangeError naming what is wrong.
 */
export function checkAudio(samples: unknown, rateHz: number): void {
  if (!(samples instanceof Float32Array || samples instanceof Int16Array)) {
    throw new TypeError("samples must be a Float32Array or an Int16Array");
  }
  if (!(Number.isFinite(rateHz) && rateHz > 0)) {
    throw new RangeError(`rateHz must be a rate in Hz, got ${String(rateHz)}`);
  }
}
