import { samplesToMs } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import type { HearingEvent } from "../gate/frame-decider.ts";
import type { Stt } from "../stt/contract.ts";
import type { SpeechEvent, TranscriptEvent } from "../stt/speech-event.ts";
import type { TurnEvent } from "../turns/turn-event.ts";
import type { TurnRun } from "../turns/turn-run.ts";
import type { GapCause, VoiceEvent } from "./events.ts";
import type { SessionHealth } from "./health.ts";
import { SttSlot } from "./stt-slot.ts";
import { SegmentStopwatch } from "./segment-stopwatch.ts";

/** A frame of this probability is speech to the detector's default activation. */
const LOUD_PROBABILITY = 0.5;

type WithoutTime<T> = T extends unknown ? Omit<T, "atMs"> : never;

/** What a speech path needs of its session. */
export interface SpeechPathParts {
  /** Absent for a session that only detects speech. */
  readonly stt: Stt | undefined;
  /** Begins to take turns; absent for a session that takes none. */
  readonly takeTurns?: (requestText: () => void, emit: (event: TurnEvent) => void) => TurnRun;
  /** The capture clock, in samples at 16 kHz. */
  readonly now: () => number;
  readonly emit: (event: VoiceEvent) => void;
  /** The stream failed; nothing more comes of it. */
  readonly onFailure: (error: VoiceError) => void;
  /** Aborting it drops the stream at once. */
  readonly signal: AbortSignal;
}

/**
 * From what was heard to what the app is told: feeds the recogniser with what passed the gate, turns samples into
 * milliseconds, and keeps the stopwatch. Runs the same in a page and in Node.
 */
export class SpeechPath {
  readonly #parts: SpeechPathParts;
  readonly #stream: SttSlot | undefined;
  readonly #turns: TurnRun | undefined;
  readonly #segments = new Map<number, SegmentStopwatch>();
  #speechStartSample: number | undefined;
  #openSegmentId = 0;
  #lastSample = 0;
  #gapCount = 0;
  #gapSamples = 0;

  /** Connects to the recogniser at once. */
  constructor(parts: SpeechPathParts) {
    this.#parts = parts;
    const { stt, signal } = parts;
    if (stt) this.#stream = new SttSlot(stt, { onEvent: (event) => this.#recognised(event), signal });
    const requestText = (): void => this.#stream?.flush(this.#lastSample);
    this.#turns = parts.takeTurns?.(requestText, (event) => this.#emit(event));
  }

  /** Another recogniser takes over, in the middle of a sentence if need be. */
  replaceStt(stt: Stt): void {
    this.#stream?.replace(stt);
  }

