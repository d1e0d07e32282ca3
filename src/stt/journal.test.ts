import { expect, test } from "vitest";
import { Journal, type JournalItem } from "./journal.ts";

const SECOND = 16_000;
const NONE = { unsent: [], unanswered: [] };

function audio(captureStart: number | undefined, length = SECOND, segmentId = 1): JournalItem {
  const captured = captureStart === undefined ? {} : { captureStart };
  return { kind: "audio", packet: { segmentId, ...captured, pcm: new Int16Array(length) } };
}

function flush(segmentId = 1): { kind: "flush"; segmentId: number } {
  return { kind: "flush", segmentId };
}

function journalOf(...items: readonly JournalItem[]): Journal {
  const journal = new Journal();
  for (const item of items) expect(journal.add(item)).toEqual(NONE);
  return journal;
}

/** Sends everything that waits. */
function sent(journal: Journal): JournalItem[] {
  const items: JournalItem[] = [];
  for (let next = journal.next(); next; next = journal.next()) items.push(next.item);
  return items;
}

const owes = (): boolean => true;
const owesNothing = (): boolean => false;

test("items come out in the order they went in, whatever their kind", () => {
  const items = [audio(0), flush(), audio(SECOND), { kind: "finish" }] as const;
  const journal = journalOf(...items);
  expect(journal.isSent).toBe(false);
  expect(sent(journal)).toEqual(items);
  expect([journal.isSent, journal.isEmpty]).toEqual([true, false]);
});

test("after a lost connection everything that was not acknowledged comes again, marked as a replay", () => {
  const journal = journalOf(audio(0), audio(SECOND), flush());
  sent(journal);
  journal.acknowledge(SECOND, owes);
  expect(journal.rewind()).toEqual([]);
  journal.add(audio(2 * SECOND));
  expect([journal.next(), journal.next(), journal.next(), journal.next()]).toEqual([
    { item: audio(SECOND), isReplay: true },
    { item: flush(), isReplay: true },
    { item: audio(2 * SECOND), isReplay: false },
    undefined,
  ]);
});

test("audio is acknowledged to the sample, and never before it was sent", () => {
  const journal = journalOf(audio(0), audio(SECOND));
  journal.acknowledge(5 * SECOND, owes);
  expect(sent(journal)).toHaveLength(2);
  journal.acknowledge(2 * SECOND - 1, owes);
  expect([journal.oldestSample, journal.lengths.unansweredSamples]).toEqual([2 * SECOND - 1, 1]);
  journal.acknowledge(2 * SECOND, owes);
  expect([journal.oldestSample, journal.isEmpty]).toEqual([Infinity, true]);
});

test("a request and made-up silence stay as long as their segment is owed a text", () => {
  const journal = journalOf(audio(0), flush(), audio(undefined), audio(SECOND));
  sent(journal);
  journal.acknowledge(SECOND, owes);
  journal.rewind();
  expect(sent(journal)).toEqual([flush(), audio(undefined), audio(SECOND)]);
  journal.acknowledge(SECOND, owesNothing);
  journal.rewind();
  expect(sent(journal)).toEqual([audio(SECOND)]);
});

test("an answered request acknowledges all that was said before it, and an answer to one that is gone nothing", () => {
  const [first, second] = [flush(), flush()];
  const journal = journalOf(audio(0), first, audio(SECOND), second, audio(2 * SECOND));
  sent(journal);
  journal.acknowledgeThrough(first);
  journal.acknowledgeThrough(first);
  expect(journal.oldestSample).toBe(SECOND);
  journal.acknowledgeThrough(second);
  expect(journal.oldestSample).toBe(2 * SECOND);
});

test("other messages are sent once, and not to a connection that comes later", () => {
  const message = { kind: "message", text: "update" } as const;
  const journal = journalOf(message, audio(0), message);
  expect(journal.next()?.item).toBe(message);
  journal.rewind();
  expect(sent(journal)).toEqual([audio(0)]);
});

test("30 s of audio wait; a sample more gives up the oldest packets, and no request", () => {
  const journal = journalOf(flush(9), ...Array.from({ length: 30 }, (_, second) => audio(second * SECOND)));
  expect(journal.add(audio(30 * SECOND, 1)).unsent).toEqual([{ startSample: 0, lengthSamples: SECOND }]);
  expect(journal.add(audio(30 * SECOND + 1, 2 * SECOND)).unsent).toEqual([
    { startSample: SECOND, lengthSamples: 2 * SECOND },
  ]);
  expect(sent(journal).slice(0, 2)).toEqual([flush(9), audio(3 * SECOND)]);
});

