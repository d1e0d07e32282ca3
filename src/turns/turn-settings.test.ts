import { describe, expect, test } from "vitest";
import type { OverlapDetector } from "./overlap-detector.ts";
import type { TurnDetector } from "./turn-detector.ts";
import type { EndpointingOptions, TurnDetection, TurnTakingOptions } from "./turn-options.ts";
import { endpointingSettings, turnSettings } from "./turn-settings.ts";

const detector: TurnDetector = {
  model: "m",
  provider: "p",
  input: "text",
  thresholdOf: () => 0.5,
  predict: () => Promise.resolve(1),
};
const hearsAll: TurnDetector = {
  ...detector,
  input: "audio-stream",
  stream: () => ({ push: () => undefined, close: () => undefined }),
};
const overlaps: OverlapDetector = {
  model: "m",
  provider: "p",
  stream: () => {
    throw new Error("not asked for here");
  },
};

test("without options, LiveKit Agents' defaults, in samples", () => {
  expect(turnSettings()).toEqual({
    detection: undefined,
    endpointing: { mode: "fixed", minDelaySamples: 8_000, maxDelaySamples: 48_000, alpha: 0.9 },
    interruption: {
      enabled: true,
      mode: "vad",
      minDurationSamples: 8_000,
      minWords: 0,
      resumeFalseInterruption: true,
      falseInterruptionTimeoutSamples: 32_000,
      discardAudioIfUninterruptible: true,
      backchannelBoundarySamples: [16_000, 16_000],
    },
    preemptiveGeneration: { enabled: true, maxSpeechSamples: 160_000, maxAttempts: 3 },
    userTurnLimit: { maxWords: Number.POSITIVE_INFINITY, maxDurationSamples: Number.POSITIVE_INFINITY },
    userAwayAfterSamples: 240_000,
    aecWarmupSamples: 48_000,
    detectorTimeoutMs: 1_000,
  });
});

test("what is given comes through", () => {
  const settings = turnSettings({
    detection: detector,
    endpointing: { mode: "dynamic", minDelayMs: 300, maxDelayMs: 1_000, alpha: 0.7 },
    interruption: { enabled: false, mode: overlaps, minDurationMs: 250, minWords: 2, resumeFalseInterruption: false },
    preemptiveGeneration: { enabled: false, maxSpeechMs: 1_000, maxAttempts: 0 },
    userTurnLimit: { maxWords: 5, maxDurationMs: 1_000 },
    userAwayAfterMs: 0,
    aecWarmupMs: 0,
    detectorTimeoutMs: 500,
  });
  expect(settings).toMatchObject({
    detection: detector,
    endpointing: { mode: "dynamic", minDelaySamples: 4_800, maxDelaySamples: 16_000, alpha: 0.7 },
    interruption: {
      enabled: false,
      mode: overlaps,
      minDurationSamples: 4_000,
      minWords: 2,
      resumeFalseInterruption: false,
    },
    preemptiveGeneration: { enabled: false, maxSpeechSamples: 16_000, maxAttempts: 0 },
    userTurnLimit: { maxWords: 5, maxDurationSamples: 16_000 },
    userAwayAfterSamples: 0,
    aecWarmupSamples: 0,
    detectorTimeoutMs: 500,
  });
});

test.each<readonly [EndpointingOptions, TurnDetection | undefined, number, number]>([
  [{}, undefined, 500, 3_000],
  [{}, "vad", 500, 3_000],
  [{}, detector, 500, 3_000],
  [{}, hearsAll, 300, 2_500],
  [{ minDelayMs: 400 }, hearsAll, 400, 2_500],
  [{ minDelayMs: 5_000 }, undefined, 5_000, 5_000],
  [{ maxDelayMs: 200 }, undefined, 200, 200],
  [{ minDelayMs: 0, maxDelayMs: 0 }, undefined, 0, 0],
])("delays %j with detection %j are %i and %i ms", (options, detection, minDelayMs, maxDelayMs) => {
  const { minDelaySamples, maxDelaySamples } = endpointingSettings(options, detection);
  expect([minDelaySamples / 16, maxDelaySamples / 16]).toEqual([minDelayMs, maxDelayMs]);
});

test.each([
  [250, [4_000, 4_000]],
  [0, [0, 0]],
  [
    [100, 999],
    [1_600, 15_984],
  ],
  [
    [0, 500],
    [0, 8_000],
  ],
] as const)("a backchannel boundary of %j ms is %j samples", (backchannelBoundaryMs, samples) => {
  expect(turnSettings({ interruption: { backchannelBoundaryMs } }).interruption.backchannelBoundarySamples).toEqual(
    samples,
  );
});

/** What callers without types may hand in. */
const wrong = (options: unknown): TurnTakingOptions => options as TurnTakingOptions;

