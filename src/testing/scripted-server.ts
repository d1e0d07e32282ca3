import type { OpenSocket } from "../net/socket.ts";
import { ScriptedSocket } from "./scripted-socket.ts";

/**
 * Where a client under test connects to, as often as it likes: hand it `server.openSocket`.
 *
 * @example
 * const server = new ScriptedServer((socket) => socket.accept());
 * const stt = livekitInference({ model, token, url: "ws://scripted.test/v1", webSocket: server.openSocket });
 */
export class ScriptedServer {
  /** Every socket that was opened, oldest first. */
  readonly sockets: ScriptedSocket[] = [];
  readonly #arrange: (socket: ScriptedSocket, index: number) => void;

  /** `arrange` is given each new socket and its place in `sockets`, to tell it what will happen, before the client has it. */
  constructor(arrange: (socket: ScriptedSocket, index: number) => void = () => undefined) {
    this.#arrange = arrange;
  }

  /** Makes a socket, as `new WebSocket(url, protocols)` does. Needs no `this`. */
  readonly openSocket: OpenSocket = (url, protocols) => {
    const socket = new ScriptedSocket(url, protocols);
    this.#arrange(socket, this.sockets.push(socket) - 1);
    return socket;
  };

  /** The newest socket. @throws Error if none was opened. */
  get socket(): ScriptedSocket {
    const newest = this.sockets.at(-1);
    if (!newest) throw new Error("The client has not opened a socket");
    return newest;
  }

  /** @throws Error for the first socket that has not received what it expected: see {@link ScriptedSocket.verify}. */
  verify(): void {
    for (const socket of this.sockets) socket.verify();
  }
}
