import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { ScriptedSocket } from "../testing/scripted-socket.ts";
import { opened, SOCKET_OPEN } from "./socket.ts";

const CLOSING = 2;

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
  socket.drop();
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
  socket.drop(); // as real ones do then
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
