import { expect, test } from "vitest";
import type { HearingEvent } from "../../gate/frame-decider.ts";
import { TurnOnset } from "./turn-onset.ts";

const speaks = (startSample: number): HearingEvent => ({ type: "speech-started", startSample, atSample: startSample });
const ceases: HearingEvent = { type: "speech-ended", endSample: 9, atSample: 9 };
const opensAt = (startSample: number): HearingEvent => ({
  type: "segment-opened",
  segmentId: 1,
  startSample,
  atSample: startSample,
});
const opens = opensAt(0);
const closes: HearingEvent = { type: "segment-closed", segmentId: 1, endSample: 9, atSample: 9 };

test.each<[string, readonly HearingEvent[], readonly (number | undefined)[]]>([
  ["speech opens the gate", [speaks(1), opens, ceases, speaks(2)], [undefined, 1, undefined, undefined]],
  ["the gate is always open", [opens, speaks(1), ceases, speaks(2)], [undefined, 1, undefined, undefined]],
  ["a button opens it before speech", [speaks(1), ceases, opens, speaks(2)], [undefined, undefined, undefined, 2]],
  ["a button opens it during speech", [speaks(1), opensAt(3)], [undefined, 3]],
  ["nobody presses the button again", [opens, closes, speaks(1)], [undefined, undefined, undefined]],
])("a turn begins once, with speech that passes: %s", (_when, events, begun) => {
  const onset = new TurnOnset();
  expect(events.map((event) => onset.hear(event))).toEqual(begun);
});

test("what is said after the end of a turn begins the next one", () => {
  const onset = new TurnOnset();
  onset.hear(opens);
  onset.hear(speaks(1));
  onset.end();
  expect([ceases, speaks(2)].map((event) => onset.hear(event))).toEqual([undefined, 2]);
});
