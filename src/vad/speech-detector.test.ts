import { expect, test } from "vitest";
import { detectorSettings, filterProbability, SILENT, SpeechDetector, stepDetector } from "./speech-detector.ts";

const FRAME = 512;

function changesOf(detector: SpeechDetector, probabilities: readonly number[]) {
  return probabilities.flatMap((probability, index) => {
    const change = detector.push(index * FRAME, (index + 1) * FRAME, probability);
    return change ? [change] : [];
  });
}

test("the filter gives LiveKit's golden numbers", () => {
  let filtered: number | undefined;
  const all = [0.1, 0.9, 0.9, 0.9, 0.2, 0.05, 0.05].map((raw) => (filtered = filterProbability(filtered, raw)));
  const golden = [0.1, 0.62, 0.802, 0.8657, 0.432995, 0.18404825, 0.0969168875];
  all.forEach((value, index) => expect(value).toBeCloseTo(golden[index]!, 9));
});

test("speech begins after two loud windows and ends after eighteen quiet ones, timed at the first of each", () => {
  const loud = 20;
  const changes = changesOf(new SpeechDetector(), [...Array(5).fill(0), ...Array(loud).fill(1), ...Array(30).fill(0)]);
  // The filter needs one window to pass 0.5 upwards (0.65) and one to fall to 0.35 (exactly quiet).
  expect(changes).toEqual([
    { type: "speech-started", startSample: 5 * FRAME, atSample: 7 * FRAME },
    { type: "speech-ended", endSample: 25 * FRAME, atSample: 43 * FRAME },
  ]);
});

test.each([
  ["one loud window is not speech", [0.9, 0.1], ["silent", "silent"]],
  [
    "the lower threshold serves only while speaking",
    [0.4, 0.4, 0.9, 0.9, 0.4, 0.4],
    ["silent", "silent", "silent", "speaking", "speaking", "speaking"],
  ],
  ["a probability equal to the activation is loud", [0.5, 0.5], ["silent", "speaking"]],
  ["a probability equal to the deactivation is quiet", [0.9, 0.9, 0.35], ["silent", "speaking", "speaking"]],
])("%s", (_law, probabilities, kinds) => {
  const settings = detectorSettings();
  let state = SILENT;
  expect(probabilities.map((probability) => (state = stepDetector(state, probability, settings)).kind)).toEqual(kinds);
});

test("zero durations decide on the first window, and never on none", () => {
  const settings = detectorSettings({ minSpeechMs: 0, minSilenceMs: 0 });
  expect(stepDetector(SILENT, 0.1, settings).kind).toBe("silent");
  expect(stepDetector(SILENT, 0.9, settings).kind).toBe("speaking");
  expect(stepDetector({ kind: "speaking", quietSamples: 0 }, 0.9, settings).kind).toBe("speaking");
  expect(stepDetector({ kind: "speaking", quietSamples: 0 }, 0.1, settings).kind).toBe("silent");
});

test("a random walk keeps starts and ends in pairs, and time never goes back", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const detector = new SpeechDetector();
  let last = 0;
  let open = false;
  for (let index = 0; index < 20_000; index++) {
    const at = index * FRAME;
    const change =
      random() < 0.001 ? detector.reset(at) : detector.push(at, at + FRAME, random() ** (index % 400 < 200 ? 0.2 : 5));
    if (!change) continue;
    expect(change.type).toBe(open ? "speech-ended" : "speech-started");
    open = !open;
    const time = change.type === "speech-started" ? change.startSample : change.endSample;
    expect(time).toBeGreaterThanOrEqual(last);
    expect(change.atSample).toBeGreaterThanOrEqual(time);
    last = time;
  }
});

test.each([
  [{ activation: 7 }, "vad.activation must be in (0, 1], got 7"],
  [{ activation: 0.3, deactivation: 0.4 }, "vad.deactivation must be in (0, activation], got 0.4 with activation 0.3"],
  [{ minSilenceMs: -1 }, "vad.minSilenceMs must be in [0, 60000] ms, got -1"],
  [{ minSpeechMs: Number.NaN }, "vad.minSpeechMs must be in [0, 60000] ms, got NaN"],
])("bad options fail at once and say why: %j", (options, message) => {
  expect(() => new SpeechDetector(options)).toThrow(new RangeError(message));
});
