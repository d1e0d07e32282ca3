import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { TurnRecord } from "./turn-record.ts";

const SPOKE: VoiceEvent = { type: "speech-ended", atMs: 2_580, endMs: 2_000 };
const PENDING: VoiceEvent = { type: "turn-pending", atMs: 2_700, transcript: "go", delayMs: 1_500, endsAtMs: 3_500 };
const JUDGED: VoiceEvent = { ...PENDING, delayMs: 3_000, endsAtMs: 5_000, probability: 0.1, threshold: 0.5 };
const SETTLED: VoiceEvent = { type: "segment-settled", atMs: 3_600, segmentId: 1, metrics: { sentMs: 2_500 } };
const TURN: VoiceEvent = {
  type: "turn",
  atMs: 3_510,
  transcript: "go",
  confidence: 1,
  skipsReply: false,
  metrics: { endOfTurnDelayMs: 1_510 },
};

function recordOf(...events: VoiceEvent[]): TurnRecord {
  const record = new TurnRecord();
  for (const event of events) record.hear(event);
  return record;
}

test("a silence begins where speech ended, gets its delay, and ends with the turn", () => {
  expect(recordOf(SPOKE).silences).toEqual([{ startMs: 2_000 }]);
  expect(recordOf(SPOKE, PENDING).silences).toEqual([{ startMs: 2_000, delayMs: 1_500 }]);
  const { silences, marks } = recordOf(SPOKE, PENDING, TURN);
  expect(silences).toEqual([{ startMs: 2_000, delayMs: 1_500, endMs: 3_510, outcome: "turn" }]);
  expect(marks).toEqual([{ atMs: 3_510, delayMs: 1_510 }]);
});

test("a detector's verdict takes the place of the first delay", () => {
  expect(recordOf(SPOKE, PENDING, JUDGED).silences).toEqual([{ startMs: 2_000, delayMs: 3_000, probability: 0.1 }]);
});

test("speech that goes on ends the silence where it began, whether or not a delay was chosen", () => {
  const started: VoiceEvent = { type: "speech-started", atMs: 3_060, startMs: 3_000 };
  const resumed: VoiceEvent = { type: "turn-resumed", atMs: 3_060 };
  expect(recordOf(SPOKE, PENDING, started, resumed).silences).toMatchObject([{ endMs: 3_000, outcome: "resumed" }]);
  expect(recordOf(SPOKE, started).silences).toEqual([{ startMs: 2_000, endMs: 3_000, outcome: "resumed" }]);
});

test("a silence of which no text came is over, unless one comes after all", () => {
  expect(recordOf(SPOKE, SETTLED).silences).toMatchObject([{ outcome: "nothing" }]);
  expect(recordOf(SPOKE, SETTLED, PENDING).silences).toEqual([{ startMs: 2_000, delayMs: 1_500 }]);
  expect(recordOf(SPOKE, PENDING, SETTLED).silences[0]?.outcome).toBeUndefined();
});

test("a delay without a silence before it counts back from its end", () => {
  expect(recordOf(PENDING).silences).toEqual([{ startMs: 2_000, delayMs: 1_500 }]);
  expect(recordOf(SPOKE, PENDING, TURN, JUDGED).silences).toHaveLength(2);
});

test("what is over is forgotten, and what lasts is not", () => {
  const record = recordOf(SPOKE, PENDING, TURN, { ...SPOKE, endMs: 4_000 });
  record.forgetBefore(60_000);
  expect([record.silences, record.marks]).toEqual([[{ startMs: 4_000 }], []]);
});
