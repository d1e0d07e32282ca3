import { CAPTURE_RATE } from "../audio/units.ts";
import type { VoiceError } from "../errors.ts";
import type { SpeechStream, SpeechStreamHealth, SpeechStreamOptions } from "../stt/contract.ts";
import type { SpeechData, SpeechEvent } from "../stt/speech-event.ts";

/** What one utterance is recognised as. */
export interface ScriptedUtterance {
  readonly final: string;
  /** Texts that come before it while the person speaks, one every 300 ms. */
  readonly interims?: readonly string[];
  /** In [0, 1]; 1 if left out. */
  readonly confidence?: number;
}

const INTERIM_EVERY_SAMPLES = 0.3 * CAPTURE_RATE;
const REQUEST_ID = "scripted";

interface OpenSegment {
  readonly id: number;
  /** Where the utterance begins that has no final yet. */
  startSample: number;
  endSample: number;
  wasFlushed: boolean;
}

/** The stream of a scripted recogniser: takes each utterance from those that wait when it has to say something of it. */
export class ScriptedStream implements SpeechStream {
  readonly #waiting: (ScriptedUtterance | VoiceError)[];
  readonly #language: string;
  readonly #options: SpeechStreamOptions;
  #segment: OpenSegment | undefined;
  #toldInterims = 0;
  #isSpeaking = false;
  #unbilledSamples = 0;
  #transcripts = 0;
  #isEnded = false;

  /** `waiting` is shared by all streams of a recogniser. */
  constructor(waiting: (ScriptedUtterance | VoiceError)[], language: string, options: SpeechStreamOptions) {
    this.#waiting = waiting;
    this.#language = language;
    this.#options = options;
  }

  get health(): SpeechStreamHealth {
    const connection = this.#isOver ? "ended" : "open";
    return { connection, waitingSamples: 0, unansweredSamples: 0, attempts: 1, skippedMessages: 0 };
  }

  openSegment(id: number, startSample: number): void {
    this.#segment = { id, startSample, endSample: startSample, wasFlushed: false };
  }

  push(startSample: number, { length: lengthSamples }: Float32Array): void {
    if (!this.#segment) return;
    const { id: segmentId } = this.#segment;
    this.#segment.endSample = startSample + lengthSamples;
    this.#unbilledSamples += lengthSamples;
    this.#emit({ type: "audio-sent", segmentId, startSample, lengthSamples });
    // After the end of speech the gate stays open for a while, and the next utterance has not begun.
    if (this.#segment.wasFlushed) return;
    const heardSamples = this.#segment.endSample - this.#segment.startSample;
    this.#tellInterims(Math.floor(heardSamples / INTERIM_EVERY_SAMPLES));
  }

  flush(atSample: number): void {
    if (!this.#segment) return;
    this.#segment.wasFlushed = true;
    this.#emit({ type: "flush-sent", segmentId: this.#segment.id });
    this.#finishUtterance(this.#segment, atSample);
  }

  closeSegment(): void {
    if (!this.#segment) return;
    this.#emit({ type: "segment-settled", segmentId: this.#segment.id });
    this.#segment = undefined;
  }

  advance(): void {}

  async finish(): Promise<void> {
    if (this.#segment && !this.#segment.wasFlushed) this.flush(this.#segment.endSample);
    this.closeSegment();
    await Promise.resolve(); // what was said has been heard by then
    this.#isEnded = true;
  }

  /** Ends it with this error. */
  fail(error: VoiceError): void {
    this.#emit({ type: "failed", error });
  }

  #finishUtterance(segment: OpenSegment, endSample: number): void {
    this.#tellInterims(Number.POSITIVE_INFINITY);
    const utterance = this.#waiting.shift();
    this.#toldInterims = 0;
    if (!utterance) return;
    if (utterance instanceof Error) return this.fail(utterance);
    this.#startSpeech();
    if (this.#unbilledSamples > 0) {
      this.#emit({ type: "recognition-usage", audioSamples: this.#unbilledSamples, requestId: REQUEST_ID });
      this.#unbilledSamples = 0;
    }
    const data = scriptedData(utterance, this.#language, segment.startSample, endSample);
    this.#tell("final-transcript", segment.id, data);
    this.#emit({ type: "end-of-speech" });
    this.#isSpeaking = false;
    segment.startSample = endSample;
  }

  /** Tells the first `count` interims of the utterance, those excepted that were told. */
  #tellInterims(count: number): void {
    const [utterance] = this.#waiting;
    if (!this.#segment || !utterance || utterance instanceof Error) return;
    for (const text of utterance.interims?.slice(this.#toldInterims, count) ?? []) {
      this.#toldInterims += 1;
      this.#startSpeech();
      const { id, startSample, endSample } = this.#segment;
      const data = scriptedData({ ...utterance, final: text }, this.#language, startSample, endSample);
      this.#tell("interim-transcript", id, data);
    }
  }

  #startSpeech(): void {
    if (!this.#isSpeaking) this.#emit({ type: "start-of-speech" });
    this.#isSpeaking = true;
  }

  #tell(type: "interim-transcript" | "final-transcript", segmentId: number, data: SpeechData): void {
    this.#emit({ type, segmentId, transcriptId: ++this.#transcripts, data, requestId: REQUEST_ID });
  }

  /** A recogniser never answers before the call that it answers has returned. */
  #emit(event: SpeechEvent): void {
    queueMicrotask(() => {
      if (this.#isOver) return;
      if (event.type === "failed") this.#isEnded = true;
      this.#options.onEvent(event);
    });
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#options.signal.aborted;
  }
}

/** What a recogniser would say of an utterance in this place; its words are of one length. */
export function scriptedData(
  { final: text, confidence = 1 }: ScriptedUtterance,
  language: string,
  startSample: number,
  endSample: number,
): SpeechData {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const place = (index: number): number => Math.round(startSample + ((endSample - startSample) * index) / words.length);
  return {
    text,
    language,
    startSample,
    endSample,
    confidence,
    words: words.map((word, index) => ({
      word,
      startSample: place(index),
      endSample: place(index + 1),
      confidence,
    })),
  };
}
