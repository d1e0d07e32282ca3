import { expect, test } from "vitest";
import type { Packet } from "./audio-packer.ts";
import { Outbox, type OutboxItem } from "./outbox.ts";

const SECOND = 16_000;

function audio(captureStart: number, length = SECOND): { kind: "audio"; packet: Packet } {
  return { kind: "audio", packet: { segmentId: 1, captureStart, pcm: new Int16Array(length) } };
}

function all(outbox: Outbox): OutboxItem[] {
  const items: OutboxItem[] = [];
  for (let item = outbox.shift(); item; item = outbox.shift()) items.push(item);
  return items;
}

test("items come out in the order they went in, whatever their kind", () => {
  const outbox = new Outbox();
  const items = [audio(0), { kind: "flush", segmentId: 1 }, audio(SECOND), { kind: "finish" }] as const;
  for (const item of items) expect(outbox.push(item)).toEqual([]);
  expect(outbox.isEmpty).toBe(false);
  expect(all(outbox)).toEqual(items);
  expect(outbox.isEmpty).toBe(true);
});

test("30 s of audio wait; a sample more gives up the oldest packets, and no request", () => {
  const outbox = new Outbox();
  outbox.push({ kind: "flush", segmentId: 9 });
  for (let second = 0; second < 30; second++) expect(outbox.push(audio(second * SECOND))).toEqual([]);
  expect(outbox.push(audio(30 * SECOND, 1))).toEqual([audio(0).packet]);
  expect(outbox.push(audio(30 * SECOND + 1, 2 * SECOND))).toEqual([audio(SECOND).packet, audio(2 * SECOND).packet]);
  expect(all(outbox).slice(0, 2)).toEqual([{ kind: "flush", segmentId: 9 }, audio(3 * SECOND)]);
});

test("what was taken out counts no more", () => {
  const outbox = new Outbox();
  for (let second = 0; second < 30; second++) outbox.push(audio(second * SECOND));
  outbox.shift();
  expect(outbox.push(audio(30 * SECOND))).toEqual([]);
  expect(outbox.push(audio(31 * SECOND))).toHaveLength(1);
});
