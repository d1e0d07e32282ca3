import { expect, test } from "vitest";
import { designKernel } from "../audio/kernel.ts";
import type { CaptureEvent } from "./capture-messages.ts";
import { CapturePipeline } from "./capture-pipeline.ts";

const QUANTUM = 128;
const FRAME = 512;

/** A pipeline and what it emitted, with frames copied as a processor does. */
class Rig {
  readonly events: CaptureEvent[] = [];
  readonly pipeline: CapturePipeline;
  readonly rate: number;
  currentFrame = 1_000;

  constructor(rate: number) {
    this.rate = rate;
    this.pipeline = new CapturePipeline({ kernel: designKernel(rate, 16_000) }, (event) =>
      this.events.push(event.type === "frame" ? { ...event, samples: event.samples.slice() } : event),
    );
  }

  /** Pushes `channels` in quanta of the given sizes, over and over. */
  play(channels: readonly Float32Array[], sizes: readonly number[] = [QUANTUM]): void {
    const length = channels[0]?.length ?? 0;
    for (let read = 0, turn = 0; read < length; turn++) {
      const end = Math.min(length, read + sizes[turn % sizes.length]!);
      this.pipeline.push(
        this.currentFrame,
        channels.map((channel) => channel.subarray(read, end)),
      );
      this.currentFrame += end - read;
      read = end;
    }
  }

  playSilence(quanta: number): void {
    this.play([new Float32Array(quanta * QUANTUM)]);
  }

  get frames() {
    return this.events.filter((event) => event.type === "frame");
  }

  get others() {
    return this.events.filter((event) => event.type !== "frame");
  }

  /** All samples in one, at their place on the clock; NaN where there are none. */
  get sound(): Float32Array {
    const end = Math.max(0, ...this.frames.map(({ startSample, samples }) => startSample + samples.length));
    const whole = new Float32Array(end).fill(Number.NaN);
    for (const { startSample, samples } of this.frames) whole.set(samples, startSample);
    return whole;
  }
}

