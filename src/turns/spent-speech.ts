import { cutReplayed } from "../stt/place-transcript.ts";
import type { SpeechData, TranscriptEvent } from "../stt/speech-event.ts";

/** So many finals are remembered, in case that they are taken back and told anew. */
const MAX_FINALS = 64;

/** Speech of a segment, up to a moment. */
interface Spent {
  readonly segmentId: number;
  /** What was said before counts no more, where words have times. */
  readonly sample: number;
  /** Without such times: the next final is all about it. */
  readonly isOwed: boolean;
  /** Without such times: so many words of the next texts are of it. */
  readonly words: number;
}

/**
 * Speech whose text is of no more use, since the app cleared it, or since it is in a turn already: keeps it out of later
 * turns, and loses nothing that was said afterwards. Goes by the times of words; where there are none, by their number. Pure.
 */
export class SpentSpeech {
  /** Texts of earlier segments were cleared. */
  #clearedSegmentId = 0;
  #spent: Spent | undefined;
  /** Of finals that left their transcript: how many words they had. */
  readonly #finals = new Map<number, number>();
  /** Of segments whose finals were taken back after that: how many words will be told again. */
  readonly #retold = new Map<number, number>();

  /** The app cleared all up to `sample`, and `isOwed`: the text of what was said last is still to come. */
  clear(segmentId: number, sample: number, isOwed: boolean): void {
    this.#clearedSegmentId = segmentId;
    this.#spent = { segmentId, sample, isOwed, words: 0 };
  }

  /** An interim was taken for final. `sample`: its end; `isOwed`: its final says no more than that. */
  settle(segmentId: number, sample: number, isOwed: boolean, text: string): void {
    this.#spent = { segmentId, sample, isOwed, words: wordsOf(text).length };
  }

  /** A final left the transcript, with a turn or since it was cleared. */
  leave(transcriptId: number, text: string): void {
    this.#finals.set(transcriptId, wordsOf(text).length);
    const [oldest] = this.#finals.keys();
    if (this.#finals.size > MAX_FINALS && oldest !== undefined) this.#finals.delete(oldest);
  }

  /** Finals were taken back: those that had left will be told once more. */
  withdraw(segmentId: number, transcriptIds: readonly number[]): void {
    const words = transcriptIds.reduce((sum, id) => sum + (this.#finals.get(id) ?? 0), 0);
    for (const id of transcriptIds) this.#finals.delete(id);
    if (words > 0) this.#retold.set(segmentId, (this.#retold.get(segmentId) ?? 0) + words);
  }

  /** What is left of a text; `undefined` if nothing is. */
  left(event: TranscriptEvent): TranscriptEvent | undefined {
    const { segmentId, data } = event;
    if (data.text === "") return event;
    if (segmentId < this.#clearedSegmentId) return undefined;
    const isFinal = event.type === "final-transcript";
    const left = this.#withoutRetold(segmentId, this.#withoutSpent(segmentId, data, isFinal), isFinal);
    return left.text === "" ? undefined : { ...event, data: left };
  }

  #withoutSpent(segmentId: number, data: SpeechData, isFinal: boolean): SpeechData {
    const spent = this.#spent;
    if (spent?.segmentId !== segmentId || data.startSample >= spent.sample) return data;
    if (data.words.length > 0) return cutReplayed(data, spent.sample);
    if (isFinal) this.#spent = { ...spent, isOwed: false, words: 0 };
    const isOver = spent.isOwed || data.endSample <= spent.sample;
    return isOver ? { ...data, text: "" } : withoutFirst(data, spent.words);
  }

  #withoutRetold(segmentId: number, data: SpeechData, isFinal: boolean): SpeechData {
    const words = this.#retold.get(segmentId);
    if (words === undefined) return data;
    if (isFinal) this.#retold.set(segmentId, Math.max(0, words - wordsOf(data.text).length));
    return withoutFirst(data, words);
  }
}

function withoutFirst(data: SpeechData, count: number): SpeechData {
  if (count === 0) return data;
  return { ...data, text: wordsOf(data.text).slice(count).join(" "), words: data.words.slice(count) };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== "");
}
