import { toPcm16 } from "../audio/pcm16.ts";
import { CAPTURE_RATE } from "../audio/units.ts";
import type { VoiceError } from "../errors.ts";
import type { ConnectionLedger } from "../net/connection-ledger.ts";
import { AudioPacker, type Packet } from "./audio-packer.ts";
import type { CodecEvent, CodecTranscript } from "./codec.ts";
import type { SpeechStream, SpeechStreamOptions, SttCapabilities } from "./contract.ts";
import type { SpeechEvent } from "./speech-event.ts";
import { Outbox } from "./outbox.ts";
import { placeTranscript } from "./place-transcript.ts";
import { SegmentBook } from "./segment-book.ts";
import { SpeechConnection, type ConnectionParts } from "./speech-connection.ts";

/** How a provider is reached and spoken to, and what its model can do. */
export interface SpeechStreamParts extends ConnectionParts {
  readonly capabilities: SttCapabilities;
  /** Length of an audio message, in samples at 16 kHz. */
  readonly packetSamples: number;
}

/** How long made-up silence goes on, after the end of speech, for a model that takes no flush. */
const TAIL_SAMPLES = 2 * CAPTURE_RATE;
/** How long an answered flush is waited for before its segment is given up. */
const ANSWER_LIMIT_SAMPLES = 30 * CAPTURE_RATE;

/*
 *   connecting ──open──▶ open ──lost while something is awaited──▶ ended (failed)
 *                         │ ╲──lost while nothing is awaited──▶ dormant ──gate opens──▶ connecting
 *                         └──finish──▶ ended
 *
 * Dormant is having no connection. The retry of a broken one belongs here too, and nowhere else.
 */

/** Joins a codec to a socket: sends what passes the gate, keeps the ledger, and puts what comes back in its place. */
export class CodecSpeechStream implements SpeechStream {
  readonly #parts: SpeechStreamParts;
  readonly #onEvent: (event: SpeechEvent) => void;
  readonly #ended = new AbortController();
  readonly #book: SegmentBook;
  readonly #outbox = new Outbox();
  readonly #packer: AudioPacker;
  /** Segments whose flush was sent and not yet answered, oldest first. */
  readonly #asked: number[] = [];
  #connection: SpeechConnection | undefined;
  #attempt = 0;
  #openSegmentId: number | undefined;
  #tail: { readonly segmentId: number; sentUntil: number; readonly until: number } | undefined;
  #nowSample = 0;
  #isSpeaking = false;
  #unbilledSamples = 0;
  /** Called after each message of the recogniser's, once the end is waited for. */
  #onAnswer: (() => void) | undefined;

