/*
 * What a `ledger/…` model makes of marked sound (see `marked-sound.ts`):
 *
 *   ledger/indexed            "0-16000 16800-20000": what came since the last final, in capture indices; words none
 *   ledger/words              "1600-2400 2400-3200": each 50 ms of speech is a word, named by the capture indices that it
 *                             covers; interims every half second, finals by itself every three
 *   ledger/…-silence          deaf to finalize: the final comes after half a second without speech
 *   ledger/…-untimed          without times: start and duration are 0
 *   ledger/…-billed           start is 0, and duration all audio of the connection (Cartesia's Ink 2)
 */
import type { TranscriptMessage, WireWord } from "../../src/stt/livekit/wire.ts";
import { SAMPLE_RATE_HZ } from "./engine.ts";
import { MarkReader, type MarkedStretch } from "./marked-sound.ts";

/** Length of a word. Words lie on a grid of captured time, as real ones lie in the sound. */
export const WORD_SAMPLES = SAMPLE_RATE_HZ / 20;
/** From one interim to the next. */
const INTERIM_SAMPLES = SAMPLE_RATE_HZ / 2;
/** As real recognisers do, a long utterance is told in parts. */
const PART_SAMPLES = 3 * SAMPLE_RATE_HZ;
/** What ends an utterance where finalize does not. */
const END_SILENCE_SAMPLES = SAMPLE_RATE_HZ / 2;

/** How a listener tells what it heard. */
export interface ListenerKind {
  readonly tells: "indexed" | "words";
  readonly endsBy: "finalize" | "silence";
  readonly times: "true" | "untimed" | "billed";
}

/** The kind that a model's name within the engine stands for; `undefined` for unknown names. */
export function listenerKind(model: string): ListenerKind | undefined {
  const [, tells, silence, times] = /^(indexed|words)(-silence)?(?:-(untimed|billed))?$/.exec(model) ?? [];
  if (tells !== "indexed" && tells !== "words") return undefined;
  return {
    tells,
    endsBy: silence === undefined ? "finalize" : "silence",
    times: times === "untimed" || times === "billed" ? times : "true",
  };
}

interface Interval {
  readonly start: number;
  end: number;
  /** Where its first sample stands in what the connection sent. */
  readonly sentStart: number;
}

/** Hears marked sound, and tells exactly what it heard. */
export class LedgerListener {
  readonly #kind: ListenerKind;
  readonly #emit: (message: TranscriptMessage) => void;
  readonly #reader = new MarkReader();
  /** Since the last final: captured intervals, or words. The last may still grow. */
  #heard: Interval[] = [];
  #sentSamples = 0;
  #partStart = 0;
  #interimStart = 0;
  #silentSamples = 0;
  #hasSpeech = false;

  constructor(kind: ListenerKind, emit: (message: TranscriptMessage) => void) {
    this.#kind = kind;
    this.#emit = emit;
  }

  /** Takes the next samples. */
  push(samples: Int16Array): void {
    for (const stretch of this.#reader.read(samples)) this.#hear(stretch);
    const { tells, endsBy } = this.#kind;
    if (endsBy === "silence" && this.#hasSpeech && this.#silentSamples >= END_SILENCE_SAMPLES) return this.#final();
    if (tells === "indexed") return;
    if (this.#sentSamples - this.#partStart >= PART_SAMPLES) return this.#part();
    if (this.#sentSamples - this.#interimStart >= INTERIM_SAMPLES) this.#interim();
  }

  /** Ends the utterance, unless only silence ends it. */
  finalize(): "answered" | "silent" {
    if (this.#kind.endsBy === "silence") return "silent";
    this.#final();
    return "answered";
  }

  #hear({ captureStart, isSpeech, length }: MarkedStretch): void {
    const sentStart = this.#sentSamples;
    this.#sentSamples += length;
    this.#silentSamples = isSpeech ? 0 : this.#silentSamples + length;
    if (isSpeech) this.#hasSpeech = true;
    if (captureStart === undefined) return;
    if (this.#kind.tells === "words") {
      if (isSpeech) this.#spell(captureStart, length, sentStart);
    } else {
      this.#extend(captureStart, captureStart + length, sentStart);
    }
  }

  #spell(captureStart: number, length: number, sentStart: number): void {
    const end = captureStart + length;
    for (let at = captureStart; at < end;) {
      const wordEnd = Math.min(end, (Math.floor(at / WORD_SAMPLES) + 1) * WORD_SAMPLES);
      this.#extend(at, wordEnd, sentStart + at - captureStart);
      at = wordEnd;
    }
  }

  /** A word goes on only up to the next line of the grid, an interval for as long as captured time does. */
  #extend(start: number, end: number, sentStart: number): void {
    const last = this.#heard.at(-1);
    const isWordStart = this.#kind.tells === "words" && start % WORD_SAMPLES === 0;
    const goesOn = last?.end === start && last.sentStart + last.end - last.start === sentStart;
    if (last && goesOn && !isWordStart) last.end = end;
    else this.#heard.push({ start, end, sentStart });
  }

  /** All that was heard; nothing if nothing was. */
  #final(): void {
    this.#tell("final_transcript", this.#heard.splice(0));
    this.#partStart = this.#sentSamples;
    this.#interimStart = this.#sentSamples;
    this.#hasSpeech = false;
  }

  /** The words that are complete; one that is being spoken goes on. */
  #part(): void {
    const isGrowing = (this.#heard.at(-1)?.end ?? 0) % WORD_SAMPLES !== 0 && this.#silentSamples === 0;
    const growing = isGrowing ? this.#heard.splice(-1) : [];
    this.#final();
    this.#heard = growing;
    this.#hasSpeech = growing.length > 0;
  }

  #interim(): void {
    this.#interimStart = this.#sentSamples;
    this.#tell("interim_transcript", this.#heard);
  }

  #tell(type: TranscriptMessage["type"], heard: readonly Interval[]): void {
    const [first, last] = [heard[0], heard.at(-1)];
    if (!first || !last) return; // as real gateways: nothing new, no text
    const names = heard.map(({ start, end }) => `${start}-${end}`);
    const { tells, times } = this.#kind;
    const billedEnd = times === "billed" ? this.#sentSamples : 0;
    const [sentStart, sentEnd] =
      times === "true" ? [first.sentStart, last.sentStart + last.end - last.start] : [0, billedEnd];
    this.#emit({
      type,
      transcript: names.join(" "),
      language: "en",
      start: sentStart / SAMPLE_RATE_HZ,
      duration: (sentEnd - sentStart) / SAMPLE_RATE_HZ,
      confidence: 1,
      words: tells === "words" ? heard.map(wordOf) : [],
    });
  }
}

function wordOf({ start, end, sentStart }: Interval): WireWord {
  return {
    word: `${start}-${end}`,
    start: sentStart / SAMPLE_RATE_HZ,
    end: (sentStart + end - start) / SAMPLE_RATE_HZ,
    confidence: 1,
  };
}
