/*
 *   turn detection on:   waiting ──speech──▶ speaking ──silence──▶ committed ──▶ waiting
 *   turn detection off:  collecting ──commit by the client──▶ committed ──▶ collecting
 *
 * Everything is counted from the first sample of the session. The recogniser hears what will be committed as it comes.
 */
import { SAMPLE_RATE_HZ } from "../engines/engine.ts";
import { Polyphase } from "../speech/polyphase.ts";
import { newId } from "./ids.ts";
import { WIRE_RATE_HZ } from "./pcm24.ts";
import { RealtimeError } from "./realtime-error.ts";
import type { Recognition } from "./recognition.ts";
import { SampleStore } from "./sample-store.ts";
import { SAMPLES_PER_MS, SpeechWatch } from "./speech-watch.ts";
import type { Listening } from "./turn-detection.ts";

/** What was said in one go. */
export interface Utterance {
  readonly itemId: string;
  /** At 24 kHz. */
  readonly samples: Int16Array;
  /** What was recognised; rejects if recognition failed. */
  readonly heard: Promise<string>;
  /** True if the server found its end; false if the client committed it. */
  readonly endsTurn: boolean;
}

/** Told what becomes of the audio that comes in. Times count from the first sample of the session. */
export interface InputAudioSink {
  /** Somebody began to speak; what they say will be the item `itemId`. */
  onSpeechStarted(itemId: string, startMs: number): void;
  /** They have finished. */
  onSpeechStopped(itemId: string, endMs: number): void;
  /** What they said goes into the conversation. */
  onCommitted(utterance: Utterance): void;
  /** Nobody has spoken for the idle time since `startMs`. */
  onIdle(itemId: string, startMs: number, endMs: number): void;
}

/** Wire samples in a sample of the recogniser: 24 kHz over 16 kHz. */
const WIRE_RATIO = 1.5;
/** Kept besides the prefix while nobody speaks, in ms: a client may lengthen the prefix. */
const SPARE_MS = 500;
/** Most that a client may collect without committing it, in samples at 24 kHz: ten minutes. */
const MAX_COLLECTED_SAMPLES = 600 * WIRE_RATE_HZ;

interface Speech {
  readonly itemId: string;
  readonly startSample: number;
}

/** The input audio buffer. Positions are samples at 16 kHz, except where they say otherwise. */
export class InputAudio {
  readonly #recognition: Recognition;
  readonly #sink: InputAudioSink;
  readonly #resampler = new Polyphase(WIRE_RATE_HZ, SAMPLE_RATE_HZ);
  readonly #wire = new SampleStore();
  readonly #heard = new SampleStore();
  #listening: Listening | undefined;
  #watch: SpeechWatch | undefined;
  #speech: Speech | undefined;
  #idleFromSample: number | undefined;
  #isStale = false;

  constructor(recognition: Recognition, listening: Listening | undefined, sink: InputAudioSink) {
    this.#recognition = recognition;
    this.#sink = sink;
    this.listen(listening);
  }

