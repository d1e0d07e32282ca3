import type { GatewayError } from "../errors.ts";
import type { ServerMessage } from "../../src/stt/livekit/wire.ts";

/** Sample rate of all audio in this gateway. */
export const SAMPLE_RATE_HZ = 16_000;

/** Where a stream's results go. After `fail` or `drop` the session is over and later calls do nothing. */
export interface StreamOutput {
  /** Sends a message to this session's client. */
  send(message: ServerMessage): void;
  /** Tells the client why, and ends the session. */
  fail(error: GatewayError): void;
  /** Cuts the connection without a word, as a dying server would. */
  drop(): void;
}

/** What a session asks of an engine. */
export interface StreamRequest {
  /** The model's name within the engine, after aliases. */
  readonly model: string;
  /** Where results go. */
  readonly output: StreamOutput;
}

/** One session's recognition. Calls come strictly one after another, each awaited before the next. */
export interface EngineStream {
  /**
   * Takes the next samples (mono, 16 kHz; the stream may keep them).
   * A promise that stays pending is back-pressure: nothing more comes until it resolves.
   */
  push(samples: Int16Array): Promise<void> | void;
  /**
   * Ends the utterance at the last sample pushed. Resolves after its final, if there is one, has been sent: with
   * `answered` if `session.finalized` should follow, with `silent` if it should not.
   */
  finalize(): Promise<"answered" | "silent">;
  /** Frees what the stream holds, at once, also while a call is pending (which then settles). Idempotent. */
  close(): void;
}

/** A way to turn audio into messages. */
export interface Engine {
  /**
   * Opens a stream.
   * @throws GatewayError if none can be had; the session then ends with it.
   */
  open(request: StreamRequest): Promise<EngineStream>;
  /** Ends every stream and resolves once no process and no timer is left. */
  close(): Promise<void>;
}
