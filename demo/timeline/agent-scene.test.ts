import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { AgentRecord } from "./agent-record.ts";
import { layOutAgent, type AgentView } from "./agent-scene.ts";

/** 100 px a second. */
const VIEW: AgentView = {
  nowMs: 3_000,
  widthPx: 1_000,
  toX: (ms) => ms / 10,
  measurePx: (text) => text.length * 6,
  heardRows: 3,
};

const STARTED: VoiceEvent = { type: "agent-speech-started", atMs: 1_010, itemId: "a", startMs: 1_000 };
const CAPTION: VoiceEvent = {
  type: "agent-caption",
  atMs: 1_200,
  itemId: "a",
  text: "It",
  heardMs: 200,
  receivedMs: 5_000,
};
const PAUSED: VoiceEvent = { type: "interruption", atMs: 2_000, kind: "pause", cause: "speech" };
const CUT: VoiceEvent = {
  type: "agent-speech-ended",
  atMs: 2_500,
  itemId: "a",
  heardText: "It",
  heardMs: 1_000,
  isInterrupted: true,
  endMs: 2_500,
};

function sceneOf(view: AgentView, ...events: VoiceEvent[]) {
  const record = new AgentRecord();
  for (const event of events) record.hear(event);
  return layOutAgent(record, view);
}

test("what was made and not heard lies ahead of the cursor, and shrinks while it is played", () => {
  expect(sceneOf(VIEW, STARTED, CAPTION)).toMatchObject({
    bars: [
      { kind: "ahead", x: 300, width: 300 },
      { kind: "played", x: 100, width: 200 },
    ],
    cursorX: 300,
  });
  const { bars } = sceneOf({ ...VIEW, nowMs: 5_900 }, STARTED, CAPTION);
  expect(bars[0]).toEqual({ kind: "ahead", x: 590, width: 10 });
});

test("in a pause the cursor stands where the voice does", () => {
  const { bars, cursorX } = sceneOf(VIEW, STARTED, CAPTION, PAUSED);
  expect(cursorX).toBe(200);
  expect(bars).toContainEqual({ kind: "paused", x: 200, width: 100 });
  expect(bars).toContainEqual({ kind: "ahead", x: 300, width: 400 });
});

test("what was cut off stays as what was never heard, until something else is said", () => {
  const cut = sceneOf(VIEW, STARTED, CAPTION, PAUSED, CUT);
  expect(cut.cursorX).toBeUndefined();
  expect(cut.bars).toContainEqual({ kind: "unheard", x: 250, width: 400 });
  const next: VoiceEvent = { ...STARTED, itemId: "b", startMs: 4_000 };
  expect(sceneOf({ ...VIEW, nowMs: 4_500 }, STARTED, CAPTION, PAUSED, CUT, next).bars).toContainEqual({
    kind: "unheard",
    x: 250,
    width: 150,
  });
});

test("an answer that was told to its end leaves nothing ahead", () => {
  const { bars, cursorX } = sceneOf(VIEW, STARTED, CAPTION, { ...CUT, isInterrupted: false });
  expect(bars.map(({ kind }) => kind)).toEqual(["played"]);
  expect(cursorX).toBeUndefined();
});

test("without rows there are no words", () => {
  expect(sceneOf({ ...VIEW, heardRows: 0 }, STARTED, CAPTION).words).toEqual([]);
  expect(sceneOf(VIEW, STARTED, CAPTION).words).toEqual([{ text: "It", x: 120, row: 0 }]);
});

test("no word covers another", () => {
  const captions = Array.from({ length: 12 }, (_, index): VoiceEvent => {
    const text = Array.from({ length: index + 1 }, (__, word) => `word${word}`).join(" ");
    return { ...CAPTION, text, atMs: 1_200 + index * 150 };
  });
  const { words } = sceneOf(VIEW, STARTED, ...captions);
  expect(words).toHaveLength(12);
  for (let row = 0; row < VIEW.heardRows; row++) {
    const inRow = words.filter((word) => word.row === row);
    inRow.slice(1).forEach(({ x }, index) => {
      const before = inRow[index]!;
      expect(x).toBeGreaterThanOrEqual(before.x + VIEW.measurePx(before.text));
    });
  }
});

test("what is said of a decision runs neither into the next one nor out of the picture", () => {
  const resumed: VoiceEvent = { type: "agent-resumed", atMs: 4_000, cause: "silence" };
  const soon: VoiceEvent = { ...resumed, atMs: 2_300 };
  expect(sceneOf(VIEW, STARTED, PAUSED, resumed).labels).toEqual([
    { text: "gives way", x: 208 },
    { text: "goes on", x: 408 },
  ]);
  expect(sceneOf(VIEW, STARTED, PAUSED, soon).labels).toEqual([{ text: "goes on", x: 238 }]);
  expect(sceneOf({ ...VIEW, widthPx: 230 }, STARTED, PAUSED).labels).toEqual([]);
});
