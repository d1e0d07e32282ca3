import { expect, test } from "vitest";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import { FrameJudge } from "../vad/frame-judge.ts";
import { CONTEXT_SAMPLES } from "../vad/silero-window.ts";
import type { VadEngine } from "../vad/vad-engine.ts";
import type { HearingEvent, HearingOptions } from "./frame-decider.ts";
import { HearingPipeline } from "./hearing-pipeline.ts";

const FRAME = 512;
const LOUD = 0.9;
const QUIET = 0;

/** Believes what a frame's samples say: each holds its own probability. Keeps a state, as Silero does. */
class FakeEngine implements VadEngine {
  readonly judged: number[] = [];
  resets = 0;
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #delayTurns: () => number;
  readonly #breaksAt: number;

  /** `delayTurns`: how many turns of the microtask queue a frame takes; `breaksAt`: the frame on which it throws. */
  constructor(delayTurns = (): number => 0, breaksAt = Number.POSITIVE_INFINITY) {
    this.#delayTurns = delayTurns;
    this.#breaksAt = breaksAt;
  }

  async process(window: Float32Array): Promise<number> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    for (let turn = this.#delayTurns(); turn > 0; turn--) await Promise.resolve();
    const probability = window[CONTEXT_SAMPLES]!;
    this.#atOnce -= 1;
    if (this.judged.length === this.#breaksAt) throw new Error("out of memory");
    this.judged.push(probability);
    return probability;
  }

  reset(): void {
    this.resets += 1;
  }

  close(): void {}
}

interface Rig {
  readonly pipeline: HearingPipeline;
  readonly said: HearingEvent[];
}

const GATE = { preRollMs: 64, flushAfterMs: 0, closeAfterMs: 96 };

function rig(judge: Promise<FrameJudge | undefined>, gate: HearingOptions["gate"] = GATE): Rig {
  const said: HearingEvent[] = [];
  return { pipeline: new HearingPipeline({ detector: {}, gate }, judge, (event) => said.push(event)), said };
}

function judging(engine: VadEngine): Promise<FrameJudge> {
  return Promise.resolve(new FrameJudge(engine));
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

function frames(probabilities: readonly number[], from = 0): CaptureEvent[] {
  return probabilities.map((probability, index) => ({
    type: "frame",
    startSample: (from + index) * FRAME,
    samples: new Float32Array(FRAME).fill(probability),
  }));
}

function times(count: number, probability: number): number[] {
  return Array.from({ length: count }, () => probability);
}

async function hear({ pipeline, said }: Rig, events: readonly CaptureEvent[]): Promise<HearingEvent[]> {
  for (const event of events) pipeline.push(event);
  await pipeline.idle();
  return said.splice(0);
}

function ofType<T extends HearingEvent["type"]>(events: readonly HearingEvent[], type: T) {
  return events.filter((event): event is Extract<HearingEvent, { type: T }> => event.type === type);
}

/** What happened, without frames and audio, times in frames. */
function story(events: readonly HearingEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "frame" || event.type === "audio") return [];
    if (event.type === "speech-started") return [`${event.type} ${event.startSample / FRAME}`];
    if (event.type === "speech-ended") return [`${event.type} ${event.endSample / FRAME}`];
    if (event.type === "segment-opened") return [`${event.type} ${event.startSample / FRAME}`];
    if (event.type === "segment-closed") return [`${event.type} ${event.endSample / FRAME}`];
    return [event.type];
  });
}

const TALK = [...times(5, QUIET), ...times(10, LOUD), ...times(30, QUIET)];

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test("speech is announced before the gate opens for it, and its end before the flush", async () => {
  expect(story(await hear(rig(judging(new FakeEngine())), frames(TALK)))).toEqual([
    "speech-started 5",
    "segment-opened 3",
    "speech-ended 15",
    "flush",
    "segment-closed 36",
  ]);
});

