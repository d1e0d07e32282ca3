import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import { AudioWindow } from "./audio-window.ts";
import { Detection, type DetectionParts, type DetectionVerdict } from "./detection.ts";
import type { DetectorRequest, TurnDetector } from "./turn-detector.ts";

interface Asked {
  readonly request: DetectorRequest;
  readonly answer: (probability: number) => void;
  readonly fail: (cause: unknown) => void;
}

/** A detector whose answers the test gives, when it likes. */
function setUp(detector: Partial<TurnDetector> = {}, parts: Partial<DetectionParts> = {}) {
  const asked: Asked[] = [];
  const verdicts: DetectionVerdict[] = [];
  const clock = new FakeClock();
  const detection = new Detection({
    detector: {
      model: "scripted",
      provider: "test",
      input: "text",
      thresholdOf: () => 0.5,
      predict: (request) =>
        new Promise((answer, fail) => {
          asked.push({ request, answer, fail });
        }),
      ...detector,
    },
    timeoutMs: 1_000,
    clock,
    ...parts,
  });
  const ask = (transcript: string, language?: string): void => {
    const messages = [{ role: "user", text: transcript }] as const;
    detection.ask({ messages, transcript, language }, (verdict) => void verdicts.push(verdict));
  };
  return { asked, verdicts, clock, detection, ask };
}

test.each([
  [0.49, false],
  [0.5, true],
  [0, false],
  [1, true],
])("a probability of %f at a threshold of .5: likely over is %s", async (probability, isLikelyOver) => {
  const { asked, verdicts, clock, ask } = setUp();
  ask("I would like", "en");
  expect(asked[0]?.request).toMatchObject({
    transcript: "I would like",
    language: "en",
    messages: [{ role: "user", text: "I would like" }],
  });
  clock.advance(70);
  asked[0]?.answer(probability);
  await settled();
  expect(verdicts).toEqual([{ probability, threshold: 0.5, isLikelyOver, durationMs: 70 }]);
  expect(clock.pending).toBe(0);
  expect(asked[0]?.request.signal.aborted).toBe(false);
});

test("a question that was called off is aborted and has no verdict, also if its answer comes", async () => {
  const { asked, verdicts, clock, detection, ask } = setUp();
  ask("one");
  detection.cancel();
  expect(asked[0]?.request.signal.aborted).toBe(true);
  expect(clock.pending).toBe(0);
  asked[0]?.answer(1);
  clock.advance(5_000);
  await settled();
  expect(verdicts).toEqual([]);
});

test("a new question takes the place of the one before, whichever is answered first", async () => {
  const { asked, verdicts, clock, ask } = setUp();
  ask("one");
  ask("one two");
  expect(asked.map(({ request }) => request.signal.aborted)).toEqual([true, false]);
  asked[0]?.answer(0);
  await settled();
  expect(verdicts).toEqual([]);
  asked[1]?.answer(1);
  asked[0]?.fail(new Error("aborted"));
  await settled();
  expect(verdicts).toMatchObject([{ probability: 1 }]);
  expect(clock.pending).toBe(0);
});

test("an answer that is on its way when the person goes on is dropped", async () => {
  const { asked, verdicts, detection, ask } = setUp();
  ask("one");
  asked[0]?.answer(1);
  detection.cancel();
  await settled();
  expect(verdicts).toEqual([]);
});

test("a late answer counts for nothing: one verdict, the timeout", async () => {
  const { asked, verdicts, clock, ask } = setUp();
  ask("one");
  clock.advance(999);
  expect(verdicts).toEqual([]);
  clock.advance(1);
  expect(verdicts).toEqual([{ isLikelyOver: true, reason: "timeout", durationMs: 1_000 }]);
  expect(asked[0]?.request.signal.aborted).toBe(true);
  asked[0]?.answer(0.1);
  await settled();
  expect(verdicts).toHaveLength(1);
});

test("after a timeout the next question is asked as before", async () => {
  const { asked, verdicts, clock, ask } = setUp();
  ask("one");
  clock.advance(1_000);
  ask("two");
  asked[1]?.answer(0.7);
  await settled();
  expect(verdicts).toMatchObject([{ reason: "timeout" }, { probability: 0.7 }]);
});

