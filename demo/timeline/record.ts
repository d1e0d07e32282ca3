import type { VoiceEvent, VoiceEventOf } from "vivavoce";
import { AgentRecord } from "./agent-record.ts";
import { TurnRecord } from "./turn-record.ts";

/** One frame as it was heard: loudness in dBFS, probability of speech in 0..1. Times are of the capture clock. */
export type HeardFrame = Pick<VoiceEventOf<"frame">, "startMs" | "endMs" | "levelDb" | "probability">;

/** One opening of the gate: what lies between its ends was sent. */
export interface SentSpan {
  readonly segmentId: number;
  readonly startMs: number;
  /** Where the speech began that opened the gate; what lies before it is pre-roll. */
  readonly onsetMs: number | undefined;
  /** Absent while the gate is open. */
  readonly endMs?: number;
}

/** A word, or a text without words, in the place where it was said. */
export interface PlacedWord {
  readonly transcriptId: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isFinal: boolean;
}

/** A place where sound is missing. */
export type MissingSpan = Pick<VoiceEventOf<"gap">, "startMs" | "durationMs">;

/** How much of the past is kept, in ms. */
const KEEP_MS = 60_000;

/** What a session said, kept in the form in which it is drawn. Pure. */
export class TimelineRecord {
  readonly frames: HeardFrame[] = [];
  readonly spans: SentSpan[] = [];
  readonly gaps: MissingSpan[] = [];
  readonly flushesMs: number[] = [];
  readonly turns = new TurnRecord();
  readonly agent = new AgentRecord();
  #finals: readonly PlacedWord[] = [];
  readonly #interims = new Map<number, readonly PlacedWord[]>();
  #onsetMs: number | undefined;

  /** All words, the final ones first, each kind in the order of time. */
  get words(): readonly PlacedWord[] {
    return [...this.#finals, ...[...this.#interims.values()].flat()];
  }

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    this.turns.hear(event);
    this.agent.hear(event);
    switch (event.type) {
      case "frame":
        this.frames.push(event);
        if (this.frames.length % 64 === 0) this.#forgetBefore(event.endMs - KEEP_MS);
        return;
      case "speech-started":
        this.#onsetMs = event.startMs;
        return;
      case "speech-ended":
        this.#onsetMs = undefined;
        return;
      case "segment-opened":
        this.spans.push({ segmentId: event.segmentId, startMs: event.startMs, onsetMs: this.#onsetMs });
        return;
      case "segment-closed":
        return this.#close(event);
      case "segment-settled":
        this.#interims.delete(event.segmentId);
        return;
      case "flush":
        this.flushesMs.push(event.atMs);
        return;
      case "gap":
        this.gaps.push(event);
        return;
      case "transcript":
        return this.#transcript(event);
      case "user-transcript": // told by an agent that hears for itself, as one stretch
        if (!event.isFinal || event.text === "") return;
        this.#finals = [...this.#finals, { ...event, transcriptId: -1 }];
        return;
      case "transcripts-superseded":
        this.#finals = this.#finals.filter(({ transcriptId }) => !event.transcriptIds.includes(transcriptId));
        return;
      default: // the rest has no place on the time axis
    }
  }

  #close({ segmentId, endMs }: VoiceEventOf<"segment-closed">): void {
    const index = this.spans.findIndex((span) => span.segmentId === segmentId);
    const span = this.spans[index];
    if (span) this.spans[index] = { ...span, endMs };
  }

  #transcript(event: VoiceEventOf<"transcript">): void {
    const { isFinal, segmentId } = event;
    this.#interims.delete(segmentId);
    const placed = placedWords(event);
    if (isFinal) this.#finals = [...this.#finals, ...placed];
    else this.#interims.set(segmentId, placed);
  }

  #forgetBefore(ms: number): void {
    dropWhile(this.frames, ({ endMs }) => endMs < ms);
    dropWhile(this.spans, ({ endMs }) => endMs !== undefined && endMs < ms);
    dropWhile(this.gaps, ({ startMs, durationMs }) => startMs + durationMs < ms);
    this.turns.forgetBefore(ms);
    this.agent.forgetBefore(ms);
    dropWhile(this.flushesMs, (atMs) => atMs < ms);
    this.#finals = this.#finals.filter(({ endMs }) => endMs >= ms);
  }
}

function placedWords(event: VoiceEventOf<"transcript">): readonly PlacedWord[] {
  const { transcriptId, text, words, startMs, endMs, isFinal } = event;
  if (words.length > 0) return words.map(({ word, ...times }) => ({ transcriptId, text: word, ...times, isFinal }));
  return text === "" ? [] : [{ transcriptId, text, startMs, endMs, isFinal }];
}

function dropWhile<T>(list: T[], isOld: (item: T) => boolean): void {
  const first = list.findIndex((item) => !isOld(item));
  list.splice(0, first < 0 ? list.length : first);
}
