/*
 *   connected ──session.create──▶ open ──session.close──▶ closing ──final, session.closed──▶ ended
 *       └─────────────── any error, lost socket, idle limit, gateway closed ────────────────────┘
 *
 * Messages are handled strictly one after another, in the order in which they came, whatever each of them awaits.
 */
import type { ServerMessage } from "../../src/stt/livekit/wire.ts";
import type { EngineStream, StreamOutput } from "../engines/engine.ts";
import { GatewayError } from "../errors.ts";
import { Inbox } from "./inbox.ts";
import type { InboxSocket } from "./inbox.ts";
import { parseMessage } from "./messages.ts";
import type { ParsedMessage } from "./messages.ts";
import { tellFailure } from "./tell-failure.ts";
import type { FailureSocket } from "./tell-failure.ts";

/** The session's end of a WebSocket: thin enough to be played by a test. */
export interface SessionSocket extends FailureSocket, InboxSocket {
  /** Ends the connection without one. */
  terminate(): void;
}

/** What a session is told when it begins. */
export interface SessionOptions {
  /** The client's; the session closes it. */
  readonly socket: SessionSocket;
  /** Opens the engine's stream for the model that the client named, if it did. */
  readonly open: (model: string | undefined, output: StreamOutput) => Promise<EngineStream>;
  /** How long the client may say nothing, in ms. */
  readonly idleLimitMs: number;
}

type SessionState =
  | { readonly kind: "connected" }
  | { readonly kind: "open"; readonly stream: EngineStream }
  | { readonly kind: "closing"; readonly stream: EngineStream }
  | { readonly kind: "ended" };

/** One client's conversation with the gateway. */
export class Session implements StreamOutput {
  readonly #socket: SessionSocket;
  readonly #openStream: SessionOptions["open"];
  readonly #inbox: Inbox;
  #state: SessionState = { kind: "connected" };

  constructor({ socket, open, idleLimitMs }: SessionOptions) {
    this.#socket = socket;
    this.#openStream = open;
    this.#inbox = new Inbox({ socket, idleLimitMs, onFailure: (error) => this.fail(asFailure(error)) });
  }

  /** Takes a text frame. Never throws: what is wrong with it is told to the client, in its turn. */
  receive(text: string): void {
    this.#inbox.add(text.length, () => this.#handle(parseMessage(text)));
  }

  /** Takes a binary frame, which the protocol does not have. */
  receiveBinary(): void {
    this.#inbox.add(0, () =>
      Promise.reject(new GatewayError("malformed-message", "Messages are JSON text, got a binary frame")),
    );
  }

  send(message: ServerMessage): void {
    if (this.#state.kind !== "ended") this.#socket.send(JSON.stringify(message));
  }

  fail(error: GatewayError): void {
    this.#end(() => tellFailure(this.#socket, error));
  }

  drop(): void {
    this.#end(() => this.#socket.terminate());
  }

  /** The socket has closed, or the gateway is closing: frees everything, says nothing. */
  end(): void {
    this.#end(() => undefined);
  }

  async #handle(message: ParsedMessage): Promise<void> {
    const state = this.#state;
    if (message.type === "session.create") return this.#create(message.model);
    if (state.kind !== "open") {
      const rule =
        state.kind === "connected" ? "The first message must be session.create" : "Nothing may follow session.close";
      throw new GatewayError("out-of-order", `${rule}, got ${message.type}`);
    }
    const { stream } = state;
    switch (message.type) {
      case "input_audio":
        return stream.push(message.samples);
      case "session.update":
        return;
      case "session.finalize":
        if ((await stream.finalize()) === "answered") this.send({ type: "session.finalized" });
        return;
      case "session.close":
        this.#state = { kind: "closing", stream };
        await stream.finalize();
        this.send({ type: "session.closed" });
        this.#end(() => this.#socket.close(1000));
    }
  }

  async #create(model: string | undefined): Promise<void> {
    if (this.#state.kind !== "connected") throw new GatewayError("out-of-order", "A second session.create");
    const stream = await this.#openStream(model, this);
    if (this.#hasEnded()) return stream.close();
    this.#state = { kind: "open", stream };
    this.send({ type: "session.created" });
  }

  #hasEnded(): boolean {
    return this.#state.kind === "ended";
  }

  #end(farewell: () => void): void {
    const state = this.#state;
    if (state.kind === "ended") return;
    this.#state = { kind: "ended" };
    if (state.kind === "open" || state.kind === "closing") state.stream.close();
    this.#inbox.close();
    farewell();
  }
}

function asFailure(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError("recognizer-lost", String(error), { cause: error });
}
