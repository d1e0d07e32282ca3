import type { ErrorMessage } from "../../src/stt/livekit/wire.ts";
import type { GatewayError } from "../errors.ts";

/** The client's end, as far as a failure needs it. */
export interface FailureSocket {
  /** Sends one text frame. */
  send(text: string): void;
  /** Ends the connection with a close frame. */
  close(code: number): void;
}

/** Tells a client in-band why, and closes: a browser sees nothing else. */
export function tellFailure(socket: FailureSocket, error: GatewayError): void {
  const message: ErrorMessage = { type: "error", message: error.message, code: error.code };
  socket.send(JSON.stringify(message));
  socket.close(error.closeCode);
}
