import { pcm16Bytes, toPcm16 } from "../audio/pcm16.ts";
import { CAPTURE_RATE } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import { ConnectionLedger } from "../net/connection-ledger.ts";
import { opened, SOCKET_OPEN, type OpenSocket, type SocketLike } from "../net/socket.ts";
import { AudioPacker, type Packet } from "./audio-packer.ts";
import type { CodecEvent, CodecTranscript, Endpoint, SttCodec } from "./codec.ts";
import type { SpeechEvent, SpeechStream, SpeechStreamOptions, SttCapabilities } from "./contract.ts";
import { Outbox } from "./outbox.ts";
import { placeTranscript } from "./place-transcript.ts";
import { SegmentBook } from "./segment-book.ts";

/** How a provider is reached and spoken to. */
export interface SpeechStreamParts {
  readonly capabilities: SttCapabilities;
  readonly packetSamples: number;
  /** Where to connect, with a fresh token; called once per connection. */
  readonly endpoint: (attempt: number, signal: AbortSignal) => Promise<Endpoint>;
  readonly makeCodec: () => SttCodec;
  readonly openSocket: OpenSocket;
  readonly connectTimeoutMs: number;
}

/** How long made-up silence goes on, after the end of speech, for a model that takes no flush. */
const TAIL_SAMPLES = 2 * CAPTURE_RATE;
/** How long an answered flush is waited for before its segment is given up. */
const ANSWER_LIMIT_SAMPLES = 30 * CAPTURE_RATE;

/*
 *   connecting ──open──▶ open ──lost while something is awaited──▶ ended (failed)
 *                         │ ╲──lost while nothing is awaited──▶ dormant ──gate opens──▶ connecting
 *                         └──finish──▶ ended
 */
type ConnectionState =
  | { readonly kind: "connecting"; readonly connection?: Connection }
  | { readonly kind: "open"; readonly connection: Connection }
  | { readonly kind: "dormant" }
  | { readonly kind: "ended" };

