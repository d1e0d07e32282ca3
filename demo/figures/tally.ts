import type { SegmentMetrics, VoiceEvent } from "vivavoce";
import type { AgentMetrics } from "vivavoce/agent";
import { durationsOf, type Durations } from "./durations.ts";

/** Counts what was captured and sent, and keeps the durations of each opening of the gate, and of each answer. Pure. */
export class Tally {
  readonly #firstByteMs: number[] = [];
  readonly #flushMs: number[] = [];
  readonly #finalMs: number[] = [];
  readonly #responseMs: number[] = [];
  readonly #firstTextMs: number[] = [];
  readonly #firstAudioMs: number[] = [];
  readonly #silenceMs: number[] = [];
  #capturedMs = 0;
  #sentMs = 0;

  /** Takes the next event of a session. */
  hear(event: VoiceEvent): void {
    if (event.type === "frame") this.#capturedMs += event.endMs - event.startMs;
    else if (event.type === "audio") this.#sentMs += event.samples.length / 16;
    else if (event.type === "gap" && event.cause === "unsent") this.#sentMs -= event.durationMs;
    else if (event.type === "segment-settled") this.#settled(event.metrics);
    else if (event.type === "agent-metrics") this.#answered(event.metrics);
  }

  /** From the first window of speech to the first audio on the wire. */
  get firstByte(): Durations | undefined {
    return durationsOf(this.#firstByteMs);
  }

  /** From the end of speech to the request for its text. */
  get flush(): Durations | undefined {
    return durationsOf(this.#flushMs);
  }

  /** From the end of speech to its final text. */
  get final(): Durations | undefined {
    return durationsOf(this.#finalMs);
  }

  /** From the end of speech to the first sound of the answer. */
  get response(): Durations | undefined {
    return durationsOf(this.#responseMs);
  }

  /** From the end of the turn to the first text of the answer. */
  get firstText(): Durations | undefined {
    return durationsOf(this.#firstTextMs);
  }

  /** From the end of the turn to the first of the answer's sound that came. */
  get firstAudio(): Durations | undefined {
    return durationsOf(this.#firstAudioMs);
  }

  /** From the decision to interrupt to silence. */
  get silence(): Durations | undefined {
    return durationsOf(this.#silenceMs);
  }

  /** Sound that was captured. */
  get capturedMs(): number {
    return this.#capturedMs;
  }

  /** Captured sound that was sent. */
  get sentMs(): number {
    return Math.max(0, Math.min(this.#sentMs, this.#capturedMs));
  }

  /** Share of the captured sound that was not sent, in 0..1. */
  get saved(): number {
    return this.#capturedMs === 0 ? 0 : 1 - this.sentMs / this.#capturedMs;
  }

  #settled(metrics: SegmentMetrics): void {
    const { firstAudioAfterOnsetMs, flushAfterSpeechEndMs, finalAfterSpeechEndMs } = metrics;
    if (firstAudioAfterOnsetMs !== undefined) this.#firstByteMs.push(firstAudioAfterOnsetMs);
    if (flushAfterSpeechEndMs !== undefined) this.#flushMs.push(flushAfterSpeechEndMs);
    if (finalAfterSpeechEndMs !== undefined) this.#finalMs.push(finalAfterSpeechEndMs);
  }

  #answered({ responseMs, firstTextMs, firstAudioMs, interruptionToSilenceMs }: AgentMetrics): void {
    if (responseMs !== undefined) this.#responseMs.push(responseMs);
    if (firstTextMs !== undefined) this.#firstTextMs.push(firstTextMs);
    if (firstAudioMs !== undefined) this.#firstAudioMs.push(firstAudioMs);
    if (interruptionToSilenceMs !== undefined) this.#silenceMs.push(interruptionToSilenceMs);
  }
}