test("what was sent and kept no more is lost only if the connection breaks before it is acknowledged", () => {
  for (const acknowledged of [0, SECOND / 2, 2 * SECOND]) {
    const journal = journalOf(...Array.from({ length: 30 }, (_, second) => audio(second * SECOND)));
    sent(journal);
    expect(journal.add(audio(30 * SECOND, 2 * SECOND))).toEqual(NONE);
    journal.acknowledge(acknowledged, owes);
    const lost = { startSample: acknowledged, lengthSamples: 2 * SECOND - acknowledged };
    expect(journal.rewind()).toEqual(lost.lengthSamples > 0 ? [lost] : []);
    expect(journal.rewind()).toEqual([]);
  }
});

test("what only a broken connection was sent is lost as unanswered, from where it was told", () => {
  const journal = journalOf(...Array.from({ length: 30 }, (_, second) => audio(second * SECOND)));
  sent(journal);
  journal.acknowledge(100, owes, 400);
  journal.rewind();
  expect(journal.add(audio(30 * SECOND, 101))).toEqual({
    unsent: [],
    unanswered: [{ startSample: 400, lengthSamples: SECOND - 400 }],
  });
});

test("audio that was told is let go whole rather than lost in part", () => {
  const journal = journalOf(...Array.from({ length: 30 }, (_, second) => audio(second * SECOND)));
  sent(journal);
  journal.rewind();
  expect(journal.add(audio(30 * SECOND), (sample) => (sample === 0 ? 2.5 * SECOND : 0))).toEqual(NONE);
  expect(journal.oldestSample).toBe(2.5 * SECOND);
});

test("what came long before an opening is discarded, sent or not, and what is owed is asked for all the same", () => {
  const journal = journalOf(audio(0), flush(1), audio(undefined), audio(SECOND), flush(2), audio(2 * SECOND));
  journal.discard(1.5 * SECOND, (segmentId) => segmentId === 2);
  expect(sent(journal)).toMatchObject([{ packet: { captureStart: 1.5 * SECOND } }, flush(2), audio(2 * SECOND)]);
});

test("lengths tell what waits and what is unanswered; clearing tells what was in it", () => {
  const journal = journalOf(audio(0), audio(SECOND), audio(undefined), audio(5 * SECOND));
  journal.next();
  expect(journal.lengths).toEqual({ waitingSamples: 2 * SECOND, unansweredSamples: SECOND });
  expect(journal.clear()).toEqual({
    unanswered: [{ startSample: 0, lengthSamples: SECOND }],
    unsent: [
      { startSample: SECOND, lengthSamples: SECOND },
      { startSample: 5 * SECOND, lengthSamples: SECOND },
    ],
  });
  expect([journal.isEmpty, journal.lengths]).toEqual([true, { waitingSamples: 0, unansweredSamples: 0 }]);
});

test("a random walk loses nothing and repeats nothing within a connection", () => {
  let seed = 5;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const journal = new Journal();
  let captured = 0;
  let acknowledged = 0;
  let sentUntil = 0;
  let lostUntil = 0;
  for (let step = 0; step < 20_000; step++) {
    const lost = [];
    const choice = random(10);
    if (choice < 4) {
      const { unsent, unanswered } = journal.add(audio(captured, 800));
      lost.push(...unanswered, ...unsent);
      captured += 800;
    } else if (choice < 8) {
      const next = journal.next();
      if (next?.item.kind === "audio" && next.item.packet.captureStart !== undefined) {
        expect(next.item.packet.captureStart).toBeGreaterThanOrEqual(sentUntil);
        expect(next.item.packet.captureStart - sentUntil).toBeLessThanOrEqual(Math.max(0, lostUntil - sentUntil));
        sentUntil = next.item.packet.captureStart + next.item.packet.pcm.length;
      }
    } else if (choice === 8 && sentUntil > acknowledged) {
      acknowledged += random(sentUntil - acknowledged + 1);
      journal.acknowledge(acknowledged, owes);
    } else if (random(20) === 0) {
      lost.push(...journal.rewind());
      sentUntil = Math.min(journal.oldestSample, captured);
      const ends = lost.map(({ startSample, lengthSamples }) => startSample + lengthSamples);
      expect(sentUntil).toBeLessThanOrEqual(Math.max(acknowledged, lostUntil, ...ends));
    }
    for (const { startSample, lengthSamples } of lost) {
      expect(startSample).toBeGreaterThanOrEqual(acknowledged);
      lostUntil = Math.max(lostUntil, startSample + lengthSamples);
    }
  }
  expect(captured).toBeGreaterThan(5_000_000);
});
