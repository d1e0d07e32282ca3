import { expect, test } from "vitest";
import { ConnectionLedger } from "./connection-ledger.ts";

type Stretch = readonly [captureStart: number | undefined, length: number];

function ledgerOf(...stretches: readonly Stretch[]): ConnectionLedger {
  const ledger = new ConnectionLedger();
  for (const [captureStart, length] of stretches) ledger.append(captureStart, length);
  return ledger;
}

test("an empty ledger knows no place", () => {
  const ledger = new ConnectionLedger();
  expect([ledger.sentSamples, ledger.captureStartOf(0), ledger.captureEndOf(5)]).toEqual([0, undefined, undefined]);
});

test("stretches that follow each other are one, captured or synthetic", () => {
  const ledger = ledgerOf([100, 10], [110, 20], [undefined, 5], [undefined, 6], [200, 1], [201, 0], [202, 3]);
  expect(ledger.entries).toEqual([
    { sentStart: 0, length: 30, captureStart: 100 },
    { sentStart: 30, length: 11 },
    { sentStart: 41, length: 1, captureStart: 200 },
    { sentStart: 42, length: 3, captureStart: 202 },
  ]);
  expect(ledger.sentSamples).toBe(45);
});

test.each([
  ["inside a stretch", 5, 105, 105],
  ["at the very beginning", 0, 100, 100],
  ["on a seam a beginning belongs to what follows, an end to what came before", 10, 500, 110],
  ["behind a seam", 11, 501, 501],
  ["where silence begins", 20, 510, 510],
  ["inside silence that was made up", 25, 510, 510],
  ["where silence ends", 30, 900, 510],
  ["at the end of all that was sent", 40, 910, 910],
  ["beyond all that was sent", 1_000, 910, 910],
  ["before all that was sent", -3, 100, 100],
])("a place %s", (_where, sentSample, start, end) => {
  const ledger = ledgerOf([100, 10], [500, 10], [undefined, 10], [900, 10]);
  expect([ledger.captureStartOf(sentSample), ledger.captureEndOf(sentSample)]).toEqual([start, end]);
});

test("silence before anything captured has no place", () => {
  const ledger = ledgerOf([undefined, 10], [900, 10]);
  expect([ledger.captureStartOf(5), ledger.captureEndOf(10), ledger.captureStartOf(10)]).toEqual([
    undefined,
    undefined,
    900,
  ]);
});

test("captured time never goes back as sent time goes on", () => {
  let seed = 9;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const ledger = new ConnectionLedger();
  ledger.append(0, 1);
  for (let at = 1, turn = 0; turn < 500; turn++) {
    const length = random(2_000);
    const isSynthetic = random(3) === 0;
    if (!isSynthetic) at += random(2) * random(5_000);
    ledger.append(isSynthetic ? undefined : at, length);
    if (!isSynthetic) at += length;
  }
  let last = 0;
  for (let sent = 0; sent < ledger.sentSamples; sent += 1 + random(400)) {
    const end = ledger.captureEndOf(sent) ?? -1;
    const start = ledger.captureStartOf(sent) ?? -1;
    if (end < last || start < end) throw new Error(`${sent} sent: ${start} and ${end} after ${last}`);
    last = start;
  }
  expect(last).toBeGreaterThan(0);
});
