import type { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import type { ConnectionOptions } from "../connection-options.ts";
import type { SpeechStream, SpeechStreamHealth, SpeechStreamOptions } from "../contract.ts";
import type { SpeechEvent, TranscriptEvent } from "../speech-event.ts";
import type { FallbackMember } from "./fallback-member.ts";
import { MemberStream } from "./member-stream.ts";
import { RecoveryProbes, type RecoveryProbesOptions } from "./recovery-probes.ts";
import { SpeechPairing } from "./speech-pairing.ts";
import { Succession } from "./succession.ts";
import { UnsettledSpeech } from "./unsettled-speech.ts";

/** What a fallback stream is made of. */
export interface FallbackSpeechStreamParts extends RecoveryProbesOptions {
  /** How hard the active member is tried. */
  readonly connection: ConnectionOptions;
  readonly endsTurns: boolean;
  readonly clock: Clock;
}

/** Said by a stream that has no connection, so no sign of one. */
const SAID_WITHOUT_CONNECTION: ReadonlySet<SpeechEvent["type"]> = new Set(["error", "audio-lost", "failed"]);

/*
 *   member 1 ──failed──▶ member 2 ──failed──▶ … ──all tried since the last progress──▶ ended (failed)
 *                          ▲ is given all that is not settled, from its beginning
 *
 * Progress is a settled segment, or a text that reaches further than any before. Members that are available come first,
 * in their order; then those that are not.
 */

/** One recognition by whichever member works. */
export class FallbackSpeechStream implements SpeechStream {
  readonly #parts: FallbackSpeechStreamParts;
  readonly #onEvent: (event: SpeechEvent) => void;
  readonly #ended = new AbortController();
  readonly #unsettled: UnsettledSpeech;
  readonly #probes: RecoveryProbes;
  readonly #pairing = new SpeechPairing((event) => this.#emit(event));
  readonly #succession: Succession;
  #active: MemberStream | undefined;
  /** Whether an `error` was told for a change of members, and no sign of a connection came since. */
  #isBroken = false;
  #openSegmentId: number | undefined;
  #nowSample = 0;
  /** How far the active member's clock is behind: what it is given late, it may answer late. */
  #lagSamples = 0;
  #lastTranscriptId = 0;
  /** What is added to the ids of the active member. */
  #idOffset = 0;
  #pastAttempts = 0;
  #pastSkippedMessages = 0;

  /** Begins with the first member that is available. */
  constructor(parts: FallbackSpeechStreamParts, { onEvent, signal }: SpeechStreamOptions) {
    this.#parts = parts;
    this.#onEvent = onEvent;
    this.#unsettled = new UnsettledSpeech(parts.endsTurns);
    this.#succession = new Succession(parts.members);
    this.#probes = new RecoveryProbes(parts);
    if (signal.aborted) this.#end();
    else signal.addEventListener("abort", () => this.#end(), { once: true, signal: this.#ended.signal });
    this.#begin(this.#succession.next);
  }

  get health(): SpeechStreamHealth {
    const { connection = "connecting", attempts = 0, skippedMessages = 0, ...rest } = this.#active?.health ?? {};
    return {
      waitingSamples: 0,
      unansweredSamples: 0,
      ...rest,
      connection: this.#ended.signal.aborted ? "ended" : connection,
      attempts: this.#pastAttempts + attempts,
      skippedMessages: this.#pastSkippedMessages + skippedMessages,
    };
  }

  openSegment(segmentId: number, startSample: number): void {
    this.#openSegmentId = segmentId;
    this.#lagSamples = 0;
    this.#unsettled.openSegment(segmentId, startSample);
    this.#feed((stream) => stream.openSegment(segmentId, startSample));
  }

  push(startSample: number, samples: Float32Array): void {
    const segmentId = this.#openSegmentId;
    if (segmentId === undefined || this.#ended.signal.aborted) return;
    this.#unsettled.push(startSample, samples);
    this.#active?.feed((stream) => stream.push(startSample, samples));
    if (this.#active) this.#probes.push(this.#active.member, segmentId, startSample, samples);
  }

  flush(atSample: number): void {
    if (this.#openSegmentId === undefined) return;
    this.#unsettled.flush(atSample);
    this.#feed((stream) => stream.flush(atSample));
  }

  closeSegment(endSample: number): void {
    if (this.#openSegmentId === undefined) return;
    this.#openSegmentId = undefined;
    this.#unsettled.closeSegment(endSample);
    this.#feed((stream) => stream.closeSegment(endSample));
  }

  advance(nowSample: number, isQuiet?: boolean): void {
    this.#nowSample = nowSample;
    this.#active?.feed((stream) => stream.advance(nowSample - this.#lagSamples, isQuiet));
    this.#probes.feed((stream) => stream.advance(nowSample, isQuiet));
  }

  async finish(limitMs: number): Promise<void> {
    const { clock } = this.#parts;
    const untilMs = clock.nowMs() + limitMs;
    this.#probes.end();
    const endSample = Math.max(this.#nowSample, this.#unsettled.endSample ?? 0);
    this.flush(endSample);
    this.closeSegment(endSample);
    for (let active; active !== this.#active && !this.#ended.signal.aborted;) {
      active = this.#active;
      await active?.finish(Math.max(0, untilMs - clock.nowMs()));
    }
    for (const lost of this.#unsettled.abandon()) this.#emit(lost);
    this.#end();
  }

  #feed(action: (stream: SpeechStream) => void): void {
    this.#active?.feed(action);
    this.#probes.feed(action);
  }

  #begin(member: FallbackMember | undefined): void {
    if (!member || this.#ended.signal.aborted) return;
    const active = new MemberStream(member, this.#parts.connection, (event) => this.#receive(active, event));
    this.#active = active;
    this.#idOffset = this.#lastTranscriptId;
    this.#pairing.change();
    active.begin();
    active.feed((stream) => this.#unsettled.replay(stream));
    const isLate = this.#openSegmentId === undefined;
    this.#lagSamples = isLate ? Math.max(0, this.#nowSample - (this.#unsettled.endSample ?? this.#nowSample)) : 0;
  }

  #receive(active: MemberStream, event: SpeechEvent): void {
    if (active !== this.#active || this.#ended.signal.aborted) return;
    if (this.#isBroken && !SAID_WITHOUT_CONNECTION.has(event.type)) {
      this.#isBroken = false;
      this.#emit({ type: "recovered" });
      if (event.type === "recovered") return;
    }
    switch (event.type) {
      case "failed":
        return this.#fail(active, event.error);
      case "start-of-speech":
        return this.#pairing.start(event);
      case "end-of-speech":
        return this.#pairing.end();
      case "interim-transcript":
      case "preflight-transcript":
      case "final-transcript":
        return this.#transcript({ ...event, transcriptId: event.transcriptId + this.#idOffset });
      case "transcripts-superseded": {
        const transcriptIds = event.transcriptIds.map((id) => id + this.#idOffset);
        this.#unsettled.withdrawn(transcriptIds);
        return this.#emit({ ...event, transcriptIds });
      }
      case "audio-sent": {
        const fresh = this.#unsettled.sent(event.segmentId, event.startSample, event.lengthSamples);
        if (!fresh) return;
        const { startSample, endSample } = fresh;
        return this.#emit({ ...event, startSample, lengthSamples: endSample - startSample });
      }
      case "audio-lost":
        if (!this.#unsettled.lost(event.startSample, event.lengthSamples)) this.#emit(event);
        return;
      case "segment-settled":
        return this.#settle(event.segmentId);
      default:
        return this.#emit(event);
    }
  }

  #transcript(event: TranscriptEvent): void {
    this.#lastTranscriptId = Math.max(this.#lastTranscriptId, event.transcriptId);
    if (event.type === "final-transcript" && event.data.text !== "") {
      for (const superseded of this.#unsettled.told(event)) this.#emit(superseded);
      this.#succession.told(event.data.endSample);
      this.#active?.member.setAvailable(true);
    }
    this.#emit(event);
  }

  #settle(segmentId: number): void {
    const losses = this.#unsettled.settle(segmentId);
    if (!losses) return;
    this.#succession.progress();
    for (const lost of losses) this.#emit(lost);
    this.#pairing.settle();
    this.#emit({ type: "segment-settled", segmentId });
  }

  #fail(active: MemberStream, error: VoiceError): void {
    this.#pastAttempts += active.health?.attempts ?? 0;
    this.#pastSkippedMessages += active.health?.skippedMessages ?? 0;
    active.end();
    this.#succession.failed(active.member);
    // Whoever heard of that may have aborted.
    if (this.#ended.signal.aborted) return;
    const { next } = this.#succession;
    if (!next) return this.#giveUp(error);
    this.#isBroken = true;
    this.#emit({ type: "error", error, retryInMs: 0 });
    const { lost, settledIds } = this.#unsettled.change();
    for (const event of lost) this.#emit(event);
    for (const segmentId of settledIds) this.#emit({ type: "segment-settled", segmentId });
    this.#begin(next);
  }

  #giveUp(error: VoiceError): void {
    for (const lost of this.#unsettled.abandon()) this.#emit(lost);
    if (this.#ended.signal.aborted) return;
    this.#end();
    this.#onEvent({ type: "failed", error });
  }

  #emit(event: SpeechEvent): void {
    if (!this.#ended.signal.aborted) this.#onEvent(event);
  }

  #end(): void {
    this.#ended.abort();
    this.#active?.end();
    this.#probes.end();
  }
}
