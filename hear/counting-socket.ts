import { WebSocket } from "ws";
import type { OpenSocket, SocketLike } from "../src/net/socket.ts";

/** A socket for Node that tells when it is open, and when the gateway has answered everything it was asked. */
export class CountingSocket {
  /** Every text message, in order, for whoever wants to know what was really said. */
  readonly messages: { readonly from: "client" | "server"; readonly text: string }[] = [];
  #unanswered = 0;
  #isOpen = false;
  #failure: Error | undefined;
  #wake: (() => void)[] = [];

  /** Makes the socket; hand it to `livekitInference({ webSocket })`. */
  readonly open: OpenSocket = (url, protocols) => {
    const socket = new WebSocket(url, protocols) as unknown as SocketLike; // `ws` has all that is asked for
    const send = socket.send.bind(socket);
    socket.send = (message) => {
      if (typeof message === "string") this.messages.push({ from: "client", text: message });
      if (typeof message === "string" && message.includes('"session.finalize"')) this.#unanswered += 1;
      send(message);
    };
    socket.addEventListener("open", () => this.#change(() => (this.#isOpen = true)));
    socket.addEventListener("close", ({ code, reason }) =>
      this.#change(() => (this.#failure = new Error(`The gateway closed the connection (${code} ${reason})`))),
    );
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return;
      this.messages.push({ from: "server", text: data });
      if (data.includes('"session.finalized"')) this.#change(() => (this.#unanswered -= 1));
    });
    return socket;
  };

  /** Resolves when the socket is open and every `session.finalize` has been answered; rejects if it closes. */
  async quiet(): Promise<void> {
    while (!this.#isOpen || this.#unanswered > 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #change(change: () => void): void {
    change();
    this.#wake.splice(0).forEach((resolve) => resolve());
  }
}
