import { expect, test } from "vitest";
import { designKernel } from "../audio/kernel.ts";
import { Resampler } from "../audio/resampler.ts";
import type { CapturedFrame, CaptureEvent } from "./capture-messages.ts";
import { CapturePipeline } from "./capture-pipeline.ts";
import { copySound } from "./captured-sound.ts";
import { designUplink } from "./design-uplink.ts";

const QUANTUM = 128;
const FRAME = 512;

/** A pipeline and what it emitted, with frames copied as a processor does. */
class Rig {
  readonly events: CaptureEvent[] = [];
  readonly pipeline: CapturePipeline;
  readonly rate: number;
  currentFrame = 1_000;

  constructor(rate: number, uplinkRateHz?: number) {
    this.rate = rate;
    const kernels = { kernel: designKernel(rate, 16_000), uplinkKernel: designUplink(rate, uplinkRateHz) };
    this.pipeline = new CapturePipeline(kernels, (event) =>
      this.events.push(event.type === "frame" ? copySound(event) : event),
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

function played(
  rate: number,
  channels: readonly Float32Array[],
  sizes?: readonly number[],
  uplinkRateHz?: number,
): CaptureEvent[] {
  const rig = new Rig(rate, uplinkRateHz);
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

const PAIRS: readonly (readonly [rate: number, uplinkRate: number])[] = [
  ...[16_000, 44_100, 48_000, 96_000].flatMap((rate) => [[rate, 24_000] as const, [rate, 48_000] as const]),
  [48_000, 8_000], // what comes out later than 16 kHz does
];

test.each([undefined, 16_000])("an uplink rate of %j costs nothing: frames carry none", (uplinkRateHz) => {
  const events = played(48_000, [noise(5_000)], [QUANTUM], uplinkRateHz);
  expect(events).toHaveLength(5);
  expect(events.some((event) => "uplink" in event)).toBe(false);
});

test.each(PAIRS)(
  "at %d Hz, frames at 16 kHz are the same to the bit with an uplink at %d Hz, and both whatever the size of a quantum",
  (rate, uplinkRate) => {
    const sound = noise(12_000);
    const usual = played(rate, [sound], [QUANTUM], uplinkRate);
    const alone = usual.map((event) => {
      if (event.type !== "frame") return event;
      const { uplink, ...frame } = event;
      expect(uplink).toHaveLength(Math.round((frame.samples.length * uplinkRate) / 16_000));
      return frame;
    });
    expect(alone).toEqual(played(rate, [sound]));
    for (const sizes of [[1, 127], [1_000, 3], [12_000]])
      expect(played(rate, [sound], sizes, uplinkRate)).toEqual(usual);
  },
);

test.each(PAIRS)(
  "at %d Hz, a frame and its uplink at %d Hz are the same sound at the same time",
  (rate, uplinkRate) => {
    // A chirp up to 3 kHz under a raised cosine. A tenth of a sample too early or too late would be an error of 0.04.
    const seconds = 0.3;
    const chirp = (t: number): number =>
      t > seconds ? 0 : (1 - Math.cos((2 * Math.PI * t) / seconds)) * Math.sin(2 * Math.PI * (200 + 4_600 * t) * t);
    const rig = new Rig(rate, uplinkRate);
    rig.play([Float32Array.from({ length: rate / 2 }, (_, index) => chirp(index / rate))]);
    rig.pipeline.finish();
    expect(rig.frames).toHaveLength(16);
    for (const { startSample, samples, uplink } of rig.frames) {
      const errorOf = (track: Float32Array, trackRate: number): number =>
        Math.max(...track.map((sample, index) => Math.abs(sample - chirp(startSample / 16_000 + index / trackRate))));
      expect(errorOf(samples, 16_000)).toBeLessThan(1e-4);
      // At 8 kHz the pass band ends at 3.5 kHz; the chirp stays below.
      expect(errorOf(uplink!, uplinkRate)).toBeLessThan(1e-4);
    }
  },
);

test.each(PAIRS)(
  "at %d Hz, a click after a filled gap, a jump and a mute is at the same time in a frame and in its uplink at %d Hz",
  (rate, uplinkRate) => {
    const rig = new Rig(rate, uplinkRate);
    const click = new Float32Array(24 * QUANTUM);
    click[9 * QUANTUM + 77] = 1;
    const clickAfter = (what: () => void): void => {
      what();
      rig.events.length = 0;
      rig.play([click]);
      rig.playSilence(40 * (rate / 16_000));
      const { samples, uplink } = loudest(rig.frames);
      const [peak, uplinkPeak] = [peakOf(samples) / 16_000, peakOf(uplink!) / uplinkRate];
      expect(Math.abs(peak - uplinkPeak)).toBeLessThan(0.5 / 16_000 + 0.5 / uplinkRate);
    };
    clickAfter(() => rig.playSilence(2));
    clickAfter(() => (rig.currentFrame += Math.floor(0.1234 * rate)));
    clickAfter(() => (rig.currentFrame += Math.floor(0.77 * rate) + 1));
    clickAfter(() => {
      rig.pipeline.mute(true);
      rig.play([noise(7 * QUANTUM)]);
      rig.pipeline.mute(false);
      rig.playSilence(60 * (rate / 16_000));
    });
  },
);

function loudest(frames: readonly CapturedFrame[]): CapturedFrame {
  const loudness = ({ samples }: CapturedFrame): number => samples.reduce((sum, sample) => sum + sample * sample, 0);
  return frames.reduce((most, frame) => (loudness(frame) > loudness(most) ? frame : most));
}

function peakOf(track: Float32Array): number {
  return track.reduce((most, sample, index) => (Math.abs(sample) > Math.abs(track[most]!) ? index : most), 0);
}

/** What a resampler alone makes of a sound and the silence after it: the first `length` samples. */
function resampled(rate: number, outputRate: number, sound: Float32Array, length: number): Float32Array {
  const resampler = new Resampler(designKernel(rate, outputRate));
  const input = new Float32Array(sound.length + rate / 10);
  input.set(sound);
  const output = new Float32Array(resampler.maxOutputSamples(input.length));
  resampler.push(input, output);
  return output.subarray(0, length);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

test.each(PAIRS)(
  "at %d Hz, over hundreds of gaps, jumps and mutes, not a sample of the uplink at %d Hz is lost, doubled or moved",
  (rate, uplinkRate) => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const rig = new Rig(rate, uplinkRate);
    /** What went in, from jump to jump. */
    const runs: Float32Array[][] = [[]];
    let isMuted = false;
    const play = (quanta: number): void => {
      const sound = noise(quanta * QUANTUM, Math.floor(random() * 1e9));
      rig.play([sound]);
      runs.at(-1)!.push(isMuted ? new Float32Array(sound.length) : sound);
    };
    play(2);
    for (let step = 0; step < 150; step++) {
      const chance = random();
      if (chance < 0.3) {
        const missing = Math.floor(random() * 0.4 * rate) + 1;
        rig.currentFrame += missing;
        if (missing > 0.2 * rate) runs.push([]);
        else runs.at(-1)!.push(new Float32Array(missing));
      } else if (chance < 0.4) rig.pipeline.mute((isMuted = !isMuted));
      play(1 + Math.floor(random() * 12));
    }
    rig.pipeline.finish();
    expect(runs.length).toBeGreaterThan(10);
    let frames: CapturedFrame[] = [];
    for (const event of rig.events) {
      if (event.type === "frame") frames.push(event);
      else if (event.type === "end" || (event.type === "gap" && !event.isFilled)) {
        const input = joined(runs.shift()!);
        const heard = joined(frames.map(({ samples }) => samples));
        expect(heard).toEqual(resampled(rate, 16_000, input, heard.length));
        const uplink = joined(frames.map((frame) => frame.uplink!));
        expect(uplink).toHaveLength(Math.round((heard.length * uplinkRate) / 16_000));
        expect(uplink).toEqual(resampled(rate, uplinkRate, input, uplink.length));
        frames = [];
      }
    }
    expect(runs).toEqual([]);
  },
);

test("an uplink is lent as the samples are: whole frames come in the same memory", () => {
  const lent = new Set<ArrayBufferLike>();
  const kernels = { kernel: designKernel(48_000, 16_000), uplinkKernel: designUplink(48_000, 24_000) };
  const pipeline = new CapturePipeline(kernels, (event) => event.type === "frame" && lent.add(event.uplink!.buffer));
  for (let quantum = 0; quantum < 100; quantum++) pipeline.push(quantum * QUANTUM, [new Float32Array(QUANTUM)]);
  expect(lent.size).toBe(1);
});

test.each([44_100, 22_050, 11_025, 24_001])(
  "an uplink at %d Hz is refused: a frame is no whole number of its samples",
  (rate) => {
    expect(() => designUplink(48_000, rate)).toThrow(
      new RangeError(`uplinkRateHz must be a multiple of 125, got ${rate}`),
    );
  },
);