test.each([Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY, undefined as unknown as number, "1" as unknown as number])(
  "a probability of %s is a failure, and holds nothing up",
  async (probability) => {
    const { asked, verdicts, clock, ask } = setUp();
    ask("one");
    asked[0]?.answer(probability);
    await settled();
    expect(verdicts).toMatchObject([{ isLikelyOver: true, reason: "failed", cause: { code: "provider-failed" } }]);
    expect(verdicts[0]).not.toHaveProperty("probability");
    expect(clock.pending).toBe(0);
  },
);

test("a detector that rejects or throws is told of once, with what it threw", async () => {
  const cause = new Error("out of memory");
  const rejecting = setUp();
  rejecting.ask("one");
  rejecting.asked[0]?.fail(cause);
  const throwing = setUp({
    predict: () => {
      throw cause;
    },
  });
  throwing.ask("one");
  const thresholdless = setUp({
    thresholdOf: () => {
      throw cause;
    },
  });
  thresholdless.ask("one");
  await settled();
  for (const { verdicts, clock } of [rejecting, throwing, thresholdless]) {
    expect(verdicts).toEqual([{ isLikelyOver: true, reason: "failed", cause, durationMs: 0 }]);
    expect(clock.pending).toBe(0);
  }
});

test("a threshold out of range is a failure", async () => {
  const { verdicts, asked, ask } = setUp({ thresholdOf: () => Number.NaN });
  ask("one");
  await settled();
  expect(verdicts).toMatchObject([{ isLikelyOver: true, reason: "failed" }]);
  expect(asked).toEqual([]);
});

test("in a language that it does not know it is not asked", async () => {
  const { verdicts, asked, clock, ask } = setUp({ thresholdOf: (language) => (language === "en" ? 0.3 : undefined) });
  ask("eins", "de");
  expect(verdicts).toEqual([]); // never before ask() has returned
  await settled();
  expect(verdicts).toEqual([{ isLikelyOver: true, reason: "unsupported-language", durationMs: 0 }]);
  expect([asked, clock.pending]).toEqual([[], 0]);
  ask("one", "en");
  asked[0]?.answer(0.3);
  await settled();
  expect(verdicts[1]).toMatchObject({ threshold: 0.3, isLikelyOver: true });
});

test("a closed detection aborts, and asks nothing more", async () => {
  const { verdicts, asked, clock, detection, ask } = setUp();
  ask("one");
  detection.close();
  ask("two");
  asked[0]?.answer(1);
  clock.advance(5_000);
  await settled();
  expect([asked.length, asked[0]?.request.signal.aborted, verdicts, clock.pending]).toEqual([1, true, [], 0]);
});

test("a closed detection lets its detector free what it holds", () => {
  let closed = 0;
  const stream = { push: () => undefined, close: () => void (closed += 1) };
  const ear = { model: "ear", provider: "test", thresholdOf: () => 0.5, predict: () => Promise.resolve(1) };
  const audio = new AudioWindow({ ...ear, input: "audio-stream", stream: () => stream });
  setUp({}, { audio }).detection.close();
  expect(closed).toBe(1);
});

test("a verdict may ask the next question", async () => {
  const { asked, clock, detection } = setUp();
  const reasons: (string | undefined)[] = [];
  const again = ({ reason }: DetectionVerdict): void => {
    reasons.push(reason);
    if (reasons.length < 3) detection.ask({ messages: [], transcript: "" }, again);
  };
  detection.ask({ messages: [], transcript: "" }, again);
  clock.advance(3_000);
  await settled();
  expect(reasons).toEqual(["timeout", "timeout", "timeout"]);
  expect(asked.map(({ request }) => request.signal.aborted)).toEqual([true, true, true]);
});

test("a detector of audio is handed its window, and a stream that broke is not asked", async () => {
  const windowed = { input: "audio-window", windowMs: 1 } as const;
  const scripted = { model: "ear", provider: "test", thresholdOf: () => 0.5, predict: () => Promise.resolve(1) };
  const audio = new AudioWindow({ ...scripted, ...windowed });
  audio.push(0, Float32Array.of(0.25, 0.5));
  const { asked, ask } = setUp(windowed, { audio });
  ask("one");
  expect(asked[0]?.request.audio?.subarray(14)).toEqual(Float32Array.of(0.25, 0.5));

  const cause = new Error("deaf");
  const stream = (): never => {
    throw cause;
  };
  const broken = setUp({}, { audio: new AudioWindow({ ...scripted, input: "audio-stream", stream }) });
  broken.ask("one");
  await settled();
  expect([broken.asked, broken.verdicts]).toMatchObject([[], [{ isLikelyOver: true, reason: "failed", cause }]]);
});
