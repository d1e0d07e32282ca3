import type { VoiceEvent } from "vivavoce";
import { expect, test } from "vitest";
import { AnswerDelays } from "./answer-delays.ts";

const speech = (startMs: number, endMs: number): readonly VoiceEvent[] => [
  { type: "speech-started", atMs: startMs + 60, startMs },
  { type: "speech-ended", atMs: endMs + 550, endMs },
];
const turn = (atMs: number): VoiceEvent => ({ type: "turn", atMs, transcript: "", metrics: {} }) as VoiceEvent;
const answer = (startMs: number): VoiceEvent => ({ type: "agent-speech-started", atMs: startMs, itemId: "a", startMs });

test.each<[string, readonly VoiceEvent[], number | undefined]>([
  ["from the last word to the voice", [...speech(0, 1_000), turn(1_550), answer(1_900)], 900],
  ["the speech of now counts", [...speech(0, 1_000), ...speech(1_300, 2_000), turn(2_550), answer(2_600)], 600],
  ["a button ends speech", [{ type: "speech-started", atMs: 60, startMs: 0 }, turn(700), answer(1_000)], 300],
  ["what was written, or said unasked, is no answer to speech", [answer(500)], undefined],
  ["a turn is answered once", [...speech(0, 1_000), turn(1_550), answer(1_900), answer(9_000)], 900],
])("%s", (_law, events, lastMs) => {
  const delays = new AnswerDelays();
  for (const event of events) delays.hear(event);
  expect(delays.durations?.lastMs).toBe(lastMs);
});
