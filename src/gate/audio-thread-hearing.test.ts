import { expect, test } from "vitest";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import { FrameJudge } from "../vad/frame-judge.ts";
import type { SyncVadEngine } from "../vad/vad-engine.ts";
import { AudioThreadHearing } from "./audio-thread-hearing.ts";
import type { HearingEvent, HearingOptions } from "./frame-decider.ts";
import { HearingPipeline } from "./hearing-pipeline.ts";

const FRAME = 512;
const OPTIONS: HearingOptions = { detector: {}, gate: { policy: "speech" } };

/** Believes the loudness of a frame's last sample; breaks at a given call. */
class LoudnessEngine implements SyncVadEngine {
  resets = 0;
  #calls = 0;
  readonly #breaksAt: number;

  constructor(breaksAt = Number.POSITIVE_INFINITY) {
    this.#breaksAt = breaksAt;
  }

  process(window: Float32Array): number {
    this.#calls += 1;
    if (this.#calls >= this.#breaksAt) throw new Error("broken");
    return Math.abs(window.at(-1)!);
  }

  reset(): void {
    this.resets += 1;
  }

  close(): void {}
}

/** Silence, speech, silence; a short gap; speech; a jump of the clock; speech; the end. */
function script(): CaptureEvent[] {
  const events: CaptureEvent[] = [];
  let at = 0;
  const frames = (count: number, loudness: number): void => {
    for (let index = 0; index < count; index++, at += FRAME) {
      const samples = new Float32Array(FRAME).fill(loudness);
      events.push({ type: "frame", startSample: at, samples, uplink: new Float32Array(1.5 * FRAME).fill(at / FRAME) });
    }
  };
  frames(20, 0);
  frames(30, 0.9);
  frames(70, 0);
  events.push({ type: "gap", startSample: at, lengthSamples: 800, isFilled: true });
  frames(10, 0.9);
  events.push({ type: "gap", startSample: at, lengthSamples: 16_000, isFilled: false });
  at += 16_000;
  frames(10, 0.9);
  events.push({ type: "mute", atSample: at, isMuted: true }, { type: "mute", atSample: at, isMuted: false });
  frames(5, 0.9);
  events.push({ type: "end", atSample: at });
  return events;
}

function plain(events: readonly HearingEvent[]): unknown[] {
  return events.map((event) =>
    event.type === "audio" ? { ...event, samples: [...event.samples], uplink: [...event.uplink!] } : event,
  );
}

test("the audio thread decides exactly as the worker does, wherever the model comes in", async () => {
  const fromWorker: HearingEvent[] = [];
  const judge = new FrameJudge(new LoudnessEngine());
  const pipeline = new HearingPipeline(OPTIONS, Promise.resolve(judge), (event) => fromWorker.push(event));
  for (const event of script()) pipeline.push(event);
  await pipeline.idle();
  for (const loadsAt of [0, 1, 25, 140]) {
    const events: HearingEvent[] = [];
    const hearing = new AudioThreadHearing(OPTIONS, (event) => events.push(event));
    for (const [index, event] of script().entries()) {
      if (index === loadsAt) hearing.load(new LoudnessEngine());
      hearing.push(event);
      hearing.work();
    }
    hearing.finish();
    expect(plain(events)).toEqual(plain(fromWorker));
  }
});

test("frames are lent: what is kept is a copy", () => {
  const passed: number[] = [];
  const hearing = new AudioThreadHearing({ detector: {}, gate: { policy: "always" } }, (event) => {
    if (event.type === "audio") passed.push(event.samples[0]!, event.uplink![0]!);
  });
  const lent = new Float32Array(FRAME);
  const uplink = new Float32Array(3 * FRAME);
  for (let value = 1; value <= 3; value++)
    hearing.push({
      type: "frame",
      startSample: value * FRAME,
      samples: lent.fill(value),
      uplink: uplink.fill(10 * value),
    });
  hearing.load(new LoudnessEngine());
  hearing.work();
  expect(passed).toEqual([1, 10, 2, 20, 3, 30]);
});

test("nothing is decided before the model is there, and then a little in each quantum", () => {
  const events: HearingEvent[] = [];
  const hearing = new AudioThreadHearing(OPTIONS, (event) => events.push(event));
  for (let index = 0; index < 10; index++) {
    hearing.push({ type: "frame", startSample: index * FRAME, samples: new Float32Array(FRAME) });
    hearing.work();
  }
  expect(events).toEqual([]);
  hearing.load(new LoudnessEngine());
  hearing.work();
  expect(events.length).toBe(3);
});

test.each([
  ["a model that never comes", (hearing: AudioThreadHearing) => hearing.giveUp(new Error("404"))],
  ["a model that breaks", (hearing: AudioThreadHearing) => hearing.load(new LoudnessEngine(3))],
  ["a stop before the model is there", () => undefined],
])("%s lets everything pass, says so once, and throws nothing", (_what, begin) => {
  const events: HearingEvent[] = [];
  const hearing = new AudioThreadHearing(OPTIONS, (event) => events.push(event));
  begin(hearing);
  for (const event of script()) {
    hearing.push(event);
    hearing.work();
  }
  hearing.finish();
  expect(events.filter(({ type }) => type === "vad-failed")).toHaveLength(1);
  const passed = events.reduce((sum, event) => sum + (event.type === "audio" ? event.samples.length : 0), 0);
  const captured = script().filter(({ type }) => type === "frame").length * FRAME;
  expect(passed).toBe(captured);
  expect(events.at(-1)!.type).toBe("end");
});
