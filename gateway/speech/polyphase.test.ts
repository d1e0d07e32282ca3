import { expect, it, test } from "vitest";
import { noise, sliced } from "../testing/signals.ts";
import { Polyphase } from "./polyphase.ts";
import { SPEECH_RATES_HZ } from "./synthesizer.ts";

const ESPEAK_HZ = 22_050;
const PEAK = 16_000;

function sine(hz: number, rateHz: number, seconds: number): Int16Array {
  return Int16Array.from({ length: rateHz * seconds }, (_, index) =>
    Math.round(PEAK * Math.sin((2 * Math.PI * hz * index) / rateHz)),
  );
}

function converted(samples: Int16Array, toHz: number, sizes: readonly number[] = [samples.length]): Int16Array {
  const polyphase = new Polyphase(ESPEAK_HZ, toHz);
  const parts = [...sliced(samples, sizes)].map((chunk) => polyphase.push(chunk));
  return Int16Array.from([...parts, polyphase.flush()].flatMap((part) => [...part]));
}

/** How loud a signal is at one frequency (Hann window), in dB below the peak that the sines have. */
function levelDb(samples: Int16Array, hz: number, rateHz: number): number {
  let [real, imaginary, weight] = [0, 0, 0];
  for (const [index, sample] of samples.entries()) {
    const window = 1 - Math.cos((2 * Math.PI * index) / samples.length);
    const angle = (2 * Math.PI * hz * index) / rateHz;
    real += sample * window * Math.cos(angle);
    imaginary += sample * window * Math.sin(angle);
    weight += window;
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / weight / PEAK + 1e-9);
}

/** Loudness of everything that is not the sine at `hz`, in dB below it. */
function residueDb(samples: Int16Array, hz: number, rateHz: number): number {
  const middle = samples.subarray(rateHz / 10, -rateHz / 10);
  let [sinSum, cosSum, energy] = [0, 0, 0];
  const angleOf = (index: number): number => (2 * Math.PI * hz * index) / rateHz;
  for (const [index, sample] of middle.entries()) {
    sinSum += sample * Math.sin(angleOf(index));
    cosSum += sample * Math.cos(angleOf(index));
  }
  const [sin, cos] = [(2 * sinSum) / middle.length, (2 * cosSum) / middle.length];
  for (const [index, sample] of middle.entries())
    energy += (sample - sin * Math.sin(angleOf(index)) - cos * Math.cos(angleOf(index))) ** 2;
  return 10 * Math.log10(energy / middle.length / (PEAK ** 2 / 2));
}

const OTHER_RATES = SPEECH_RATES_HZ.filter((rateHz) => rateHz !== ESPEAK_HZ);

test.each(OTHER_RATES)("at %i Hz a second of sound lasts a second, to the sample", (rateHz) => {
  for (const length of [1, 2, 1_000, ESPEAK_HZ, 33_333])
    expect(converted(new Int16Array(length), rateHz)).toHaveLength(Math.ceil((length * rateHz) / ESPEAK_HZ));
});

test.each(OTHER_RATES)(
  "at %i Hz tones of the pass band keep their level within 0.1 dB, and nothing is added above -70 dB",
  (rateHz) => {
    const edge = 0.44 * Math.min(rateHz, ESPEAK_HZ);
    for (const hz of [100, 1_000, edge / 2, edge].map(Math.round)) {
      const out = converted(sine(hz, ESPEAK_HZ, 1), rateHz);
      expect(Math.abs(levelDb(out, hz, rateHz))).toBeLessThan(0.1);
      expect(residueDb(out, hz, rateHz)).toBeLessThan(-70);
    }
  },
);

test.each(OTHER_RATES.filter((rateHz) => rateHz < ESPEAK_HZ))(
  "at %i Hz what it cannot hold is gone, not folded",
  (rateHz) => {
    for (const hz of [rateHz / 2 + 50, (rateHz / 2 + ESPEAK_HZ / 2) / 2, ESPEAK_HZ / 2 - 50]) {
      const out = converted(sine(hz, ESPEAK_HZ, 1), rateHz).subarray(rateHz / 10, -rateHz / 10);
      const rms = Math.sqrt(out.reduce((sum, sample) => sum + sample ** 2, 0) / out.length);
      expect(20 * Math.log10(rms / (PEAK / Math.SQRT2) + 1e-9)).toBeLessThan(-70);
    }
  },
);

it("the slicing makes no difference", () => {
  const signal = noise(4_000, 30_000);
  for (const sizes of [[1], [7, 1_000], [441]])
    expect(converted(signal, 24_000, sizes)).toEqual(converted(signal, 24_000));
});

it("sound comes neither late nor early", () => {
  const click = new Int16Array(ESPEAK_HZ);
  click[11_025] = 20_000;
  for (const rateHz of OTHER_RATES) {
    const out = converted(click, rateHz);
    const loudest = out.reduce((best, sample, index) => (sample > (out[best] ?? 0) ? index : best), 0);
    expect(Math.abs(loudest / rateHz - 0.5)).toBeLessThanOrEqual(0.5 / rateHz + 1e-9);
  }
});

it("louder than loud is clipped, not wrapped", () => {
  const square = Int16Array.from({ length: 4_410 }, (_, index) =>
    Math.floor(index / 40) % 2 === 0 ? 32_767 : -32_768,
  );
  for (const [index, sample] of converted(square, 24_000).entries()) {
    const at = (index * ESPEAK_HZ) / 24_000;
    const isNearEdge = at % 40 < 3 || at % 40 > 37;
    if (!isNearEdge) expect(Math.abs(sample - (square[Math.round(at)] ?? 0))).toBeLessThan(6_000);
  }
});