  /** Changes how turns are found. Speech under way ends by the rules that it began by, unless detection is off now. */
  listen(listening: Listening | undefined): void {
    const before = this.#listening;
    this.#listening = listening;
    if (before?.endSilenceMs === listening?.endSilenceMs) return;
    if (before === undefined) void this.#recognition.end();
    if (listening === undefined) this.#feed(this.#heard.to);
    this.#isStale = this.#speech !== undefined && listening !== undefined;
    if (!this.#isStale) this.#renewWatch();
  }

  /** Takes samples at 24 kHz. @throws RealtimeError if a client collects without end. */
  append(samples: Int16Array): void {
    if (this.#listening === undefined && this.#wire.to - this.#wire.from + samples.length > MAX_COLLECTED_SAMPLES)
      throw new RealtimeError(
        "input_audio_buffer_full",
        "The input audio buffer holds ten minutes: commit or clear it.",
      );
    this.#wire.push(samples);
    const heard = this.#resampler.push(samples);
    this.#heard.push(heard);
    if (this.#watch === undefined) return this.#feed(this.#heard.to);
    this.#watch.push(heard);
    if (this.#speech !== undefined) return;
    this.#checkIdle();
    this.#forget(this.#heard.to - ((this.#listening?.prefixMs ?? 0) + SPARE_MS) * SAMPLES_PER_MS);
  }

  /** Commits what there is. @throws RealtimeError `input_audio_buffer_commit_empty`. */
  commit(): void {
    if (this.#wire.to === this.#wire.from)
      throw new RealtimeError(
        "input_audio_buffer_commit_empty",
        "Error committing input audio buffer: the buffer is empty.",
      );
    this.#feed(this.#heard.to);
    const { itemId } = this.#speech ?? { itemId: newId("item") };
    this.#commit(itemId, this.#speech?.startSample ?? 0, Infinity, false);
    this.#renewWatch();
  }

  /** Forgets what there is. */
  clear(): void {
    if (this.#speech !== undefined || this.#watch === undefined) void this.#recognition.end();
    this.#speech = undefined;
    this.#wire.dropBefore(this.#wire.to);
    this.#heard.dropBefore(this.#heard.to);
    this.#renewWatch();
  }

  /** An answer is over: from now on silence counts as idle. */
  startIdling(): void {
    this.#idleFromSample = this.#heard.to;
  }

  #renewWatch(): void {
    this.#isStale = false;
    this.#speech = undefined;
    this.#watch =
      this.#listening &&
      new SpeechWatch(this.#listening.endSilenceMs, this.#heard.to, {
        onStart: (startSample) => this.#onStart(startSample),
        onMore: (endSample) => this.#feed(endSample),
        onStop: (endSample) => this.#onStop(endSample),
      });
  }

  #onStart(onsetSample: number): void {
    const prefixSamples = (this.#listening?.prefixMs ?? 0) * SAMPLES_PER_MS;
    const startSample = Math.max(this.#heard.from, onsetSample - prefixSamples);
    this.#speech = { itemId: newId("item"), startSample };
    this.#idleFromSample = undefined;
    this.#forget(startSample);
    this.#sink.onSpeechStarted(this.#speech.itemId, toMs(startSample));
  }

  /** Hands the recogniser what it has not heard yet. */
  #feed(endSample: number): void {
    this.#recognition.push(this.#heard.slice(this.#heard.from, endSample));
    this.#heard.dropBefore(endSample);
  }

  #onStop(endSample: number): void {
    const { itemId, startSample } = this.#speech ?? { itemId: newId("item"), startSample: 0 };
    this.#sink.onSpeechStopped(itemId, toMs(endSample));
    this.#commit(itemId, startSample, endSample, true);
    if (this.#isStale) this.#renewWatch();
  }

  #commit(itemId: string, startSample: number, endSample: number, endsTurn: boolean): void {
    const endWire = Math.min(this.#wire.to, endSample * WIRE_RATIO);
    const samples = this.#wire.slice(startSample * WIRE_RATIO, endWire);
    this.#wire.dropBefore(endWire);
    this.#heard.dropBefore(Math.min(this.#heard.to, endSample));
    this.#speech = undefined;
    this.#sink.onCommitted({ itemId, samples, heard: this.#recognition.end(), endsTurn });
  }

  #checkIdle(): void {
    const [from, idleMs] = [this.#idleFromSample, this.#listening?.idleMs];
    if (from === undefined || idleMs === undefined || this.#heard.to - from < idleMs * SAMPLES_PER_MS) return;
    this.#idleFromSample = undefined;
    const itemId = newId("item");
    this.#sink.onIdle(itemId, toMs(from), toMs(this.#heard.to));
    const samples = this.#wire.slice(from * WIRE_RATIO, this.#wire.to);
    this.#sink.onCommitted({ itemId, samples, heard: Promise.resolve(""), endsTurn: true });
  }

  #forget(before: number): void {
    this.#heard.dropBefore(before);
    this.#wire.dropBefore(Math.floor(before * WIRE_RATIO));
  }
}

function toMs(sample: number): number {
  return Math.floor(sample / SAMPLES_PER_MS);
}
