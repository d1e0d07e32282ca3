import type { SpeechStream, SpeechStreamHealth, Stt } from "../stt/contract.ts";
import type { SpeechEvent } from "../stt/speech-event.ts";

/** What a slot needs of its session. */
export interface SttSlotParts {
  readonly signal: AbortSignal;
  readonly onEvent: (event: SpeechEvent) => void;
}

/** How long a recogniser that was replaced may take for its last texts, in ms. */
const FAREWELL_MS = 10_000;

/**
 * Where a session's recogniser stands, so that another one can take its place in the middle of a sentence: what was
 * captured before goes to the old one, which is asked for its text; what comes after goes to the new one. Segments and
 * texts keep their numbers.
 */
export class SttSlot {
  readonly #parts: SttSlotParts;
  #stream: SpeechStream;
  /** How many recognisers owe a text for a segment. */
  readonly #owing = new Map<number, number>();
  #openSegmentId: number | undefined;
  #lastTranscriptId = 0;
  #isSpeaking = false;
  #nowSample = 0;

  /** Connects at once. */
  constructor(stt: Stt, parts: SttSlotParts) {
    this.#parts = parts;
    this.#stream = this.#begin(stt);
  }

  /** How the present recogniser's stream stands. */
  get health(): SpeechStreamHealth {
    return this.#stream.health;
  }

  /** Another recogniser takes over. */
  replace(stt: Stt): void {
    const old = this.#stream;
    this.#stream = this.#begin(stt); // from now on the old one's failures are its own
    const segmentId = this.#openSegmentId;
    if (segmentId !== undefined) {
      this.#owing.set(segmentId, (this.#owing.get(segmentId) ?? 0) + 1);
      this.#stream.openSegment(segmentId, this.#nowSample);
    }
    void old.finish(FAREWELL_MS);
  }

  /** The gate opened. */
  openSegment(segmentId: number, startSample: number): void {
    this.#openSegmentId = segmentId;
    this.#owing.set(segmentId, 1);
    this.#stream.openSegment(segmentId, startSample);
  }

  /** Audio of the open segment: mono, -1..1, 16 kHz. */
  push(startSample: number, samples: Float32Array): void {
    this.#nowSample = startSample + samples.length;
    this.#stream.push(startSample, samples);
  }

  /** Speech has ended. */
  flush(atSample: number): void {
    this.#stream.flush(atSample);
  }

  /** The gate closed. */
  closeSegment(endSample: number): void {
    this.#openSegmentId = undefined;
    this.#stream.closeSegment(endSample);
  }

  /** The clock has moved on. */
  advance(nowSample: number, isQuiet: boolean): void {
    this.#nowSample = Math.max(this.#nowSample, nowSample);
    this.#stream.advance(nowSample, isQuiet);
  }

  /** Ends the input and waits for the last texts. */
  finish(limitMs: number): Promise<void> {
    return this.#stream.finish(limitMs);
  }

  #begin(stt: Stt): SpeechStream {
    const firstId = this.#lastTranscriptId;
    const stream: SpeechStream = stt.stream({
      signal: this.#parts.signal,
      onEvent: (event) => this.#tell(numbered(event, firstId), () => stream === this.#stream),
    });
    return stream;
  }

  #tell(event: SpeechEvent, isPresent: () => boolean): void {
    if ("transcriptId" in event) this.#lastTranscriptId = Math.max(this.#lastTranscriptId, event.transcriptId);
    if (event.type === "segment-settled") {
      const owing = (this.#owing.get(event.segmentId) ?? 1) - 1;
      this.#owing.set(event.segmentId, owing);
      if (owing > 0) return;
      this.#owing.delete(event.segmentId);
    }
    // Two may hear the person at once, who begins and ceases to speak only once.
    if (event.type === "start-of-speech" || event.type === "end-of-speech") {
      const isSpeaking = event.type === "start-of-speech";
      if (isSpeaking === this.#isSpeaking) return;
      this.#isSpeaking = isSpeaking;
    }
    const isFarewell = event.type === "failed" && !isPresent();
    this.#parts.onEvent(isFarewell ? { type: "error", error: event.error, retryInMs: 0 } : event);
  }
}

/** The event with its texts numbered on from `firstId`. */
function numbered(event: SpeechEvent, firstId: number): SpeechEvent {
  if (firstId === 0) return event;
  if ("transcriptId" in event) return { ...event, transcriptId: event.transcriptId + firstId };
  if (event.type !== "transcripts-superseded") return event;
  return { ...event, transcriptIds: event.transcriptIds.map((id) => id + firstId) };
}
