import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { TurnRecord } from "./turn-record.ts";
import { layOutTurns, type TurnView } from "./turn-scene.ts";

/** 100 px a second. */
const VIEW: TurnView = { nowMs: 2_500, widthPx: 1_000, toX: (ms) => ms / 10, measurePx: (text) => text.length * 6 };

const SPOKE: VoiceEvent = { type: "speech-ended", atMs: 2_580, endMs: 2_000 };
const PENDING: VoiceEvent = {
  type: "turn-pending",
  atMs: 2_700,
  transcript: "go",
  delayMs: 1_500,
  endsAtMs: 3_500,
  probability: 0.1,
};
const TURN: VoiceEvent = {
  type: "turn",
  atMs: 3_510,
  transcript: "go",
  confidence: 1,
  skipsReply: false,
  metrics: { endOfTurnDelayMs: 1_510 },
};

function sceneOf(view: TurnView, ...events: VoiceEvent[]) {
  const record = new TurnRecord();
  for (const event of events) record.hear(event);
  return layOutTurns(record, view);
}

test("a silence grows from the end of speech to now, towards the end of its delay", () => {
  expect(sceneOf(VIEW, SPOKE).silences).toEqual([{ x: 200, width: 50, kind: "open" }]);
  expect(sceneOf(VIEW, SPOKE).labels).toEqual([{ text: "0.5 s", x: 200, isEnd: false }]);
  const { silences, labels } = sceneOf({ ...VIEW, nowMs: 3_000 }, SPOKE, PENDING);
  expect(silences).toEqual([{ x: 200, width: 100, kind: "waiting", goalX: 350 }]);
  expect(labels).toEqual([{ text: "1.0 of 1.5 s, 10 % sure", x: 200, isEnd: false }]);
});

test("the end of a turn is a line, with the delay that it took", () => {
  const { silences, ends, labels } = sceneOf({ ...VIEW, nowMs: 9_000 }, SPOKE, PENDING, TURN);
  expect(silences).toMatchObject([{ kind: "turn", width: 151, goalX: 350 }]);
  expect(ends).toEqual([{ x: 351 }]);
  expect(labels).toEqual([{ text: "1.51 s", x: 357, isEnd: true }]);
});

test("a silence that was called off has no goal any more", () => {
  const { silences, labels } = sceneOf(VIEW, SPOKE, PENDING, { type: "speech-started", atMs: 3_060, startMs: 3_000 });
  expect(silences).toEqual([{ x: 200, width: 100, kind: "resumed" }]);
  expect(labels).toMatchObject([{ text: "went on" }]);
});

test("no label covers another, and none leaves the picture on the right", () => {
  const again = (ms: number): VoiceEvent[] => [
    { ...SPOKE, endMs: ms },
    { ...PENDING, endsAtMs: ms + 1_500 },
    { ...TURN, atMs: ms + 100 },
  ];
  const { labels } = sceneOf({ ...VIEW, nowMs: 9_990 }, ...[7_000, 7_200, 8_000, 9_850].flatMap(again));
  const ends = labels.map(({ text, x }) => x + VIEW.measurePx(text));
  labels.slice(1).forEach(({ x }, index) => expect(x).toBeGreaterThan(ends[index]!));
  expect(ends.at(-1)).toBeLessThanOrEqual(1_000);
  expect(labels.length).toBeGreaterThanOrEqual(2);
});
