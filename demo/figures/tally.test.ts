import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

test("what was not sent is saved, and what was lost does not count as sent", () => {
  const tally = new Tally();
  tally.hear({ type: "frame", atMs: 4_000, startMs: 0, endMs: 4_000, levelDb: -20, isOpen: true });
  tally.hear({ type: "audio", atMs: 4_000, segmentId: 1, startMs: 0, samples: new Float32Array(32_000) });
  expect(tally.saved).toBe(0.5);
  tally.hear({ type: "gap", atMs: 4_000, startMs: 1_000, durationMs: 1_000, cause: "unsent" });
  expect([tally.capturedMs, tally.sentMs, tally.saved]).toEqual([4_000, 1_000, 0.75]);
});

test("durations tell the last and the median, and nothing before the first", () => {
  const tally = new Tally();
  expect(tally.final).toBeUndefined();
  for (const finalAfterSpeechEndMs of [700, 100, 300, 400]) {
    tally.hear({ type: "segment-settled", atMs: 0, segmentId: 1, metrics: { finalAfterSpeechEndMs, sentMs: 0 } });
  }
  expect(tally.final).toEqual({ lastMs: 400, medianMs: 350, count: 4 });
});

test("an answer counts with what was measured of it", () => {
  const tally = new Tally();
  const metrics = { itemId: "a", heardMs: 900, receivedMs: 2_000, isInterrupted: true, underruns: 0 };
  tally.hear({ type: "agent-metrics", atMs: 0, metrics: { ...metrics, responseMs: 800, interruptionToSilenceMs: 12 } });
  tally.hear({ type: "agent-metrics", atMs: 0, metrics: { ...metrics, responseMs: 600, firstTextMs: 40 } });
  expect(tally.response).toEqual({ lastMs: 600, medianMs: 700, count: 2 });
  expect(tally.silence?.lastMs).toBe(12);
  expect([tally.firstText?.count, tally.firstAudio]).toEqual([1, undefined]);
});
