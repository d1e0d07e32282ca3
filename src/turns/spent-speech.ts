import { cutReplayed } from "../stt/place-transcript.ts";
import type { SpeechData, TranscriptEvent } from "../stt/speech-event.ts";

/** So many finals, and segments, are remembered: long enough for texts that come late, or are told anew. */
const MAX_REMEMBERED = 64;

/** Speech of a segment whose text is still to come, and of no more use. */
interface Spent {
  /** Words with times count from here on. */
  readonly sample: number;
  /** A final without such times that comes before this is all about it. */
  readonly owedUntil: number;
  /** So many words of the next texts without such times are of it. */
  readonly words: number;
}

/**
 * Speech whose text is of no more use, since the app cleared it, or since it is in a turn already: keeps it out of later
 * turns, and loses nothing that was said afterwards. Goes by the times of words; where there are none, by their number. Pure.
 */
export class SpentSpeech {
  #cleared = { segmentId: 0, sample: Number.NEGATIVE_INFINITY };
  /** By segment. */
  readonly #spent = new Map<number, Spent>();
  /** How many words of a final are spent: kept out at once, or gone with its transcript. */
  readonly #finals = new Map<number, number>();
  /** Of segments whose finals were taken back after that: how many words will be told again. */
  readonly #retold = new Map<number, number>();

  /** The app cleared all up to `sample`; until `owedUntil` the text of what was said last may still come. */
  clear(segmentId: number, sample: number, owedUntil: number): void {
    this.#cleared = { segmentId, sample };
    this.#spend(segmentId, sample, owedUntil, 0);
  }

  /** An interim was taken for final. `sample`: its end; until `owedUntil` its final may come, and says no more than that. */
  settle(segmentId: number, sample: number, owedUntil: number, text: string): void {
    this.#spend(segmentId, sample, owedUntil, wordsOf(text).length);
  }

  /** A final left the transcript, with a turn or since it was cleared. */
  leave(transcriptId: number, text: string): void {
    this.#count(transcriptId, wordsOf(text).length);
  }

  /** Finals were taken back: what of them is spent will be told once more. */
  withdraw(segmentId: number, transcriptIds: readonly number[]): void {
    const words = transcriptIds.reduce((sum, id) => sum + (this.#finals.get(id) ?? 0), 0);
    for (const id of transcriptIds) this.#finals.delete(id);
    if (words > 0) remember(this.#retold, segmentId, (this.#retold.get(segmentId) ?? 0) + words);
  }

  /** What is left of a text; `undefined` if nothing is. */
  left(event: TranscriptEvent, at: number): TranscriptEvent | undefined {
    const { segmentId, transcriptId, data } = event;
    if (data.text === "") return event;
    const isFinal = event.type === "final-transcript";
    const repeated = this.#retold.get(segmentId) ?? 0;
    if (isFinal && repeated > 0) this.#retold.set(segmentId, Math.max(0, repeated - wordsOf(data.text).length));
    const left = this.#withoutSpent(segmentId, withoutFirst(data, repeated), isFinal, at);
    if (isFinal) this.#count(transcriptId, wordsOf(data.text).length - wordsOf(left.text).length);
    return left.text === "" ? undefined : { ...event, data: left };
  }

  #spend(segmentId: number, sample: number, owedUntil: number, words: number): void {
    const before = this.#spent.get(segmentId)?.words ?? 0; // their final has not come yet, either
    remember(this.#spent, segmentId, { sample, owedUntil, words: before + words });
  }

  #count(transcriptId: number, words: number): void {
    if (words > 0) remember(this.#finals, transcriptId, (this.#finals.get(transcriptId) ?? 0) + words);
  }

  #withoutSpent(segmentId: number, data: SpeechData, isFinal: boolean, at: number): SpeechData {
    const { sample } = this.#cleared;
    const latest = this.#spent.get(segmentId);
    const spent = latest && data.startSample < latest.sample ? latest : undefined;
    if (data.words.length > 0) return cutReplayed(data, Math.max(sample, spent?.sample ?? sample));
    const words = wordsOf(data.text).length;
    const isOwed = spent !== undefined && at < spent.owedUntil;
    if (spent && isFinal && words > 0) {
      this.#spent.set(segmentId, { ...spent, owedUntil: 0, words: Math.max(0, spent.words - words) });
    }
    const isCleared = segmentId < this.#cleared.segmentId || data.endSample <= sample;
    return withoutFirst(data, isCleared || isOwed ? words : (spent?.words ?? 0));
  }
}

function remember<T>(map: Map<number, T>, key: number, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}

function withoutFirst(data: SpeechData, count: number): SpeechData {
  if (count === 0) return data;
  return { ...data, text: wordsOf(data.text).slice(count).join(" "), words: data.words.slice(count) };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}
