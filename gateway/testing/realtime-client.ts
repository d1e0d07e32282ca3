import { WebSocket } from "ws";
import type { WireClientEvent, WireServerEvent } from "../../src/realtime/wire.ts";
import type { Gateway } from "../gateway.ts";
import { Polyphase } from "../speech/polyphase.ts";

/** Samples of one `input_audio_buffer.append`: 50 ms. */
const CHUNK_SAMPLES = 1_200;

/** The member of the union whose `type` may be this one. */
type EventOf<Type, Event = WireServerEvent> = Event extends { readonly type: infer Types }
  ? Type extends Types
    ? Event & { readonly type: Type }
    : never
  : never;

/** How a {@link RealtimeClient} introduces itself. */
export interface RealtimeClientOptions {
  /** The query. @defaultValue "?model=gpt-realtime" */
  readonly search?: string;
  /** @defaultValue the browser's way, with a good token */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real WebSocket client for tests: what came in is kept, and can be waited for. */
export class RealtimeClient {
  /** Everything received that is an event, known or not, in order; what a script adds besides is in `frames`. */
  readonly received: WireServerEvent[] = [];
  /** Everything received, as it came. */
  readonly frames: string[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  #wakers: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (message: Buffer) => {
      this.frames.push(message.toString());
      const event = parse(message.toString());
      if (event !== undefined) this.received.push(event);
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
  static async connect(gateway: Gateway, options: RealtimeClientOptions = {}): Promise<RealtimeClient> {
    const { search = "?model=gpt-realtime", headers = {} } = options;
    const protocols = options.protocols ?? [
      "realtime",
      `openai-insecure-api-key.${(await gateway.issueToken()).token}`,
      "openai-agents-sdk.1.2.3",
    ];
    const socket = new WebSocket(`${gateway.webSocketUrl}/realtime${search}`, [...protocols], { headers });
    const client = new RealtimeClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** Connects, and updates the session. */
  static async open(gateway: Gateway, session: object = {}, search?: string): Promise<RealtimeClient> {
    const client = await RealtimeClient.connect(gateway, search === undefined ? {} : { search });
    await client.next("session.created");
    client.update(session);
    await client.next("session.updated");
    return client;
  }

  update(session: object): void {
    this.send({ type: "session.update", session: { type: "realtime", ...session } });
  }

  send(event: WireClientEvent | object | string): void {
    this.socket.send(typeof event === "string" ? event : JSON.stringify(event));
  }

  /** Appends a recording of 16 kHz, and as much silence. */
  speak(samples: Int16Array, silenceMs = 0): void {
    const resampler = new Polyphase(16_000, 24_000);
    const parts = [resampler.push(samples), resampler.flush(), new Int16Array(24 * silenceMs)];
    for (const part of parts)
      for (let start = 0; start < part.length; start += CHUNK_SAMPLES)
        this.append(part.slice(start, start + CHUNK_SAMPLES));
  }

  /** Appends samples at 24 kHz in one event. */
  append(samples: Int16Array): void {
    this.send({ type: "input_audio_buffer.append", audio: Buffer.from(samples.buffer).toString("base64") });
  }

  /** Says something in writing, and asks for an answer. */
  ask(text: string, response: object = {}): void {
    this.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
    this.send({ type: "response.create", response });
  }

  /** All events of a type so far. */
  all<Type extends WireServerEvent["type"]>(type: Type): EventOf<Type>[] {
    return this.received.filter((event) => event.type === type) as EventOf<Type>[];
  }

  /** The `count`th event of a type, as soon as it is there; rejects if the socket closes first. */
  async next<Type extends WireServerEvent["type"]>(type: Type, count = 1): Promise<EventOf<Type>> {
    for (;;) {
      const found = this.all(type)[count - 1];
      if (found !== undefined) return found;
      if (this.socket.readyState >= WebSocket.CLOSING)
        throw new Error(`Closed before ${type}; received ${this.types().join(", ")}`);
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** The types received so far; runs of deltas are told once. */
  types(): string[] {
    const types = this.received.map(({ type }) => type);
    return types.filter((type, index) => type !== types[index - 1] || !type.endsWith(".delta"));
  }

  /** The sound received for an item, at 24 kHz. */
  soundOf(itemId: string): Int16Array {
    const deltas = this.all("response.output_audio.delta").filter(({ item_id }) => item_id === itemId);
    const bytes = Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta, "base64")));
    return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
  }

  /** Closes, and waits until it is closed. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #wake(): void {
    for (const waker of this.#wakers.splice(0)) waker();
  }
}

function parse(text: string): WireServerEvent | undefined {
  try {
    const event = JSON.parse(text) as { type?: unknown } | null;
    return typeof event?.type === "string" ? (event as WireServerEvent) : undefined;
  } catch {
    return undefined;
  }
}
