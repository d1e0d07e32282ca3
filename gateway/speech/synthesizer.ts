import { GatewayError } from "../errors.ts";
import { SpeakerProcess } from "./speaker-process.ts";
import type { SpokenWord } from "./word-times.ts";

/** The rate of speech where nothing else is asked for, in Hz. */
export const SPEECH_RATE_HZ = 24_000;
/** Rates that speech can be had at, in Hz. */
export const SPEECH_RATES_HZ: readonly number[] = [
  8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
/** Longest text that is spoken at once, in characters: about two minutes. */
export const MAX_TEXT_CHARS = 2_000;
/** The voice of who asks for none. */
export const DEFAULT_VOICE = "en-us";

/** Names of voices, with their variants (`en-us+f3`); espeak-ng would take a path for a name, too. */
const VOICE_NAME = /^[a-zA-Z0-9_+-]{1,39}$/;

/** How a text is spoken. */
export interface SpeechRequest {
  /** A voice of espeak-ng, such as `en-us`, `en-gb` or `de`. @defaultValue "en-us" */
  readonly voice?: string;
  /** Rate of the samples, in Hz: one of {@link SPEECH_RATES_HZ}. @defaultValue 24_000 */
  readonly rateHz?: number;
  /** Words per minute, 80..450. @defaultValue 175 */
  readonly wordsPerMinute?: number;
  /** Aborting ends the iteration at once, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of each word with its times, before the last of its samples. */
  readonly onWord?: (word: SpokenWord) => void;
}

/** How many may speak at once. */
export interface SynthesizerOptions {
  /** Most processes, and so most syntheses at once; each takes about 45 MB. Who comes when all are busy waits. */
  readonly maxSpeakers: number;
}

/** Speech from text by espeak-ng, in processes of their own: native code that crashes does so where nobody else notices. */
export class Synthesizer {
  readonly #maxSpeakers: number;
  readonly #idle: SpeakerProcess[] = [];
  readonly #speakers = new Set<SpeakerProcess>();
  readonly #exits = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #isOpen = true;

  constructor({ maxSpeakers }: SynthesizerOptions) {
    this.#maxSpeakers = maxSpeakers;
  }

  /** The ids of the processes. */
  get pids(): readonly number[] {
    return [...this.#speakers].flatMap(({ pid }) => pid ?? []);
  }

  /** Starts a process if none is idle, so that the next text is spoken without a wait. */
  prepare(): void {
    if (this.#isOpen && this.#idle.length === 0 && this.#speakers.size < this.#maxSpeakers)
      this.#idle.push(this.#start());
  }

  /**
   * Speaks a text: 16-bit samples, mono, in chunks of about 100 ms, as they are made. That is many times faster than
   * they play, and does not wait for the reader; a text's length bounds what is held.
   * @throws GatewayError `too-large`, `unknown-model` for a voice that espeak-ng lacks, `unsupported-format` for a rate,
   * `synthesizer-missing` with what to install, `synthesizer-lost`, or `full` if the gateway is closing.
   */
  async *synthesize(text: string, request: SpeechRequest = {}): AsyncGenerator<Int16Array, void, undefined> {
    const { voice = DEFAULT_VOICE, rateHz = SPEECH_RATE_HZ, wordsPerMinute = 175, signal, onWord } = request;
    if (text.length > MAX_TEXT_CHARS)
      throw new GatewayError("too-large", `A text may have ${MAX_TEXT_CHARS} characters, got ${text.length}`);
    if (!SPEECH_RATES_HZ.includes(rateHz))
      throw new GatewayError("unsupported-format", `Speech is made at ${SPEECH_RATES_HZ.join(", ")} Hz, got ${rateHz}`);
    if (!VOICE_NAME.test(voice))
      throw new GatewayError("unknown-model", `espeak-ng has no voice ${JSON.stringify(voice.slice(0, 80))}`);
    const speaker = await this.#take(signal);
    // Given back when espeak-ng is done with the text, not when the reader is done with the sound.
    const speech = speaker.speak({ text, voice, rateHz, wordsPerMinute }, () => this.#giveBack(speaker));
    for await (const chunk of speech.chunks(signal)) {
      for (const word of chunk.words) onWord?.(word);
      if (chunk.samples.length > 0) yield chunk.samples;
    }
  }

  /** Ends every process. Resolves when none is left; what was being spoken rejects. */
  async close(): Promise<void> {
    this.#isOpen = false;
    for (const wake of this.#waiting.splice(0)) wake();
    for (const speaker of this.#speakers) speaker.close();
    await Promise.all(this.#exits);
  }

  async #take(signal: AbortSignal | undefined): Promise<SpeakerProcess> {
    for (;;) {
      signal?.throwIfAborted();
      if (!this.#isOpen) throw new GatewayError("full", "The gateway is closing");
      if (this.#taken < this.#maxSpeakers) break;
      await this.#turn(signal);
    }
    this.#taken += 1;
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.isAlive) return idle;
    return this.#start();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(wake);
    });
  }

  #giveBack(speaker: SpeakerProcess): void {
    this.#taken -= 1;
    if (speaker.isAlive && this.#isOpen) this.#idle.push(speaker);
    this.#waiting.shift()?.();
  }

  #start(): SpeakerProcess {
    const speaker = new SpeakerProcess();
    const exit = speaker.exited().then(() => {
      this.#speakers.delete(speaker);
      this.#exits.delete(exit);
    });
    this.#speakers.add(speaker);
    this.#exits.add(exit);
    return speaker;
  }
}