test.each([1, 2, 3])(
  "a stateful model sees one frame at a time, in order, however long each takes (seed %d)",
  async (seed) => {
    const random = seeded(seed);
    const slow = new FakeEngine(() => Math.floor(random() * 20));
    const spoken = Array.from({ length: 200 }, () => Math.fround(random()));
    const heard = rig(judging(slow));
    for (const event of frames(spoken)) {
      heard.pipeline.push(event);
      if (random() < 0.3) await Promise.resolve();
    }
    await heard.pipeline.idle();
    expect(slow.judged).toEqual(spoken);
    expect(slow.mostAtOnce).toBe(1);
    const atOnce = await hear(rig(judging(new FakeEngine())), frames(spoken));
    expect(heard.said).toEqual(atOnce);
  },
);

test("frames that come while the model loads wait, and are judged in order, none lost", async () => {
  const engine = new FakeEngine();
  const { promise, resolve } = deferred<FrameJudge>();
  const late = rig(promise);
  for (const event of frames(TALK)) late.pipeline.push(event);
  await Promise.resolve();
  expect(late.said).toEqual([]);
  resolve(new FrameJudge(engine));
  await late.pipeline.idle();
  expect(late.said).toEqual(await hear(rig(judging(new FakeEngine())), frames(TALK)));
});

test("a button that was pressed and released while the model loaded passes what was said between", async () => {
  const { promise, resolve } = deferred<FrameJudge>();
  const { pipeline, said } = rig(promise, { policy: "manual" });
  const [first, second, third, fourth] = frames(times(4, QUIET));
  pipeline.push(first!);
  pipeline.push({ type: "want", isOpen: true });
  pipeline.push(second!);
  pipeline.push(third!);
  pipeline.push({ type: "want", isOpen: false });
  pipeline.push(fourth!);
  resolve(new FrameJudge(new FakeEngine()));
  await pipeline.idle();
  expect(ofType(said, "audio").map(({ startSample }) => startSample / FRAME)).toEqual([1, 2]);
  expect(story(said)).toEqual(["segment-opened 1", "flush", "segment-closed 3"]);
});

test("a model that cannot load is reported once, and everything passes from the first frame on", async () => {
  const events = await hear(rig(Promise.reject(new Error("404"))), frames(TALK));
  expect(events[0]).toEqual({ type: "vad-failed", message: "404" });
  expect(ofType(events, "vad-failed")).toHaveLength(1);
  expect(ofType(events, "audio").map(({ startSample }) => startSample / FRAME)).toEqual([...TALK.keys()]);
  expect(ofType(events, "frame").every((frame) => !("probability" in frame) && frame.isOpen)).toBe(true);
});

test("a model that breaks midway is reported once, and what was held passes first", async () => {
  const events = await hear(rig(judging(new FakeEngine(() => 0, 4))), frames(times(8, QUIET)));
  expect(story(events)).toEqual(["vad-failed", "segment-opened 2"]);
  expect(ofType(events, "audio").map(({ startSample }) => startSample / FRAME)).toEqual([2, 3, 4, 5, 6, 7]);
});

test("a model that breaks while the person speaks breaks no segment", async () => {
  const events = await hear(rig(judging(new FakeEngine(() => 0, 8))), frames(times(40, LOUD)));
  expect(story(events)).toEqual(["speech-started 0", "segment-opened 0", "vad-failed"]);
  expect(ofType(events, "audio").map(({ startSample }) => startSample / FRAME)).toEqual([...times(40, 0).keys()]);
});

test("without a model, policy always passes every sample once and knows no probability", async () => {
  const events = await hear(rig(Promise.resolve(undefined), { policy: "always" }), frames(TALK));
  expect(ofType(events, "audio")).toHaveLength(TALK.length);
  expect(ofType(events, "frame").every((frame) => !("probability" in frame))).toBe(true);
});

test("a long gap ends the speech, closes the segment and makes the model forget; a filled one does nothing", async () => {
  const engine = new FakeEngine();
  const heard = rig(judging(engine));
  await hear(heard, frames(times(4, LOUD)));
  expect(
    story(await hear(heard, [{ type: "gap", startSample: 4 * FRAME, lengthSamples: 3_000, isFilled: true }])),
  ).toEqual(["gap"]);
  expect(engine.resets).toBe(0);
  expect(
    story(await hear(heard, [{ type: "gap", startSample: 4 * FRAME, lengthSamples: 20 * FRAME, isFilled: false }])),
  ).toEqual(["speech-ended 4", "flush", "segment-closed 4", "gap"]);
  expect(engine.resets).toBe(1);
  expect(story(await hear(heard, frames(times(3, LOUD), 24)))).toEqual(["speech-started 24", "segment-opened 24"]);
});

