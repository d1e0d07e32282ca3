import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { FaultySocket, type Line } from "./faulty-socket.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Answers every message with the same. */
let echo: WebSocketServer;
let heard: string[];
beforeEach(async () => {
  heard = [];
  echo = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  echo.on("connection", (client) =>
    client.on("message", (message: Buffer) => {
      heard.push(message.toString());
      client.send(message.toString());
    }),
  );
  await new Promise((resolve) => echo.once("listening", resolve));
});
afterEach(() => {
  for (const client of echo.clients) client.terminate();
  echo.close();
});

const LINE: Line = { bytesPerMs: 1, latencyMs: () => 100, answerMs: 0, waitsForAnswers: false };
const WATCHER = {
  onOpen: () => undefined,
  onClose: () => undefined,
  onSend: () => undefined,
  onArrival: () => undefined,
  onDelivered: () => undefined,
};

/** A socket, its time, and everything that its page was told, with the time. */
function open(openDelayMs = 0): { time: VirtualTime; socket: FaultySocket; told: string[] } {
  const time = new VirtualTime();
  const url = `ws://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const socket = new FaultySocket(() => url, [], openDelayMs, time, LINE, WATCHER);
  const told: string[] = [];
  const tell = (what: string): number => told.push(`${what} at ${time.nowMs}`);
  socket.addEventListener("open", () => tell("open"));
  socket.addEventListener("message", ({ data }: { readonly data: unknown }) => tell(String(data)));
  socket.addEventListener("close", ({ code }: { readonly code: number }) => tell(`close ${code}`));
  return { time, socket, told };
}

const runAll = (time: VirtualTime): Promise<void> => time.run(() => false);

test("messages take their time on the line, there and back, and wait in bufferedAmount until it is free", async () => {
  const { time, socket, told } = open();
  const waiting: number[] = [];
  time.onPage(1_000, () => {
    socket.send("ten bytes.");
    socket.send("20 bytes ...........");
    waiting.push(socket.bufferedAmount);
  });
  time.onPage(1_015, () => waiting.push(socket.bufferedAmount));
  time.onPage(1_031, () => waiting.push(socket.bufferedAmount));
  await time.run(() => told.length === 3);
  expect(told).toEqual(["open at 200", "ten bytes. at 1210", "20 bytes ........... at 1230"]);
  expect(waiting).toEqual([30, 20, 0]);
  socket.close(1000);
  await runAll(time);
  expect(told.at(-1)).toBe("close 1000 at 1430");
  expect(socket.hasRealSocket).toBe(false);
});

test("a slow socket opens late; one that is closed before never does", async () => {
  const slow = open(5_000);
  await slow.time.run(() => slow.told.length > 0);
  expect(slow.told).toEqual(["open at 5200"]);
  const given = open(5_000);
  given.time.onPage(1_000, () => given.socket.close());
  await runAll(given.time);
  expect(given.told).toEqual(["close 1006 at 1000"]);
});

test("a cut loses what is on its way, in both directions", async () => {
  const { time, socket, told } = open();
  time.onPage(1_000, () => socket.send("a")); // has arrived, and its answer is on its way
  time.onPage(1_100, () => socket.send("b")); // is on its way
  time.inWorld(1_150, () => socket.cut(30));
  await runAll(time);
  expect(heard).toEqual(["a"]);
  expect(told).toEqual(["open at 200", "close 1006 at 1180"]);
});

test("a stall holds everything, in order, and then lets it go", async () => {
  const { time, socket, told } = open();
  time.inWorld(1_000, () => socket.stall(2_000));
  for (const [at, text] of ["a", "b", "c"].entries()) time.onPage(990 + at * 10, () => socket.send(text));
  await time.run(() => told.length === 4);
  expect(heard).toEqual(["a", "b", "c"]);
  expect(told.slice(1).map((line) => line[0])).toEqual(["a", "b", "c"]);
  expect(told[1]).toBe("a at 3100");
});

test("on a dead line writes vanish, nothing arrives and nobody says so; closing it takes as long as a browser waits", async () => {
  const { time, socket, told } = open();
  time.onPage(1_000, () => socket.send("answered"));
  time.inWorld(1_150, () => socket.die());
  time.onPage(2_000, () => socket.send("vanished"));
  time.onPage(60_000, () => socket.close(1000));
  await runAll(time);
  expect(heard).toEqual(["answered"]);
  expect(socket.bufferedAmount).toBe(0);
  expect(told).toEqual(["open at 200", "close 1006 at 70000"]);
});
