import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import type { ErrorMessage, ServerMessage, TranscriptMessage } from "../../src/stt/livekit/wire.ts";
import type { Gateway } from "../gateway.ts";
import { RECORDINGS_FOLDER } from "../pocketsphinx/installation.ts";

/** Samples of one `input_audio`, as the field sends them: 50 ms. */
const CHUNK_SAMPLES = 800;

type MessageOf<T> = T extends TranscriptMessage["type"]
  ? TranscriptMessage
  : T extends "error"
    ? ErrorMessage
    : { readonly type: T };

/** How a {@link WireClient} introduces itself. */
export interface WireClientOptions {
  readonly model?: string;
  /** @defaultValue the browser's way, with a good token */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real WebSocket client for tests: what came in is kept, and can be waited for. */
export class WireClient {
  /** Everything received, in order. */
  readonly received: ServerMessage[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  #wakers: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (text: Buffer) => {
      this.received.push(JSON.parse(text.toString()) as ServerMessage);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** Connects; rejects with the HTTP status if the upgrade is refused. */
  static async connect(gateway: Gateway, options: WireClientOptions = {}): Promise<WireClient> {
    const { model = "pocketsphinx/en-us", headers = {} } = options;
    const protocols = options.protocols ?? ["vivavoce", `bearer.${(await gateway.issueToken()).token}`];
    const socket = new WebSocket(`${gateway.webSocketUrl}/stt?model=${model}`, [...protocols], { headers });
    const client = new WireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** Connects and creates a session. */
  static async open(gateway: Gateway, model?: string): Promise<WireClient> {
    const client = await WireClient.connect(gateway, model === undefined ? {} : { model });
    client.create();
    await client.next("session.created");
    return client;
  }

  create(): void {
    this.send({ type: "session.create", settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} } });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Sends samples as `input_audio` messages of `chunkSamples`. */
  speak(samples: Int16Array, chunkSamples = CHUNK_SAMPLES): void {
    for (let start = 0; start < samples.length; start += chunkSamples) {
      const chunk = samples.subarray(start, start + chunkSamples);
      const audio = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("base64");
      this.send({ type: "input_audio", audio });
    }
  }

  /** All messages of a type so far. */
  all<T extends ServerMessage["type"]>(type: T): MessageOf<T>[] {
    return this.received.filter((message) => message.type === type) as unknown as MessageOf<T>[];
  }

  /** The `count`th message of a type, as soon as it is there; rejects if the socket closes first. */
  async next<T extends ServerMessage["type"]>(type: T, count = 1): Promise<MessageOf<T>> {
    for (;;) {
      const found = this.all(type)[count - 1];
      if (found !== undefined) return found;
      if (this.socket.readyState >= WebSocket.CLOSING) {
        throw new Error(`Closed before ${type}; received ${JSON.stringify(this.received)}`);
      }
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** The texts of the finals so far. */
  finals(): string[] {
    return this.all("final_transcript").map(({ transcript }) => transcript);
  }

  #wake(): void {
    for (const waker of this.#wakers.splice(0)) waker();
  }
}

/** A recording of `pocketsphinx-testdata`, as 16 kHz samples. */
export function loadRecording(file: string): Int16Array {
  const bytes = readFileSync(`${RECORDINGS_FOLDER}/${file}`);
  const header = file.endsWith(".wav") ? 44 : 0;
  const samples = new Int16Array(Math.floor((bytes.length - header) / 2));
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(header + index * 2);
  return samples;
}
