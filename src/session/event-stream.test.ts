import { getEventListeners } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { EventStream } from "./event-stream.ts";
import type { VoiceEvent } from "./events.ts";

const MUTE: VoiceEvent = { type: "mute", isMuted: true, atMs: 1 };
const FLUSH: VoiceEvent = { type: "flush", segmentId: 1, atMs: 2 };
const ENDED: VoiceEvent = { type: "ended", reason: "stopped", atMs: 3 };

afterEach(() => vi.unstubAllGlobals());

async function all(events: AsyncIterable<VoiceEvent>): Promise<VoiceEvent[]> {
  const read: VoiceEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

test("listeners hear the events of their name, in order, until they are removed", () => {
  const stream = new EventStream();
  const heard: VoiceEvent[] = [];
  const remove = stream.on("mute", (event) => heard.push(event));
  stream.emit(MUTE);
  stream.emit(FLUSH);
  stream.emit({ ...MUTE, isMuted: false });
  remove();
  remove();
  stream.emit(MUTE);
  expect(heard).toEqual([MUTE, { ...MUTE, isMuted: false }]);
});

test("the same function added twice is called twice, and removed once at a time", () => {
  const stream = new EventStream();
  let count = 0;
  const listener = (): void => void (count += 1);
  const remove = stream.on("mute", listener);
  stream.on("mute", listener);
  stream.emit(MUTE);
  remove();
  stream.emit(MUTE);
  expect(count).toBe(3);
});

test("a signal ends a listener; when it was aborted before, the listener never begins; nothing stays on it", () => {
  const stream = new EventStream();
  const controller = new AbortController();
  let count = 0;
  stream.on("mute", () => (count += 1), controller.signal);
  const remove = stream.on("mute", () => (count += 1), controller.signal);
  remove();
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  controller.abort();
  stream.on("mute", () => (count += 1), controller.signal);
  stream.emit(MUTE);
  expect(count).toBe(0);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("a listener that throws hurts nobody else, and its error reaches the page's own report", () => {
  const reports: (() => void)[] = [];
  vi.stubGlobal("queueMicrotask", (report: () => void) => reports.push(report));
  const stream = new EventStream();
  let isHeard = false;
  stream.on("mute", () => {
    throw new Error("mine");
  });
  stream.on("mute", () => (isHeard = true));
  stream.emit(MUTE);
  expect(isHeard).toBe(true);
  expect(() => reports.forEach((report) => report())).toThrow("mine");
});

test("a listener that was removed by another, during the same event, is not called any more", () => {
  const stream = new EventStream();
  let count = 0;
  stream.on("mute", () => remove());
  const remove = stream.on("mute", () => (count += 1));
  stream.emit(MUTE);
  expect(count).toBe(0);
});

test("a listener that is added during an event hears the next one", () => {
  const stream = new EventStream();
  let count = 0;
  const stop = stream.on("mute", () => stream.on("mute", () => (count += 1)));
  stream.emit(MUTE);
  stop();
  expect(count).toBe(0);
  stream.emit(MUTE);
  expect(count).toBe(1);
});

test("an iteration gives every event from its making on, also those before its first reading, up to and with the end", async () => {
  const stream = new EventStream();
  stream.emit(MUTE);
  const events = stream.iterate();
  stream.emit(FLUSH);
  stream.emit(MUTE);
  stream.emit(ENDED);
  stream.emit(FLUSH);
  expect(await all(events)).toEqual([FLUSH, MUTE, ENDED]);
});

test("an iteration waits for what comes later", async () => {
  const stream = new EventStream();
  const events = stream.iterate();
  const first = events.next();
  await Promise.resolve();
  stream.emit(MUTE);
  expect(await first).toEqual({ value: MUTE, done: false });
  const rest = all(events);
  stream.emit(ENDED);
  expect(await rest).toEqual([ENDED]);
});

test.each([
  ["before it began", 0],
  ["while it waits", 1],
])("aborting an iteration %s throws the signal's reason", async (_when, turns) => {
  const stream = new EventStream();
  const controller = new AbortController();
  const reading = all(stream.iterate(controller.signal));
  const caught = reading.catch((error: unknown) => error);
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  controller.abort("enough");
  expect(await caught).toBe("enough");
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("an iteration with a signal that was aborted before throws its reason", async () => {
  await expect(all(new EventStream().iterate(AbortSignal.abort("enough")))).rejects.toBe("enough");
});

test("leaving an iteration early ends it", async () => {
  const stream = new EventStream();
  const { signal } = new AbortController();
  const events = stream.iterate(signal);
  stream.emit(MUTE);
  for await (const event of events) {
    expect(event).toBe(MUTE);
    break;
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(await events.next()).toEqual({ value: undefined, done: true });
});