test("the model keeps its state from segment to segment", async () => {
  const engine = new FakeEngine();
  await hear(rig(judging(engine)), frames([...TALK, ...TALK]));
  expect(engine.resets).toBe(0);
});

test("the end of capture ends the speech, flushes, closes, and is told last", async () => {
  const heard = rig(judging(new FakeEngine()));
  const events = await hear(heard, [...frames(times(4, LOUD)), { type: "end", atSample: 4 * FRAME }]);
  expect(story(events)).toEqual([
    "speech-started 0",
    "segment-opened 0",
    "speech-ended 4",
    "flush",
    "segment-closed 4",
    "end",
  ]);
});

test("nothing is said to have been spoken while muted, and speech right after a short mute is heard", async () => {
  const heard = rig(judging(new FakeEngine()));
  const at = (frame: number): number => frame * FRAME;
  expect(story(await hear(heard, frames(times(4, LOUD))))).toEqual(["speech-started 0", "segment-opened 0"]);
  // What Silero says of the frame that was under way, and of the silence after it for a while.
  const muted = await hear(heard, [
    { type: "mute", atSample: at(4) + 100, isMuted: true },
    ...frames(times(4, LOUD), 4),
  ]);
  expect(story(muted)).toEqual(["speech-ended 4.1953125", "flush", "segment-closed 4", "mute"]);
  expect(ofType(muted, "audio")).toEqual([]);
  const unmuted = await hear(heard, [{ type: "mute", atSample: at(8), isMuted: false }, ...frames(times(3, LOUD), 8)]);
  expect(story(unmuted)).toEqual(["mute", "speech-started 8", "segment-opened 8"]);
});

test.each([{}, { policy: "always" }, { policy: "manual" }] as const)(
  "with %j every sample captured between openings and closings comes out exactly once",
  async (policy) => {
    const random = seeded(11);
    const heard = rig(judging(new FakeEngine(() => Math.floor(random() * 3))), { ...GATE, ...policy });
    let now = 0;
    let isMuted = false;
    let loud = 0;
    for (let step = 0; step < 3_000; step++) {
      const chance = random();
      if (chance < 0.01) {
        isMuted = !isMuted;
        heard.pipeline.push({ type: "mute", atSample: now + Math.floor(random() * FRAME), isMuted });
      } else if (chance < 0.015) {
        heard.pipeline.push({ type: "gap", startSample: now, lengthSamples: 5_000, isFilled: false });
        now += 5_000;
      } else if (chance < 0.03) heard.pipeline.push({ type: "want", isOpen: random() < 0.5 });
      else {
        if (random() < 0.05) loud = random();
        heard.pipeline.push({ type: "frame", startSample: now, samples: new Float32Array(FRAME).fill(loud) });
        now += FRAME;
      }
      if (random() < 0.2) await heard.pipeline.idle();
    }
    const events = await hear(heard, [{ type: "end", atSample: now }]);
    const opened = ofType(events, "segment-opened");
    const closed = ofType(events, "segment-closed");
    expect(opened.length).toBeGreaterThan(5);
    expect(closed.map(({ segmentId }) => segmentId)).toEqual(opened.map(({ segmentId }) => segmentId));
    const audio = ofType(events, "audio");
    for (const [index, { segmentId, startSample }] of opened.entries()) {
      let at = startSample;
      for (const piece of audio.filter((event) => event.segmentId === segmentId)) {
        if (piece.startSample !== at) throw new Error(`#${segmentId}: ${piece.startSample} follows ${at}`);
        at += piece.samples.length;
      }
      expect(at).toBe(Math.max(startSample, closed[index]!.endSample));
    }
    const speech = events.filter(({ type }) => type === "speech-started" || type === "speech-ended");
    speech.forEach(({ type }, index) => expect(type).toBe(index % 2 === 0 ? "speech-started" : "speech-ended"));
    expect(ofType(events, "end")).toEqual([events.at(-1)]);
  },
);
