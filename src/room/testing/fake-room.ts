import { REACH_CALL } from "../agent-reach.ts";
import type {
  Attributes,
  ByteHeader,
  ByteWriter,
  OpenRoom,
  OutgoingCall,
  RoomCall,
  RoomEvent,
  RoomGuest,
  RoomPort,
  RoomSound,
  TextStream,
} from "../room-port.ts";

/** Bytes that were sent, with what was said of them. */
export interface SentBytes {
  readonly header: ByteHeader;
  readonly pieces: Uint8Array[];
  isClosed: boolean;
}

/** A room that does what a test says. */
export class FakeRoom implements RoomPort {
  readonly identity = "ada";
  guests: RoomGuest[] = [];
  /** What `connect` was called with. */
  readonly tickets: string[] = [];
  readonly published: RoomSound[] = [];
  readonly texts: string[] = [];
  readonly bytes: SentBytes[] = [];
  readonly calls: OutgoingCall[] = [];
  readonly handlers = new Map<string, (call: RoomCall) => Promise<string>>();
  /** What the next connections are refused with. */
  readonly refusals: unknown[] = [];
  /** How the other side answers calls. */
  onCall: (call: OutgoingCall) => Promise<string> = () => Promise.resolve("");
  /** How it answers when it is asked whether it is there; those calls are not kept. */
  onReach: () => Promise<string> = () =>
    Promise.reject(Object.assign(new Error("Method not supported"), { code: 1_400 }));
  closings = 0;
  #onEvent: (event: RoomEvent) => void = () => undefined;
  #tracks = 0;

  /** The same room is joined again and again. */
  readonly open: OpenRoom = (onEvent) => {
    this.#onEvent = onEvent;
    return this;
  };

  connect(url: string, token: string): Promise<void> {
    this.tickets.push(`${url} ${token}`);
    const refusal = this.refusals.shift();
    return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
  }

  publish(sound: RoomSound): Promise<void> {
    this.published.push(sound);
    this.#tracks += 1;
    this.tell({ type: "published", trackId: `TR_${this.#tracks}` });
    return Promise.resolve();
  }

  republish(): Promise<void> {
    const sound = this.published.at(-1);
    return sound ? this.publish(sound) : Promise.resolve();
  }

  sendText(text: string, topic: string, destinationIdentities: string[]): Promise<void> {
    this.texts.push(`${topic} ${destinationIdentities.join()}: ${text}`);
    return Promise.resolve();
  }

  streamBytes(header: ByteHeader): Promise<ByteWriter> {
    const sent: SentBytes = { header, pieces: [], isClosed: false };
    this.bytes.push(sent);
    return Promise.resolve({
      write: (bytes) => Promise.resolve(void sent.pieces.push(bytes)),
      close: () => Promise.resolve(void (sent.isClosed = true)),
    });
  }

  call(call: OutgoingCall): Promise<string> {
    if (call.method === REACH_CALL) return this.onReach();
    this.calls.push(call);
    return this.onCall(call);
  }

  answer(method: string, handler: (call: RoomCall) => Promise<string>): () => void {
    this.handlers.set(method, handler);
    return () => void this.handlers.delete(method);
  }

  close(): Promise<void> {
    this.closings += 1;
    return Promise.resolve();
  }

  /** Something happens in the room. */
  tell(event: RoomEvent): void {
    this.#onEvent(event);
  }

  /** The agent comes, or changes its state. */
  agent(state?: string, identity = "agent-1", attributes: Attributes = {}): void {
    const own = state === undefined ? {} : { "lk.agent.state": state };
    this.tell({
      type: "guest",
      guest: { identity, isAgent: true, isActive: true, attributes: { ...own, ...attributes } },
    });
  }

  /** A transcription comes, in one piece. */
  transcription(identity: string, segmentId: string, text: string, isFinal = false): void {
    const attributes = { "lk.segment_id": segmentId, "lk.transcription_final": String(isFinal) };
    this.tell({ type: "text", topic: "lk.transcription", stream: textStream(identity, attributes, [text]) });
  }
}

let streams = 0;

/** A text stream that brings these pieces; the last may be an error, with which it breaks off. */
export function textStream(identity: string, attributes: Attributes, pieces: readonly (string | Error)[]): TextStream {
  streams += 1;
  return { id: `stream-${streams}`, identity, attributes: () => attributes, pieces: each(pieces) };
}

async function* each(pieces: readonly (string | Error)[]): AsyncGenerator<string, void, void> {
  for (const piece of pieces) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

/** A text stream whose pieces come when the test says so. */
export class OpenTextStream implements TextStream {
  readonly id: string;
  readonly identity: string;
  readonly pieces: AsyncIterable<string>;
  #attributes: Attributes;
  #wake: () => void = () => undefined;
  readonly #queue: string[] = [];
  #isOver = false;

  constructor(identity: string, attributes: Attributes) {
    streams += 1;
    this.id = `stream-${streams}`;
    this.identity = identity;
    this.#attributes = attributes;
    this.pieces = this.#each();
  }

  readonly attributes = (): Attributes => this.#attributes;

  /** A piece comes. */
  push(piece: string): void {
    this.#queue.push(piece);
    this.#wake();
  }

  /** It ends, with what its end brings. */
  end(attributes: Attributes = {}): void {
    this.#attributes = { ...this.#attributes, ...attributes };
    this.#isOver = true;
    this.#wake();
  }

  async *#each(): AsyncGenerator<string, void, void> {
    for (;;) {
      yield* this.#queue.splice(0);
      if (this.#isOver) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