  /** Takes the next thing heard. */
  hear(event: HearingEvent): void {
    switch (event.type) {
      case "frame": {
        const { startSample, endSample, levelDb, probability, isOpen } = event;
        const heard = probability === undefined ? {} : { probability };
        this.#emit({ type: "frame", ...span(startSample, endSample), levelDb, ...heard, isOpen });
        if (probability !== undefined && probability >= LOUD_PROBABILITY) this.#turns?.speaking(endSample);
        return this.advance(endSample, probability !== undefined && this.#speechStartSample === undefined);
      }
      case "speech-started":
        this.#speechStartSample = event.startSample;
        this.#emit({ type: "speech-started", startMs: samplesToMs(event.startSample) });
        return this.#turns?.speechStarted(event.startSample, event.atSample);
      case "speech-ended":
        this.#speechStartSample = undefined;
        this.#segments.get(this.#openSegmentId)?.speechEnded(event.endSample);
        this.#emit({ type: "speech-ended", endMs: samplesToMs(event.endSample) });
        return this.#turns?.speechEnded(event.endSample, event.atSample);
      case "segment-opened": {
        const { segmentId, startSample } = event;
        this.#openSegmentId = segmentId;
        this.#segments.set(segmentId, new SegmentStopwatch(startSample, this.#speechStartSample));
        this.#emit({ type: "segment-opened", segmentId, startMs: samplesToMs(startSample) });
        this.#turns?.segmentOpened(segmentId);
        return this.#stream?.openSegment(segmentId, startSample);
      }
      case "audio": {
        const { segmentId, startSample, samples } = event;
        // What the agent must not be interrupted by is silence to the recogniser, which goes on hearing something.
        const isHeard = this.#turns?.isHeardByStt ?? true;
        this.#stream?.push(startSample, isHeard ? samples : new Float32Array(samples.length));
        this.#turns?.push(startSample, samples);
        return this.#emit({ type: "audio", segmentId, startMs: samplesToMs(startSample), samples });
      }
      case "flush":
        this.#emit({ type: "flush", segmentId: event.segmentId });
        return this.#stream?.flush(event.speechEndSample);
      case "segment-closed":
        return this.#closed(event.segmentId, event.endSample);
      case "gap": {
        const { startSample, lengthSamples, isFilled } = event;
        return this.#gap(startSample, lengthSamples, isFilled ? "filled" : "skipped");
      }
      case "mute":
        this.#emit({ type: "mute", isMuted: event.isMuted });
        return this.#turns?.muted(event.isMuted, event.atSample);
      case "vad-failed": {
        this.#speechStartSample = undefined; // nobody would say any more that it ended
        this.#turns?.speechEnded(this.#lastSample, this.#lastSample);
        const message = `Speech cannot be told from silence any more, so silence is not held back: ${event.message}`;
        return this.#emit({ type: "warning", error: new VoiceError("vad-failed", message) });
      }
      case "end":
        return this.advance(event.atSample);
    }
  }

  /** How recognition stands, and what sound is missing. */
  get health(): SessionHealth {
    const gaps = { gapCount: this.#gapCount, gapMs: samplesToMs(this.#gapSamples) };
    return this.#stream ? { ...gaps, stt: this.#stream.health } : gaps;
  }

  /** The clock has moved on, with or without a frame. */
  advance(nowSample: number, isQuiet = false): void {
    this.#lastSample = Math.max(this.#lastSample, nowSample);
    this.#stream?.advance(this.#lastSample, isQuiet);
    this.#turns?.advance(this.#lastSample);
  }

  /** Ends the input and waits for the last texts, at most `limitMs`. */
  async finish(limitMs: number): Promise<void> {
    await this.#stream?.finish(limitMs);
    this.#turns?.finish();
  }

  /** The session has ended: nothing follows. */
  close(why: "stopped" | "failed"): void {
    this.#turns?.close(why);
  }

  /** Turn taking, where the session does it. */
  get turns(): TurnRun | undefined {
    return this.#turns;
  }

  #closed(segmentId: number, endSample: number): void {
    const startSample = this.#segments.get(segmentId)?.startSample ?? endSample;
    this.#emit({ type: "segment-closed", segmentId, ...span(startSample, endSample) });
    if (this.#stream) this.#stream.closeSegment(endSample);
    else this.#segments.delete(segmentId);
  }

  #recognised(event: SpeechEvent): void {
    this.#tell(event);
    this.#turns?.recognised(event);
  }

  #tell(event: SpeechEvent): void {
    const now = this.#parts.now();
    switch (event.type) {
      case "interim-transcript":
      case "preflight-transcript":
        return this.#transcript(event, false);
      case "final-transcript":
        this.#segments.get(event.segmentId)?.finalCame(now);
        return this.#transcript(event, true);
      case "audio-sent":
        return this.#segments.get(event.segmentId)?.audioSent(now, event.lengthSamples);
      case "flush-sent":
        return this.#segments.get(event.segmentId)?.flushSent(now);
      case "segment-settled": {
        const metrics = this.#segments.get(event.segmentId)?.metrics() ?? { sentMs: 0 };
        this.#segments.delete(event.segmentId);
        return this.#emit({ type: "segment-settled", segmentId: event.segmentId, metrics });
      }
      case "transcripts-superseded":
        return this.#emit({ ...event });
      case "metrics-collected":
        return this.#emit({ type: "metrics", metrics: event.metrics });
      case "audio-lost":
        return this.#gap(event.startSample, event.lengthSamples, event.cause);
      case "error":
        return this.#emit({ type: "reconnecting", error: event.error, retryInMs: event.retryInMs });
      case "recovered":
        return this.#emit({ type: "reconnected" });
      case "failed":
        return this.#parts.onFailure(event.error);
      default: // starts and ends by the recogniser are for turn taking
    }
  }

  #transcript({ segmentId, transcriptId, data }: TranscriptEvent, isFinal: boolean): void {
    const { startSample, endSample, words, ...said } = data;
    this.#emit({
      type: "transcript",
      isFinal,
      segmentId,
      transcriptId,
      ...said,
      ...span(startSample, endSample),
      words: words.map(({ startSample: from, endSample: to, ...word }) => ({ ...word, ...span(from, to) })),
    });
  }

  #gap(startSample: number, lengthSamples: number, cause: GapCause): void {
    this.#gapCount += 1;
    this.#gapSamples += lengthSamples;
    this.#emit({ type: "gap", startMs: samplesToMs(startSample), durationMs: samplesToMs(lengthSamples), cause });
  }

  #emit(event: WithoutTime<VoiceEvent>): void {
    this.#parts.emit({ ...event, atMs: samplesToMs(this.#parts.now()) });
  }
}

function span(startSample: number, endSample: number): { startMs: number; endMs: number } {
  return { startMs: samplesToMs(startSample), endMs: samplesToMs(endSample) };
}