describe("a wrong option is told by its path, the rule and the value", () => {
  test.each<readonly [options: TurnTakingOptions, message: string]>([
    [
      wrong({ detection: "VAD" }),
      'turns.detection must be one of "vad", "stt", "manual", "realtime" or a detector, got "VAD"',
    ],
    [wrong({ detection: null }), "turns.detection must be one of"],
    [wrong({ detection: { ...detector, input: "video" } }), 'turns.detection.input must be one of "text"'],
    [
      { detection: { ...detector, input: "audio-window" } },
      "turns.detection.windowMs must be in [1, 60000] ms, got undefined",
    ],
    [{ endpointing: { minDelayMs: -1 } }, "turns.endpointing.minDelayMs must be in [0, 60000] ms, got -1"],
    [{ endpointing: { minDelayMs: Number.NaN } }, "turns.endpointing.minDelayMs must be in [0, 60000] ms, got NaN"],
    [{ endpointing: { maxDelayMs: Number.POSITIVE_INFINITY } }, "turns.endpointing.maxDelayMs must be in"],
    [
      { endpointing: { minDelayMs: 900, maxDelayMs: 800 } },
      "turns.endpointing.maxDelayMs must be at least minDelayMs, 900, got 800",
    ],
    [{ endpointing: { alpha: 0 } }, "turns.endpointing.alpha must be in (0, 1], got 0"],
    [{ endpointing: { alpha: -0.5 } }, "turns.endpointing.alpha must be in (0, 1], got -0.5"],
    [{ endpointing: { alpha: 1.5 } }, "turns.endpointing.alpha must be in (0, 1], got 1.5"],
    [wrong({ endpointing: { mode: "slow" } }), 'turns.endpointing.mode must be one of "fixed", "dynamic", got "slow"'],
    [
      wrong({ interruption: { mode: "adaptive" } }),
      'turns.interruption.mode must be one of "vad" or a model such as adaptiveInterruption(), got "adaptive"',
    ],
    [
      { interruption: { minDurationMs: 60_001 } },
      "turns.interruption.minDurationMs must be in [0, 60000] ms, got 60001",
    ],
    [{ interruption: { minWords: 1.5 } }, "turns.interruption.minWords must be a whole number of at least 0, got 1.5"],
    [{ interruption: { falseInterruptionTimeoutMs: -2 } }, "turns.interruption.falseInterruptionTimeoutMs must be in"],
    [
      { interruption: { backchannelBoundaryMs: -1 } },
      "turns.interruption.backchannelBoundaryMs must be one or two non-negative numbers of ms, at most 60000, got -1",
    ],
    [{ interruption: { backchannelBoundaryMs: [100, -1] } }, "non-negative numbers of ms, at most 60000, got [100,-1]"],
    [wrong({ interruption: { backchannelBoundaryMs: [100] } }), "backchannelBoundaryMs must be one or two"],
    [wrong({ interruption: { backchannelBoundaryMs: [1, 2, 3] } }), "backchannelBoundaryMs must be one or two"],
    [wrong({ interruption: { backchannelBoundaryMs: "100" } }), "backchannelBoundaryMs must be one or two"],
    [{ preemptiveGeneration: { maxSpeechMs: -1 } }, "turns.preemptiveGeneration.maxSpeechMs must be in"],
    [{ preemptiveGeneration: { maxAttempts: -1 } }, "turns.preemptiveGeneration.maxAttempts must be a whole number"],
    [{ userTurnLimit: { maxWords: 0 } }, "turns.userTurnLimit.maxWords must be a whole number of at least 1, got 0"],
    [{ userTurnLimit: { maxDurationMs: -5 } }, "turns.userTurnLimit.maxDurationMs must be in [0, 86400000] ms, got -5"],
    [{ userAwayAfterMs: -1 }, "turns.userAwayAfterMs must be in [0, 86400000] ms, got -1"],
    [{ aecWarmupMs: Number.NaN }, "turns.aecWarmupMs must be in [0, 60000] ms, got NaN"],
    [{ detectorTimeoutMs: 0 }, "turns.detectorTimeoutMs must be in [1, 60000] ms, got 0"],
    [wrong({ userAwayAfterMs: "15" }), "turns.userAwayAfterMs must be in [0, 86400000] ms, got 15"],
  ])("%j", (options, message) => {
    expect(() => turnSettings(options)).toThrow(RangeError);
    expect(() => turnSettings(options)).toThrow(message);
  });

  test.each<readonly [options: TurnTakingOptions, message: string]>([
    [wrong({ interruption: { enabled: "no" } }), "turns.interruption.enabled must be true or false, got no"],
    [
      wrong({ interruption: { resumeFalseInterruption: 1 } }),
      "turns.interruption.resumeFalseInterruption must be true",
    ],
    [
      wrong({ preemptiveGeneration: { enabled: 0 } }),
      "turns.preemptiveGeneration.enabled must be true or false, got 0",
    ],
    [wrong({ detection: { ...detector, predict: 1 } }), "turns.detection.predict must be a function, got number"],
    [{ detection: { ...detector, input: "audio-stream" } }, "turns.detection.stream must be a function, got undefined"],
  ])("%j", (options, message) => {
    expect(() => turnSettings(options)).toThrow(TypeError);
    expect(() => turnSettings(options)).toThrow(message);
  });
});