interface Connection {
  readonly socket: SocketLike;
  readonly codec: SttCodec;
  readonly ledger: ConnectionLedger;
}

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
  #state: ConnectionState = { kind: "dormant" };
  #attempt = 0;
  #openSegmentId: number | undefined;
  #tail: { readonly segmentId: number; sentUntil: number; readonly until: number } | undefined;
  #nowSample = 0;
  #isSpeaking = false;
  #unbilledSamples = 0;
  #onSettled: (() => void) | undefined;

  /** Connects at once. */
  constructor(parts: SpeechStreamParts, { onEvent, signal }: SpeechStreamOptions) {
    this.#parts = parts;
    this.#onEvent = onEvent;
    this.#packer = new AudioPacker(parts.packetSamples, (packet) => this.#send(packet));
    this.#book = new SegmentBook((segmentId) => {
      this.#emit({ type: "segment-settled", segmentId });
      this.#onSettled?.();
    });
    if (signal.aborted) this.#end();
    else signal.addEventListener("abort", () => this.#end(), { once: true, signal: this.#ended.signal });
    void this.#connect();
  }

  openSegment(segmentId: number, startSample: number): void {
    this.#openSegmentId = segmentId;
    this.#tail = undefined;
    this.#book.open(segmentId, startSample);
    if (this.#state.kind === "dormant") void this.#connect();
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
      else if (nowSample > tail.until) this.#giveUp(tail.segmentId);
      else this.#silence(tail.segmentId, nowSample - tail.sentUntil);
      tail.sentUntil = nowSample;
    }
    for (const { id, endSample } of [...this.#book.unsettled]) {
      if (endSample !== undefined && nowSample > endSample + ANSWER_LIMIT_SAMPLES) this.#giveUp(id);
    }
  }

  async finish(limitMs: number): Promise<void> {
    if (this.#openSegmentId !== undefined) this.closeSegment(this.#nowSample);
    if (this.#book.unsettled.length > 0 && this.#state.kind !== "ended") {
      const tail = this.#tail;
      if (tail) this.#silence(tail.segmentId, tail.until - tail.sentUntil);
      this.#tail = undefined;
      if (this.#parts.capabilities.flush === "none") this.#outbox.push({ kind: "finish" });
      this.#drain();
      await this.#settled(limitMs);
    }
    this.#end();
  }

  #settled(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#ended.signal.addEventListener("abort", done, { once: true });
      this.#onSettled = (): void => void (this.#book.unsettled.length === 0 && done());
    });
  }

  async #connect(): Promise<void> {
    if (this.#state.kind !== "dormant") return;
    this.#state = { kind: "connecting" };
    this.#attempt += 1;
    const { endpoint, openSocket, makeCodec, connectTimeoutMs } = this.#parts;
    const timeout = AbortSignal.timeout(connectTimeoutMs);
    const signal = AbortSignal.any([this.#ended.signal, timeout]);
    let url = "the gateway";
    try {
      const target = await endpoint(this.#attempt, signal);
      url = target.url;
      const socket = openSocket(target.url, target.protocols);
      const connection: Connection = { socket, codec: makeCodec(), ledger: new ConnectionLedger() };
      this.#state = { kind: "connecting", connection };
      this.#listen(connection);
      await opened(socket, target.url, signal);
      if (!this.#isCurrent(connection)) return;
      this.#state = { kind: "open", connection };
      for (const message of connection.codec.hello()) socket.send(message);
      this.#asked.length = 0;
      this.#drain();
    } catch (cause) {
      if (this.#ended.signal.aborted) return;
      const late = new VoiceError("gateway-timeout", `${url} did not answer within ${connectTimeoutMs} ms`, { cause });
      this.#fail(timeout.aborted ? late : asVoiceError(cause));
    }
  }

  #listen(connection: Connection): void {
    const { socket, codec } = connection;
    // A refusal may arrive in the same breath as the opening, so messages count while connecting too.
    socket.addEventListener("message", ({ data }) => this.#isCurrent(connection) && this.#receive(data, connection));
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#state.kind === "open" && this.#isCurrent(connection)) this.#lost(codec.closed(code, reason));
    });
  }

  #isCurrent(connection: Connection): boolean {
    return (this.#state.kind === "open" || this.#state.kind === "connecting") && this.#state.connection === connection;
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
    if (this.#state.kind !== "open") return;
    const { socket, codec, ledger } = this.#state.connection;
    if (socket.readyState !== SOCKET_OPEN) return;
    for (let item = this.#outbox.shift(); item; item = this.#outbox.shift()) {
      if (item.kind === "audio") {
        const { segmentId, captureStart, pcm } = item.packet;
        socket.send(codec.encodeAudio(pcm16Bytes(pcm)));
        ledger.append(captureStart, pcm.length);
        this.#unbilledSamples += pcm.length;
        if (captureStart === undefined) continue;
        this.#emit({ type: "audio-sent", segmentId, startSample: captureStart, lengthSamples: pcm.length });
      } else if (item.kind === "flush") {
        socket.send(codec.flush());
        this.#asked.push(item.segmentId);
        this.#emit({ type: "flush-sent", segmentId: item.segmentId });
      } else socket.send(codec.finish());
    }
  }

  #silence(segmentId: number, lengthSamples: number): void {
    if (lengthSamples > 0) this.#packer.push(segmentId, undefined, new Int16Array(lengthSamples));
  }

  #receive(data: unknown, { codec, ledger }: Connection): void {
    let event: CodecEvent | undefined;
    try {
      event = codec.decode(data);
    } catch (cause) {
      return this.#fail(asVoiceError(cause));
    }
    if (!event) return;
    if (event.type === "failed") return this.#lost(event.error);
    if (event.type === "closed") return this.#lost(new VoiceError("gateway-lost", "The gateway ended the session"));
    if (event.type === "speech-started") this.#startSpeech();
    else if (event.type === "flushed") this.#answered();
    else if (event.type !== "created") this.#transcript(event.type, event.transcript, ledger);
  }

  #answered(): void {
    const segmentId = this.#asked.shift();
    if (segmentId !== undefined && !this.#asked.includes(segmentId)) this.#book.answer(segmentId);
  }

  /** The order of events is LiveKit Agents': start, usage, final, end. */
  #transcript(kind: "interim" | "preflight" | "final", transcript: CodecTranscript, ledger: ConnectionLedger): void {
    const requestId = transcript.requestId ?? "";
    if (kind !== "final" && transcript.text === "") return;
    if (kind === "preflight" && !this.#isSpeaking) return;
    const { segmentId, data } = placeTranscript(
      transcript,
      ledger,
      this.#book,
      this.#parts.capabilities,
      this.#nowSample,
    );
    this.#startSpeech();
    if (kind === "final" && this.#unbilledSamples > 0) {
      this.#emit({ type: "recognition-usage", audioSamples: this.#unbilledSamples, requestId });
      this.#unbilledSamples = 0;
    }
    this.#emit({ type: `${kind}-transcript`, segmentId, data, requestId });
    if (kind !== "final") return;
    this.#isSpeaking = false;
    this.#emit({ type: "end-of-speech" });
    const covered = ledger.captureEndOf(transcript.sentEnd);
    if (this.#parts.capabilities.alignedTranscript === "word" && covered !== undefined) this.#book.answerUpTo(covered);
    else this.#book.answer(segmentId);
  }

  #startSpeech(): void {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#emit({ type: "start-of-speech" });
  }

  #giveUp(segmentId: number): void {
    if (this.#tail?.segmentId === segmentId) this.#tail = undefined;
    this.#book.answer(segmentId);
  }

  #lost(error: VoiceError): void {
    const isIdle = this.#book.unsettled.length === 0 && this.#outbox.isEmpty;
    if (!isIdle || error.code === "token-rejected") return this.#fail(error);
    this.#closeSocket();
    this.#state = { kind: "dormant" };
  }

  #fail(error: VoiceError): void {
    if (this.#state.kind === "ended") return;
    this.#end();
    this.#onEvent({ type: "failed", error });
  }

  #emit(event: SpeechEvent): void {
    if (this.#state.kind !== "ended") this.#onEvent(event);
  }

  #end(): void {
    this.#closeSocket();
    this.#state = { kind: "ended" };
    this.#ended.abort();
  }

  #closeSocket(): void {
    if ((this.#state.kind !== "open" && this.#state.kind !== "connecting") || !this.#state.connection) return;
    const { socket, codec } = this.#state.connection;
    if (socket.readyState === SOCKET_OPEN) socket.send(codec.goodbye());
    socket.close(1000);
  }
}

function asVoiceError(cause: unknown): VoiceError {
  return cause instanceof VoiceError ? cause : new VoiceError("gateway-unreachable", String(cause), { cause });
}
