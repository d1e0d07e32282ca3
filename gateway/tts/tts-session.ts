/*
 *   connected ──session.create──▶ open ──session.close──▶ ended
 *       └────── any error, lost socket, idle limit, gateway closed ──▲
 *
 * A segment is the text up to a flush. Its sentences are spoken as soon as they are whole, each in its turn; the flush
 * is answered by `done` when all sound of the segment has been sent.
 */
import { randomUUID } from "node:crypto";
import type { AlignedWord, TtsServerMessage } from "../../src/agent/livekit/wire.ts";
import { GatewayError } from "../errors.ts";
import { Inbox } from "../protocol/inbox.ts";
import type { InboxSocket } from "../protocol/inbox.ts";
import { tellFailure } from "../protocol/tell-failure.ts";
import type { FailureSocket } from "../protocol/tell-failure.ts";
import type { SpokenWord } from "../speech/word-times.ts";
import type { Synthesizer } from "../speech/synthesizer.ts";
import type { SpeechModels, WishedVoice } from "./speech-models.ts";
import { parseTtsMessage } from "./tts-messages.ts";
import type { ParsedTtsMessage } from "./tts-messages.ts";

/** The session's end of a WebSocket. */
export interface TtsSocket extends FailureSocket, InboxSocket {
  /** What was sent and waits for the network, in bytes. */
  readonly bufferedAmount: number;
  /** Sends one text frame; `sent` is called when the operating system has it, or never will. */
  send(text: string, sent?: () => void): void;
}

/** What a session is told when it begins. */
export interface TtsSessionOptions {
  /** The client's; the session closes it. */
  readonly socket: TtsSocket;
  /** Speaks. */
  readonly synthesizer: Pick<Synthesizer, "prepare" | "synthesize">;
  /** Finds the voice of a model. */
  readonly models: SpeechModels;
  /** The model of a client that names none. */
  readonly fallbackModel: string | undefined;
  /** How long the client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

type TtsState =
  | { readonly kind: "connected" }
  | { readonly kind: "open"; readonly rateHz: number; readonly wish: WishedVoice }
  | { readonly kind: "ended" };

/** Text whose sentence is not whole yet. */
interface Held {
  readonly text: string;
  readonly voice: string;
}

/** Sound on its way weighs this much at most before the voice waits, in bytes. */
const MAX_BUFFERED_BYTES = 262_144;
const SENTENCE_END = /[.!?…:;。！？\n]["'”’)\]]*\s*$/u;

/** One client who has texts spoken. */
export class TtsSession {
  readonly #options: TtsSessionOptions;
  readonly #id = randomUUID();
  readonly #inbox: Inbox;
  readonly #ending = new AbortController();
  #state: TtsState = { kind: "connected" };
  #held: Held | undefined;
  /** Sound of this segment so far. */
  #segmentSamples = 0;

  constructor(options: TtsSessionOptions) {
    this.#options = options;
    const { socket, idleLimitMs } = options;
    this.#inbox = new Inbox({ socket, idleLimitMs, onFailure: (error) => this.#fail(asFailure(error)) });
  }

  /** Takes a text frame. Never throws: what is wrong with it is told to the client, in its turn. */
  receive(text: string): void {
    this.#inbox.add(text.length, async () => this.#handle(parseTtsMessage(text)));
  }

  /** Takes a binary frame, which the protocol does not have. */
  receiveBinary(): void {
    const refuse = (): Promise<void> =>
      Promise.reject(new GatewayError("malformed-message", "Messages are JSON text, got a binary frame"));
    this.#inbox.add(0, refuse);
  }

  /** The socket has closed, or the gateway is closing: what is being spoken ends, nothing is said. */
  end(): void {
    this.#end(() => undefined);
  }

  async #handle(message: ParsedTtsMessage): Promise<void> {
    const state = this.#state;
    if (message.type === "session.create") return this.#create(message.rateHz, message.wish);
    if (state.kind !== "open")
      throw new GatewayError("out-of-order", `The first message must be session.create, got ${message.type}`);
    switch (message.type) {
      case "input_transcript": {
        const voice = this.#options.models.voiceFor({ ...state.wish, ...given(message.wish) });
        return this.#hold(message.text, voice, state.rateHz);
      }
      case "session.flush":
        await this.#speakHeld(state.rateHz);
        this.#segmentSamples = 0;
        return this.#send({ type: "done", session_id: this.#id });
      case "session.close":
        await this.#speakHeld(state.rateHz);
        await this.#send({ type: "session.closed", session_id: this.#id });
        this.#end(() => this.#options.socket.close(1000));
    }
  }

  async #create(rateHz: number, wish: WishedVoice): Promise<void> {
    if (this.#state.kind !== "connected") throw new GatewayError("out-of-order", "A second session.create");
    const { models, fallbackModel, synthesizer } = this.#options;
    const whole = { ...wish, model: wish.model ?? fallbackModel };
    models.voiceFor(whole); // so that a model that is not here is refused at once
    synthesizer.prepare();
    this.#state = { kind: "open", rateHz, wish: whole };
    await this.#send({ type: "session.created", session_id: this.#id });
  }

  async #hold(text: string, voice: string, rateHz: number): Promise<void> {
    if (this.#held !== undefined && this.#held.voice !== voice) await this.#speakHeld(rateHz);
    this.#held = { text: (this.#held?.text ?? "") + text, voice };
    if (SENTENCE_END.test(text)) await this.#speakHeld(rateHz);
  }

  async #speakHeld(rateHz: number): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined || held.text.trim() === "") return;
    const startMs = (this.#segmentSamples * 1000) / rateHz;
    const words: AlignedWord[] = [];
    const onWord = (word: SpokenWord): void => void words.push(aligned(word, startMs));
    const { signal } = this.#ending;
    const request = { voice: held.voice, rateHz, signal, onWord };
    for await (const samples of this.#options.synthesizer.synthesize(held.text, request)) {
      await this.#align(words.splice(0));
      await this.#send({ type: "output_audio", audio: base64Of(samples), session_id: this.#id });
      this.#segmentSamples += samples.length;
    }
    await this.#align(words);
  }

  async #align(words: readonly AlignedWord[]): Promise<void> {
    if (words.length > 0) await this.#send({ type: "output_alignment", words, session_id: this.#id });
  }

  /** Resolves at once, or when the network has taken it if too much is waiting. */
  async #send(message: TtsServerMessage): Promise<void> {
    if (this.#state.kind === "ended") return;
    const { socket } = this.#options;
    const sent = new Promise<void>((resolve) => socket.send(JSON.stringify(message), resolve));
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) await sent;
  }

  #fail(error: GatewayError): void {
    this.#end(() => tellFailure(this.#options.socket, error));
  }

  #end(farewell: () => void): void {
    if (this.#state.kind === "ended") return;
    this.#state = { kind: "ended" };
    this.#ending.abort(new GatewayError("full", "The session has ended"));
    this.#inbox.close();
    farewell();
  }
}

/** What of a sentence's wish was named, so that it counts before the session's. */
function given(wish: WishedVoice): WishedVoice {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}

function aligned({ text, startMs, endMs }: SpokenWord, segmentMs: number): AlignedWord {
  const seconds = (ms: number): number => Math.round(segmentMs + ms) / 1000;
  return { word: text, start: seconds(startMs), end: seconds(endMs) };
}

function base64Of({ buffer, byteOffset, byteLength }: Int16Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function asFailure(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError("synthesizer-lost", String(error), { cause: error });
}
