import { samplesToMs } from "../audio/units.ts";
import type { ConnectionLedger } from "../net/connection-ledger.ts";
import type { CodecEvent, CodecTranscript } from "./codec.ts";
import type { SttCapabilities } from "./contract.ts";
import { cutReplayed, placeTranscript } from "./place-transcript.ts";
import type { SpeechEvent } from "./speech-event.ts";
import type { StandingFinals } from "./standing-finals.ts";
import type { Uplink } from "./uplink.ts";

/** Whom the texts come from. */
export interface DownlinkParts {
  readonly model: string;
  readonly provider: string;
  readonly capabilities: SttCapabilities;
}

/** The connection on which something came. */
export interface DownlinkSource {
  readonly ledger: ConnectionLedger;
  /** Words before it were told on an earlier connection. Capture clock, samples at 16 kHz. */
  readonly cutSample: number;
}

/** A replay begins this long before the end of the last final's last word, so that the next one is heard whole. */
const REPLAY_OVERLAP_SAMPLES = 4_800; // 300 ms

/** The way back: what the recogniser says, in its place on the capture clock, in LiveKit Agents' order of events. Pure. */
export class Downlink {
  readonly #parts: DownlinkParts;
  readonly #uplink: Uplink;
  readonly #emit: (event: SpeechEvent) => void;
  readonly #finals: StandingFinals;
  /** How far the finals of this connection reach, where words are not aligned. */
  #toldUntil = 0;
  #isSpeaking = false;
  #transcriptCount = 0;
  #heardUntil = 0;

  /** `finals`: shared with the uplink. */
  constructor(parts: DownlinkParts, uplink: Uplink, finals: StandingFinals, emit: (event: SpeechEvent) => void) {
    this.#parts = parts;
    this.#finals = finals;
    this.#uplink = uplink;
    this.#emit = emit;
  }

  /** End of the last word of the last final, on the capture clock. */
  get heardUntil(): number {
    return this.#heardUntil;
  }

  /** The connection is gone: what it left unanswered will be told anew. */
  rewind(): void {
    this.#finals.settle(this.#uplink.oldestSample);
    this.#finals.replay();
    this.#toldUntil = 0;
  }

  /** Takes an event; true if it was a final text. */
  receive(event: CodecEvent, source: DownlinkSource): boolean {
    if (event.type === "speech-started") this.#startSpeech();
    else if (event.type === "flushed") this.#uplink.answered();
    else if ("transcript" in event) this.#transcript(event.type, event.transcript, source);
    return event.type === "final";
  }

  #transcript(
    kind: "interim" | "preflight" | "final",
    transcript: CodecTranscript,
    { ledger, cutSample }: DownlinkSource,
  ): void {
    const requestId = transcript.requestId ?? "";
    const isFinal = kind === "final";
    if (!isFinal && transcript.text === "") return;
    if (kind === "preflight" && !this.#isSpeaking) return;
    const { book, nowSample } = this.#uplink;
    const { segmentId, data: placed } = placeTranscript(transcript, ledger, book, this.#parts.capabilities, nowSample);
    const data = cutReplayed(placed, cutSample);
    const isRepetition = data.text === "" && transcript.text !== "";
    if (!isRepetition) {
      this.#startSpeech();
      if (isFinal) this.#bill(requestId);
      const transcriptId = ++this.#transcriptCount;
      if (isFinal && data.text !== "") this.#withdraw(segmentId);
      this.#emit({ type: `${kind}-transcript`, segmentId, transcriptId, data, requestId });
    }
    if (!isFinal) return;
    if (this.#isSpeaking) this.#emit({ type: "end-of-speech" });
    this.#isSpeaking = false;

    // Times that a model does not vouch for are still good enough to tell an earlier utterance's text from this one's.
    const covered = ledger.captureEndOf(transcript.sentEnd);
    const endSample = transcript.sentEnd > 0 ? covered : undefined;
    if (data.words.length > 0) {
      this.#heardUntil = data.endSample;
      this.#uplink.acknowledge(data.endSample - REPLAY_OVERLAP_SAMPLES, data.endSample);
    } else if (data.text !== "") {
      const { startSample } = data;
      const told = {
        startSample: Math.max(startSample, this.#toldUntil),
        endSample: endSample ?? ledger.captureEndOf(ledger.sentSamples) ?? nowSample,
      };
      this.#toldUntil = told.endSample;
      this.#finals.add({ segmentId, transcriptId: this.#transcriptCount, ...told });
      // The recogniser that ends a turn has heard all of it.
      if (this.#parts.capabilities.endsTurns && endSample !== undefined) this.#uplink.acknowledge(endSample);
    }
    this.#uplink.texted(segmentId, endSample);
    // Finals whose audio will not be sent again stand for good.
    this.#uplink.acknowledge(this.#finals.settle(this.#uplink.oldestSample));
  }

  #startSpeech(): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#emit({ type: "start-of-speech" });
  }

  #bill(requestId: string): void {
    const audioSamples = this.#uplink.takeUnbilledSamples();
    if (audioSamples === 0) return;
    const { provider, model } = this.#parts;
    const audioMs = samplesToMs(audioSamples);
    this.#emit({ type: "recognition-usage", audioSamples, requestId });
    const metrics = { provider, model, requestId, audioMs, durationMs: 0, isStreamed: true };
    this.#emit({ type: "metrics-collected", metrics });
  }

  #withdraw(segmentId: number): void {
    const transcriptIds = this.#finals.withdraw(segmentId);
    if (transcriptIds.length > 0) this.#emit({ type: "transcripts-superseded", segmentId, transcriptIds });
  }
}
