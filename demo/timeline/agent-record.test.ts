import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { AgentRecord, playedMs } from "./agent-record.ts";

const STARTED: VoiceEvent = { type: "agent-speech-started", atMs: 1_010, itemId: "a", startMs: 1_000 };
const PAUSED: VoiceEvent = { type: "interruption", atMs: 2_000, kind: "pause", cause: "speech" };
const RESUMED: VoiceEvent = { type: "agent-resumed", atMs: 4_000, cause: "silence" };
const STOPPED: VoiceEvent = { type: "interruption", atMs: 2_600, kind: "stop", cause: "transcript" };

function captionOf(text: string, atMs: number): VoiceEvent {
  return { type: "agent-caption", atMs, itemId: "a", text, heardMs: atMs - 1_000, receivedMs: 5_000 };
}

function endOf(endMs: number, heardMs: number, isInterrupted: boolean): VoiceEvent {
  return { type: "agent-speech-ended", atMs: endMs, itemId: "a", heardText: "", heardMs, isInterrupted, endMs };
}

function recordOf(...events: VoiceEvent[]): AgentRecord {
  const record = new AgentRecord();
  for (const event of events) record.hear(event);
  return record;
}

test("what is said sounds from its first sample to its last", () => {
  expect(recordOf(STARTED).speeches).toMatchObject([{ played: [{ startMs: 1_000 }], receivedMs: 0 }]);
  const { speeches } = recordOf(STARTED, captionOf("It is", 1_400), endOf(6_000, 5_000, false));
  expect(speeches).toEqual([
    { itemId: "a", played: [{ startMs: 1_000, endMs: 6_000 }], pauses: [], receivedMs: 5_000, isInterrupted: false },
  ]);
});

test("a pause holds it still, and what goes on counts on", () => {
  const { speeches, marks } = recordOf(STARTED, PAUSED, RESUMED);
  expect(speeches[0]).toMatchObject({
    played: [{ startMs: 1_000, endMs: 2_000 }, { startMs: 4_000 }],
    pauses: [{ startMs: 2_000, endMs: 4_000 }],
  });
  expect(playedMs(speeches[0]!, 5_500)).toBe(2_500);
  expect(marks.map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ["pause", 2_000],
    ["resume", 4_000],
  ]);
});

test("a pause that becomes an end is not played, and the cut says how much was heard", () => {
  const { speeches, marks } = recordOf(STARTED, PAUSED, STOPPED, endOf(2_610, 1_006, true));
  expect(speeches[0]).toMatchObject({
    played: [{ startMs: 1_000, endMs: 2_000 }],
    pauses: [{ startMs: 2_000, endMs: 2_610 }],
    isInterrupted: true,
  });
  expect(marks.at(-1)).toEqual({ atMs: 2_610, kind: "cut", text: "cut off at 1.0 s" });
});

test("nothing happens to what is over, nor to what was never heard", () => {
  expect(recordOf(PAUSED, RESUMED, endOf(2_000, 0, true))).toMatchObject({ speeches: [], marks: [] });
  expect(recordOf(STARTED, endOf(1_500, 500, false), PAUSED, RESUMED).marks).toEqual([]);
  expect(recordOf(STARTED, RESUMED).marks).toEqual([]);
});

test("each caption adds the words that it has more than the one before", () => {
  const { words } = recordOf(
    STARTED,
    captionOf("It", 1_200),
    captionOf("It is", 1_400),
    captionOf("It", 1_450),
    captionOf("It is sunny today", 1_800),
  );
  expect(words).toEqual([
    { text: "It", atMs: 1_200 },
    { text: "is", atMs: 1_400 },
    { text: "sunny today", atMs: 1_800 },
  ]);
});

test("a thought lasts until the agent does something else, or the session ends", () => {
  const thinks: VoiceEvent = { type: "agent-state", atMs: 520, from: "listening", to: "thinking", sinceMs: 500 };
  const speaks: VoiceEvent = { type: "agent-state", atMs: 910, from: "thinking", to: "speaking", sinceMs: 900 };
  expect(recordOf(thinks, speaks).thoughts).toEqual([{ startMs: 500, endMs: 900 }]);
  expect(recordOf(thinks, { type: "ended", atMs: 700, reason: "stopped" }).thoughts).toEqual([
    { startMs: 500, endMs: 700 },
  ]);
});

test("what is over is forgotten, and what lasts is not", () => {
  const record = recordOf(STARTED, captionOf("It", 1_200), PAUSED, endOf(2_500, 1_000, true), {
    ...STARTED,
    itemId: "b",
    startMs: 3_000,
  });
  record.forgetBefore(60_000);
  expect(record).toMatchObject({ speeches: [{ itemId: "b" }], marks: [], words: [] });
});
