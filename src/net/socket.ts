import { VoiceError } from "../errors.ts";

/** What of a WebSocket is used: browsers' own fits, and that of the npm package `ws`. */
export interface SocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Makes a socket; the default is the platform's `WebSocket`. */
export type OpenSocket = (url: string, protocols: string[]) => SocketLike;

/** `readyState` of a socket on which messages can be sent. */
export const SOCKET_OPEN = 1;

/**
 * Resolves when the socket is open.
 *
 * @throws VoiceError `gateway-unreachable` if it closes first; the reason of `signal`, unchanged, after closing it.
 */
export function opened(socket: SocketLike, url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.close();
      reject(signal.reason);
    };
    const settle = (finish: () => void) => (): void => {
      signal.removeEventListener("abort", abort);
      finish();
    };
    socket.addEventListener("open", settle(resolve));
    // Browsers follow every "error" with "close", and tell nothing about a refused upgrade.
    socket.addEventListener(
      "close",
      settle(() => reject(new VoiceError("gateway-unreachable", `No connection to ${url} could be opened`))),
    );
    socket.addEventListener("error", () => undefined); // `ws` throws an error that nobody hears
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
