import type { VoiceEvent } from "../src/session/events.ts";

/** A word and its place in the recording. */
export interface HeardWord {
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The last line of `npm run hear`. */
export interface Summary {
  readonly type: "summary";
  readonly transcript: string;
  readonly words: readonly HeardWord[];
  readonly capturedMs: number;
  readonly sentMs: number;
  /** What was sent, as intervals of the recording in ms. */
  readonly sent: readonly (readonly [number, number])[];
}

const MS_PER_SAMPLE = 1000 / 16_000;

/** Gathers the events of a run, and moves their times from the capture clock to that of the recording. */
export class Gatherer {
  readonly #texts: string[] = [];
  readonly #words: HeardWord[] = [];
  readonly #sent: [number, number][] = [];
  #capturedMs = 0;

  /** Takes the next event; its times must be the recording's already. */
  push(event: VoiceEvent): void {
    if (event.type === "frame") this.#capturedMs = Math.max(this.#capturedMs, event.endMs);
    if (event.type === "audio") this.#audio(event.startMs, event.startMs + event.samples.length * MS_PER_SAMPLE);
    if (event.type === "transcript" && event.isFinal && event.text !== "") {
      this.#texts.push(event.text);
      this.#words.push(...event.words.map(({ word, startMs, endMs }) => ({ word, startMs, endMs })));
    }
  }

  /** The intervals that were sent so far. */
  get sent(): readonly (readonly [number, number])[] {
    return this.#sent;
  }

  /** All of it. */
  summary(): Summary {
    const sentMs = this.#sent.reduce((sum, [start, end]) => sum + end - start, 0);
    return {
      type: "summary",
      transcript: this.#texts.join(" "),
      words: this.#words,
      capturedMs: this.#capturedMs,
      sentMs,
      sent: this.#sent,
    };
  }

  #audio(startMs: number, endMs: number): void {
    const last = this.#sent.at(-1);
    if (last && Math.abs(last[1] - startMs) < MS_PER_SAMPLE / 2) last[1] = endMs;
    else this.#sent.push([startMs, endMs]);
  }
}

/** The event with all its times moved by `byMs`. */
export function shifted<T>(value: T, byMs: number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shifted(item, byMs)) as T;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const moved = Object.entries(value).map(([key, field]) =>
    TIMES.has(key) && typeof field === "number" ? [key, field + byMs] : [key, shifted(field as unknown, byMs)],
  );
  return Object.fromEntries(moved) as T;
}

const TIMES: ReadonlySet<string> = new Set(["atMs", "startMs", "endMs", "sinceMs"]);