  /** Connects at once. */
  constructor(parts: SpeechStreamParts, { onEvent, signal }: SpeechStreamOptions) {
    this.#parts = parts;
    this.#onEvent = onEvent;
    this.#packer = new AudioPacker(parts.packetSamples, (packet) => this.#send(packet));
    this.#book = new SegmentBook((segmentId) => this.#emit({ type: "segment-settled", segmentId }));
    if (signal.aborted) this.#end();
    else signal.addEventListener("abort", () => this.#end(), { once: true, signal: this.#ended.signal });
    this.#connect();
  }

  openSegment(segmentId: number, startSample: number): void {
    this.#openSegmentId = segmentId;
    this.#tail = undefined;
    this.#book.open(segmentId, startSample);
    if (!this.#connection) this.#connect();
  }

  push(startSample: number, samples: Float32Array): void {
    if (this.#openSegmentId !== undefined) this.#packer.push(this.#openSegmentId, startSample, toPcm16(samples));
  }

  flush(speechEndSample: number): void {
    const segmentId = this.#openSegmentId;
    if (segmentId === undefined) return;
    this.#book.flush(segmentId, speechEndSample);
    if (this.#parts.capabilities.flush === "none") return;
    this.#packer.flush();
    this.#outbox.push({ kind: "flush", segmentId });
    this.#drain();
  }

  closeSegment(endSample: number): void {
    const segmentId = this.#openSegmentId;
    if (segmentId === undefined) return;
    this.#packer.flush();
    this.#drain();
    this.#openSegmentId = undefined;
    this.#book.close(segmentId, endSample);
    if (this.#parts.capabilities.flush === "none" && this.#book.isAwaiting) {
      this.#tail = { segmentId, sentUntil: this.#nowSample, until: endSample + TAIL_SAMPLES };
    }
  }

  advance(nowSample: number): void {
    this.#nowSample = nowSample;
    const tail = this.#tail;
    if (tail) {
      if (!this.#book.isAwaiting) this.#tail = undefined;
      else if (nowSample > tail.until) this.#book.giveUp(tail.segmentId);
      else this.#silence(tail.segmentId, nowSample - tail.sentUntil);
      tail.sentUntil = nowSample;
    }
    this.#book.expire(nowSample - ANSWER_LIMIT_SAMPLES);
  }

  /** Sends a message in the provider's language, in its place between the audio; dropped while there is no connection. */
  say(text: string): void {
    if (!this.#connection) return;
    this.#outbox.push({ kind: "message", text });
    this.#drain();
  }

  async finish(limitMs: number): Promise<void> {
    if (this.#openSegmentId !== undefined) {
      this.flush(this.#nowSample);
      this.closeSegment(this.#nowSample);
    }
    if (this.#book.isOwed && !this.#ended.signal.aborted) {
      const tail = this.#tail;
      if (tail) this.#silence(tail.segmentId, tail.until - tail.sentUntil);
      this.#tail = undefined;
      // What takes no flush, or was given up, is asked for now.
      if (this.#parts.capabilities.flush === "none" || !this.#book.isAwaiting) this.#outbox.push({ kind: "finish" });
      this.#drain();
      await this.#settled(limitMs);
    }
    this.#end();
  }

  #settled(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      const done = (): void => (clearTimeout(timer), resolve());
      this.#ended.signal.addEventListener("abort", done, { once: true });
      this.#onAnswer = (): void => void (this.#book.isOwed || done());
    });
  }

  #connect(): void {
    if (this.#ended.signal.aborted) return;
    this.#asked.length = 0;
    this.#attempt += 1;
    const connection = new SpeechConnection(this.#parts, this.#attempt, {
      onOpen: () => this.#drain(),
      onEvent: (event) => this.#receive(event, connection.ledger),
      onFailed: (error) => this.#fail(error),
      onLost: (error) => this.#lost(error),
    });
    this.#connection = connection;
  }

  #send(packet: Packet): void {
    const lost = this.#outbox.push({ kind: "audio", packet });
    for (const { captureStart, pcm } of lost) {
      if (captureStart !== undefined)
        this.#emit({ type: "audio-lost", startSample: captureStart, lengthSamples: pcm.length });
    }
    this.#drain();
  }

  #drain(): void {
    while (this.#connection?.isOpen) {
      const item = this.#outbox.shift();
      if (!item) return;
      this.#connection.send(item);
      if (item.kind === "audio") {
        const { segmentId, captureStart, pcm } = item.packet;
        this.#unbilledSamples += pcm.length;
        if (captureStart === undefined) continue;
        this.#emit({ type: "audio-sent", segmentId, startSample: captureStart, lengthSamples: pcm.length });
      } else if (item.kind === "flush") {
        this.#asked.push(item.segmentId);
        this.#emit({ type: "flush-sent", segmentId: item.segmentId });
      }
    }
  }

  #silence(segmentId: number, lengthSamples: number): void {
    if (lengthSamples > 0) this.#packer.push(segmentId, undefined, new Int16Array(lengthSamples));
  }

  #receive(event: CodecEvent, ledger: ConnectionLedger): void {
    if (event.type === "speech-started") this.#startSpeech();
    else if (event.type === "flushed") this.#answered();
    else if ("transcript" in event) this.#transcript(event.type, event.transcript, ledger);
    this.#onAnswer?.();
  }

  #answered(): void {
    const segmentId = this.#asked.shift();
    if (segmentId === undefined) this.#book.answerAll(); // it answers the end of the input
    else if (!this.#asked.includes(segmentId)) this.#book.answer(segmentId);
  }

  /** The order of events is LiveKit Agents': start, usage, final, end. */
  #transcript(kind: "interim" | "preflight" | "final", transcript: CodecTranscript, ledger: ConnectionLedger): void {
    const requestId = transcript.requestId ?? "";
    if (kind !== "final" && transcript.text === "") return;
    if (kind === "preflight" && !this.#isSpeaking) return;
    const { capabilities } = this.#parts;
    const { segmentId, data } = placeTranscript(transcript, ledger, this.#book, capabilities, this.#nowSample);
    this.#startSpeech();
    if (kind === "final" && this.#unbilledSamples > 0) {
      this.#emit({ type: "recognition-usage", audioSamples: this.#unbilledSamples, requestId });
      this.#unbilledSamples = 0;
    }
    this.#emit({ type: `${kind}-transcript`, segmentId, data, requestId });
    if (kind !== "final") return;
    this.#isSpeaking = false;
    this.#emit({ type: "end-of-speech" });
    this.#book.texted();
    const covered = ledger.captureEndOf(transcript.sentEnd);
    // Times that a model does not vouch for are still good enough to tell an earlier utterance's text from this one's.
    if (transcript.sentEnd > 0 && covered !== undefined) this.#book.answerUpTo(covered);
    else this.#book.answer(segmentId);
  }

  #startSpeech(): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#emit({ type: "start-of-speech" });
  }

  /** A close that nobody waits behind is not an error: the next opening of the gate connects again. */
  #lost(error: VoiceError): void {
    const isIdle = this.#book.unsettled.length === 0 && this.#outbox.isEmpty;
    if (isIdle && error.code === "gateway-lost") this.#connection = undefined;
    else this.#fail(error);
  }

  #fail(error: VoiceError): void {
    if (this.#ended.signal.aborted) return;
    this.#end();
    this.#onEvent({ type: "failed", error });
  }

  #emit(event: SpeechEvent): void {
    if (!this.#ended.signal.aborted) this.#onEvent(event);
  }

  #end(): void {
    this.#ended.abort();
    this.#connection?.close();
  }
}
