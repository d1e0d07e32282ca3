import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { opened, SOCKET_OPEN, type SocketLike } from "./socket.ts";

const CONNECTING = 0;
const CLOSING = 2;
const CLOSED = 3;

/** A socket that does what a test says, and passes through CLOSING as real ones do. */
class ScriptedSocket implements SocketLike {
  readyState = CONNECTING;
  readonly bufferedAmount = 0;
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(): void {}

  close(): void {
    if (this.readyState !== CLOSED) this.readyState = CLOSING;
  }

  open(): void {
    this.readyState = SOCKET_OPEN;
    this.#tell("open", {});
  }

  fail(): void {
    this.readyState = CLOSED;
    this.#tell("error", {});
    this.#tell("close", { code: 1006, reason: "" });
  }

  #tell(type: string, event: object): void {
    for (const { listener } of this.#listeners.filter((one) => one.type === type)) listener(event as never);
  }
}

const URL = "ws://gateway.example/stt";

test("an opening socket resolves, and leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  const socket = new ScriptedSocket();
  const opening = opened(socket, URL, signal);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  socket.open();
  await opening;
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(socket.readyState).toBe(SOCKET_OPEN);
});

test("a socket that closes first is unreachable, by name, and leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  const socket = new ScriptedSocket();
  const opening = opened(socket, URL, signal);
  socket.fail();
  await expect(opening).rejects.toMatchObject({
    code: "gateway-unreachable",
    message: `No connection to ${URL} could be opened`,
  });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("aborting closes the socket, gives the reason unchanged, and leaves no listener on the signal", async () => {
  const controller = new AbortController();
  const socket = new ScriptedSocket();
  const opening = opened(socket, URL, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(opening).rejects.toBe(reason);
  expect(socket.readyState).toBe(CLOSING);
  socket.fail(); // as real ones do then
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("a signal that was aborted before closes the socket at once", async () => {
  const socket = new ScriptedSocket();
  await expect(opened(socket, URL, AbortSignal.abort("enough"))).rejects.toBe("enough");
  expect(socket.readyState).toBe(CLOSING);
});

test("an abort after the opening touches the socket no more", async () => {
  const controller = new AbortController();
  const socket = new ScriptedSocket();
  const opening = opened(socket, URL, controller.signal);
  socket.open();
  await opening;
  controller.abort();
  expect(socket.readyState).toBe(SOCKET_OPEN);
});
