import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { TimelineRecord } from "./record.ts";
import { layOut, type View } from "./scene.ts";

/** 100 px a second. */
const VIEW: View = {
  nowMs: 5_000,
  spanMs: 10_000,
  aheadMs: 0,
  widthPx: 1_000,
  stepMs: 0,
  measurePx: (text) => text.length * 8,
  heardRows: 3,
};

function recordOf(...events: VoiceEvent[]): TimelineRecord {
  const record = new TimelineRecord();
  for (const event of events) record.hear(event);
  return record;
}

function frames(fromMs: number, toMs: number, levelDb: number): VoiceEvent[] {
  return Array.from({ length: Math.round((toMs - fromMs) / 32) }, (_, index) => {
    const startMs = fromMs + index * 32;
    const endMs = startMs + 32;
    return { type: "frame", atMs: endMs, startMs, endMs, levelDb, probability: 0.9, isOpen: true };
  });
}

const OPENED: VoiceEvent = { type: "segment-opened", atMs: 2_060, segmentId: 1, startMs: 1_500 };
const CLOSED: VoiceEvent = { type: "segment-closed", atMs: 4_000, segmentId: 1, startMs: 1_500, endMs: 4_000 };
const SPEECH: VoiceEvent = { type: "speech-started", atMs: 2_060, startMs: 2_000 };

test("time begins at the left edge until the width is full, and ends at the right edge afterwards", () => {
  const record = recordOf(...frames(0, 320, -20));
  expect(layOut(record, VIEW).nowX).toBe(500);
  expect(layOut(record, { ...VIEW, nowMs: 25_000 }).nowX).toBe(1_000);
  expect(layOut(record, { ...VIEW, nowMs: 25_000 }).ticks[0]).toEqual({ x: 0, label: "15 s" });
});

test("what lies ahead keeps its room once the width is full", () => {
  const view = { ...VIEW, nowMs: 25_000, aheadMs: 2_000 };
  expect(layOut(recordOf(), view).nowX).toBe(800);
  expect(layOut(recordOf(), { ...view, nowMs: 5_000 }).nowX).toBe(500);
});

test("without motion the view stands still between its steps", () => {
  const at = (nowMs: number) => layOut(recordOf(), { ...VIEW, nowMs, stepMs: 5_000 }).ticks[0]?.label;
  expect([9_000, 10_001, 14_900, 15_100].map(at)).toEqual(["0 s", "5 s", "5 s", "10 s"]);
});

test("an opening reaches from its pre-roll to now, and to its end once it has closed", () => {
  expect(layOut(recordOf(SPEECH, OPENED), VIEW).bands).toEqual([{ x: 150, width: 350, onsetX: 200, isClosed: false }]);
  expect(layOut(recordOf(SPEECH, OPENED, CLOSED), VIEW).bands).toEqual([
    { x: 150, width: 250, onsetX: 200, isClosed: true },
  ]);
});

test("bars are marked as sent where the gate let them pass, pre-roll included", () => {
  const { bars } = layOut(recordOf(...frames(0, 4_800, -30), SPEECH, OPENED, CLOSED), VIEW);
  const sent = bars.filter(({ isSent }) => isSent);
  expect(sent[0]?.x).toBeGreaterThan(140);
  expect(sent.at(-1)?.x).toBeLessThan(400);
  expect(bars.every(({ height }) => height === 0.5)).toBe(true);
});

test("a final text takes the place of the interim one", () => {
  const times = { segmentId: 1, transcriptId: 7, startMs: 2_000, endMs: 3_000, language: "en", confidence: 1 };
  const interim: VoiceEvent = { type: "transcript", atMs: 2_500, text: "go for", isFinal: false, words: [], ...times };
  const words = [{ word: "go", startMs: 2_000, endMs: 2_300, confidence: 1 }];
  const final: VoiceEvent = { type: "transcript", atMs: 3_500, text: "go", isFinal: true, words, ...times };
  const textsOf = (...events: VoiceEvent[]) => layOut(recordOf(...events), VIEW).words.map(({ text }) => text);
  expect(textsOf(interim)).toEqual(["go for"]);
  expect(textsOf(interim, final)).toEqual(["go"]);
  expect(textsOf(final, { type: "transcripts-superseded", atMs: 9, segmentId: 1, transcriptIds: [7] })).toEqual([]);
});

test("the line of probability breaks where sound is missing", () => {
  expect(layOut(recordOf(...frames(0, 320, -20), ...frames(1_000, 1_320, -20)), VIEW).probability).toHaveLength(2);
});