function noise(length: number, firstSeed = 1): Float32Array {
  let state = firstSeed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

function played(rate: number, channels: readonly Float32Array[], sizes?: readonly number[]): CaptureEvent[] {
  const rig = new Rig(rate);
  rig.play(channels, sizes);
  rig.pipeline.finish();
  return rig.events;
}

test.each([16_000, 44_100, 48_000])(
  "at %d Hz frames are the same to the bit whatever the size of a quantum",
  (rate) => {
    const sound = noise(20_000);
    const usual = played(rate, [sound]);
    for (const sizes of [[1, 127], [64], [256], [1_000, 3], [20_000]])
      expect(played(rate, [sound], sizes)).toEqual(usual);
  },
);

test.each([8_000, 16_000, 22_050, 44_100, 48_000, 96_000])(
  "10 s at %d Hz are exactly 160,000 samples in frames of 512 and a last one with the rest",
  (rate) => {
    const rig = new Rig(rate);
    rig.play([new Float32Array(10 * rate)]);
    rig.pipeline.finish();
    expect(rig.frames.map(({ startSample }) => startSample)).toEqual(rig.frames.map((_, index) => index * FRAME));
    expect(rig.frames.slice(0, -1).every(({ samples }) => samples.length === FRAME)).toBe(true);
    expect(rig.frames.at(-1)?.samples).toHaveLength(160_000 % FRAME);
    expect(rig.others).toEqual([{ type: "end", atSample: 160_000 }]);
  },
);

test("the clock is a function of the context's, so 24 h of gaps at 44.1 kHz drift by no sample", () => {
  const rig = new Rig(44_100);
  const hop = 44_100 * 60 + 17; // a minute and a little, so that every ratio of the kernel comes up
  for (let minute = 0; minute <= 24 * 60; minute++) {
    rig.currentFrame = 1_000 + minute * hop;
    rig.playSilence(2);
    const gap = rig.others.at(-1);
    const resumedAt = gap?.type === "gap" ? gap.startSample + gap.lengthSamples : 0;
    expect(resumedAt).toBe(Math.round((minute * hop * 16_000) / 44_100));
  }
});

/** Every event's place against the frames around it. */
function expectSeamless(events: readonly CaptureEvent[]): void {
  let at = 0;
  for (const event of events) {
    if (event.type === "frame") {
      if (event.startSample !== at) throw new Error(`a frame at ${event.startSample}, expected at ${at}`);
      at += event.samples.length;
    } else if (event.type === "gap" && !event.isFilled) {
      if (event.startSample !== at) throw new Error(`a gap at ${event.startSample}, the sound before ends at ${at}`);
      at += event.lengthSamples;
    } else if (event.type === "end" && event.atSample !== at) {
      throw new Error(`ends at ${event.atSample}, the sound at ${at}`);
    }
  }
}

test.each([16_000, 44_100, 48_000, 22_050])(
  "at %d Hz frames, gaps and the end meet without a sample between or twice, over hundreds of jumps",
  (rate) => {
    let seed = 5;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const rig = new Rig(rate);
    const origin = rig.currentFrame;
    rig.playSilence(2);
    for (let jump = 0; jump < 300; jump++) {
      rig.currentFrame += Math.floor(random() * 0.5 * rate);
      rig.playSilence(1 + Math.floor(random() * 20));
    }
    rig.pipeline.finish();
    expectSeamless(rig.events);
    const end = rig.events.at(-1);
    const exact = ((rig.currentFrame - origin) * 16_000) / rate;
    expect(Math.abs((end?.type === "end" ? end.atSample : 0) - exact)).toBeLessThan(1.5);
  },
);

test("a gap of 200 ms is filled with silence and reported, one sample more is a jump", () => {
  const rig = new Rig(48_000);
  rig.playSilence(30);
  const before = (30 * QUANTUM) / 3;
  rig.currentFrame += 9_600;
  rig.playSilence(30);
  rig.currentFrame += 9_601;
  rig.playSilence(1);
  rig.pipeline.finish();
  const jumpAt = 2 * before + 3_200;
  expect(rig.others).toEqual([
    { type: "gap", startSample: before, lengthSamples: 3_200, isFilled: true },
    { type: "gap", startSample: jumpAt, lengthSamples: 3_200, isFilled: false },
    { type: "end", atSample: jumpAt + 3_200 + 43 },
  ]);
  expectSeamless(rig.events);
});

test("a filled gap is silence of its own length: the sound after it is where it was made", () => {
  const rig = new Rig(16_000);
  rig.play([new Float32Array(5 * QUANTUM).fill(0.5)]);
  rig.currentFrame += 1_000;
  rig.play([new Float32Array(5 * QUANTUM).fill(0.25)]);
  rig.pipeline.finish();
  const expected = new Float32Array(10 * QUANTUM + 1_000).fill(0.5, 0, 640).fill(0.25, 1_640);
  expect(rig.sound).toEqual(expected);
});

test("a long gap hands out what it holds first, and leaves no trace in the sound after it", () => {
  const rig = new Rig(48_000);
  rig.play([noise(7 * QUANTUM)]);
  rig.currentFrame += 48_000;
  const sound = noise(40 * QUANTUM, 9);
  rig.play([sound]);
  rig.pipeline.finish();
  const first = rig.frames[0]!;
  expect(first.samples).toHaveLength(Math.ceil((7 * QUANTUM) / 3));
  expect(rig.frames.slice(1).map(({ samples }) => samples)).toEqual(
    played(48_000, [sound]).flatMap((event) => (event.type === "frame" ? [event.samples] : [])),
  );
});

test("no channel before the first sound does not start the clock; after it, it is silence", () => {
  const rig = new Rig(16_000);
  for (let count = 0; count < 10; count++) rig.pipeline.push(rig.currentFrame + count * QUANTUM, []);
  expect(rig.events).toEqual([]);
  rig.currentFrame += 10 * QUANTUM;
  rig.play([new Float32Array(QUANTUM).fill(0.5)]);
  for (let count = 0; count < 3; count++) {
    rig.pipeline.push(rig.currentFrame, []);
    rig.currentFrame += QUANTUM;
  }
  rig.play([new Float32Array(QUANTUM).fill(0.25)]);
  rig.pipeline.finish();
  expect(rig.sound).toEqual(new Float32Array(5 * QUANTUM).fill(0.5, 0, 128).fill(0.25, 512));
  expect(rig.others).toEqual([{ type: "end", atSample: 640 }]);
});

test("a pipeline that never heard anything ends at 0", () => {
  const rig = new Rig(48_000);
  rig.pipeline.push(0, []);
  rig.pipeline.finish();
  expect(rig.events).toEqual([{ type: "end", atSample: 0 }]);
});

test.each([100, 5_000, 48_000])(
  "a jump of %d right after the first quantum starts the clock anew, silently",
  (jump) => {
    const rig = new Rig(48_000);
    rig.play([noise(QUANTUM, 3)]);
    rig.currentFrame += jump;
    const sound = noise(40 * QUANTUM);
    rig.play([sound]);
    rig.pipeline.finish();
    expect(rig.events).toEqual(played(48_000, [sound]));
  },
);

test.each([16_000, 48_000])("at %d Hz a mute says where it begins, and from there on there is silence", (rate) => {
  const rig = new Rig(rate);
  const { delayInputSamples } = designKernel(rate, 16_000);
  const delay = Math.ceil((delayInputSamples * 16_000) / rate);
  rig.play([noise(50 * QUANTUM)]);
  rig.pipeline.mute(true);
  rig.pipeline.mute(true);
  rig.play([noise(50 * QUANTUM)]);
  rig.pipeline.mute(false);
  rig.play([new Float32Array(50 * QUANTUM)]);
  rig.pipeline.finish();
  const quanta = (count: number): number => Math.ceil((count * QUANTUM * 16_000) / rate);
  expect(rig.others).toEqual([
    { type: "mute", atSample: quanta(50), isMuted: true },
    { type: "mute", atSample: quanta(100), isMuted: false },
    { type: "end", atSample: quanta(150) },
  ]);
  // The filter's own length lies between: 2.3 ms at most.
  expect(rig.sound.subarray(0, quanta(50)).every((sample) => sample !== 0)).toBe(true);
  expect(rig.sound.subarray(quanta(50) + delay).every((sample) => sample === 0)).toBe(true);
});

test("frames that come after an unmute hold nothing of what was captured before it, not even at other rates", () => {
  const sound = noise(60 * QUANTUM, 4);
  const [secret, other] = [noise(60 * QUANTUM), noise(60 * QUANTUM, 2)].map((before) => {
    const rig = new Rig(44_100);
    rig.pipeline.mute(true);
    rig.play([before]);
    rig.pipeline.mute(false);
    rig.play([sound]);
    rig.pipeline.finish();
    return rig.events;
  });
  expect(secret).toEqual(other);
});

test("channels are mixed to their mean, and may come and go", () => {
  const left = noise(10 * QUANTUM);
  const right = noise(10 * QUANTUM, 2);
  const rig = new Rig(16_000);
  rig.play([left, right]);
  rig.play([left]);
  rig.play([left, right, left, right]);
  rig.pipeline.finish();
  const mean = left.map((sample, index) => (sample + right[index]!) / 2);
  const four = left.map((sample, index) => (sample + right[index]! + sample + right[index]!) / 4);
  expect(rig.sound).toEqual(Float32Array.of(...mean, ...left, ...four));
});
