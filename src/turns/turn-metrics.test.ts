import { expect, test } from "vitest";
import { msToSamples } from "../audio/units.ts";
import { turnDecider } from "./turn-decider.ts";
import { turnMetrics } from "./turn-metrics.ts";

/** Anchors in seconds. */
function metricsOf(
  start: number | undefined,
  end: number | undefined,
  final: number | undefined,
  now: number,
): unknown {
  const at = (seconds: number): number => msToSamples(seconds * 1_000);
  return turnMetrics({
    startSample: start === undefined ? undefined : at(start),
    endSample: end === undefined ? undefined : at(end),
    finalAt: final === undefined ? undefined : at(final),
    committedAt: at(now),
  });
}

test("a turn is measured from the end of its speech", () => {
  expect(metricsOf(1_000, 1_005, 1_005.2, 1_005.4)).toEqual({
    startedSpeakingMs: 1_000_000,
    stoppedSpeakingMs: 1_005_000,
    transcriptionDelayMs: 200,
    endOfTurnDelayMs: 400,
  });
});

test("speech of no length is measured too", () => {
  const metrics = metricsOf(1_000, 1_000, 1_000, 1_000.3);
  expect(metrics).toMatchObject({ transcriptionDelayMs: 0, endOfTurnDelayMs: 300 });
});

test("a final that came while the person still spoke was not late", () => {
  expect(metricsOf(1_000, 1_005, 1_004, 1_005.5)).toMatchObject({ transcriptionDelayMs: 0, endOfTurnDelayMs: 500 });
});

test.each([
  ["the end of speech is of another turn, 220 s before", 1_000, 780, 1_000.2, 1_000.4],
  ["the final is of another turn", 1_000, 1_005, 999, 1_005.4],
  ["the end of speech lies in the future", 1_000, 1_120, 1_005, 1_005.4],
  ["the final lies in the future", 1_000, 1_005, 1_006, 1_005.4],
  ["the start is not known", undefined, 1_005, 1_005.2, 1_005.4],
  ["the end is not known", 1_000, undefined, 1_005.2, 1_005.4],
  ["no final came", 1_000, 1_005, undefined, 1_005.4],
])("nothing is measured if %s", (_why, start, end, final, now) => {
  expect(metricsOf(start, end, final, now)).toEqual({});
});

test("metrics name who decided", () => {
  const detector = {
    model: "cues",
    provider: "vivavoce",
    input: "text" as const,
    thresholdOf: () => 0.5,
    predict: () => Promise.resolve(1),
  };
  expect(turnDecider(detector)).toEqual({ model: "cues", provider: "vivavoce" });
  expect(turnDecider("vad")).toEqual({ model: "unknown", provider: "vad" });
  expect(turnDecider(undefined)).toBeUndefined();
});
