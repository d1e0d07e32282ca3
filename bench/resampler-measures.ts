import { fitSine, makeSine, sinadDb } from "../src/audio/sine.ts";
import { MAX_CHUNK_SAMPLES, type Engine, type EngineMaker } from "./resampler-engines.ts";

const AMPLITUDE = 0.5;
const OUTPUT_RATE = 16_000;

/** What a resampler does to tones and to time. */
export interface Quality {
  /** Difference between the loudest and the faintest tone from 100 Hz to 7 kHz. */
  readonly rippleDb: number;
  readonly gainAt7kHzDb: number;
  /** The loudest remainder of any tone from 8.5 kHz to 20 kHz. */
  readonly worstAliasDb: number;
  readonly sinadAt1kHzDb: number;
  /** From a sample's arrival to its output: what is held back on average, plus the shift of what comes out. */
  readonly delayMs: number;
  readonly samplesLostPerMinute: number;
}

/** Measures one engine with tones of -6 dBFS in blocks of 128. */
export async function measureQuality(make: EngineMaker, inputRate: number): Promise<Quality> {
  const engine = await make();
  const gains: number[] = [];
  for (let frequencyHz = 100; frequencyHz <= 7_000; frequencyHz += 300) {
    gains.push(gainDb(fitSine(convertTone(engine, inputRate, frequencyHz, 0.25), frequencyHz, OUTPUT_RATE).amplitude));
  }
  const aliases: number[] = [];
  for (let frequencyHz = 8_500; frequencyHz <= 20_000; frequencyHz += 250) {
    const output = convertTone(engine, inputRate, frequencyHz, 0.25);
    aliases.push(gainDb(Math.sqrt((2 * output.reduce((sum, sample) => sum + sample * sample, 0)) / output.length)));
  }
  const sine = fitSine(convertTone(engine, inputRate, 1_000, 1), 1_000, OUTPUT_RATE);
  return {
    rippleDb: Math.max(...gains) - Math.min(...gains),
    gainAt7kHzDb: gains.at(-1) ?? Number.NaN,
    worstAliasDb: Math.max(...aliases),
    sinadAt1kHzDb: sinadDb(sine),
    ...measureTime(await make(), await make(), inputRate),
  };
}

function gainDb(amplitude: number): number {
  return 20 * Math.log10(amplitude / AMPLITUDE);
}

/** The steady part of a converted tone: what the engine still held of the tone before is cut off. */
function convertTone(engine: Engine, inputRate: number, frequencyHz: number, seconds: number): Float32Array {
  const edgeSeconds = 0.1;
  const input = makeSine(frequencyHz, inputRate, Math.round(inputRate * (seconds + edgeSeconds)), AMPLITUDE);
  return convert(engine, input).subarray(OUTPUT_RATE * edgeSeconds);
}

function convert(engine: Engine, input: Float32Array): Float32Array {
  const output = new Float32Array(input.length + 2_048);
  let written = 0;
  for (let read = 0; read + MAX_CHUNK_SAMPLES <= input.length; read += MAX_CHUNK_SAMPLES) {
    written += engine.push(input.subarray(read, read + MAX_CHUNK_SAMPLES), output.subarray(written));
  }
  return output.subarray(0, written);
}

/**
 * Delay and loss. What is held back is averaged over 2 s, and once more 64 s later: what it has grown by is lost.
 * A slow tone tells the shift, without doubt about whole periods.
 */
function measureTime(
  counted: Engine,
  listened: Engine,
  inputRate: number,
): Pick<Quality, "delayMs" | "samplesLostPerMinute"> {
  const held = measureHeld(counted, inputRate, [2, 66]);
  const toneHz = 40;
  const tone = convert(listened, makeSine(toneHz, inputRate, inputRate, AMPLITUDE)).subarray(1_600, 14_400);
  const shiftMs = (-fitSine(tone, toneHz, OUTPUT_RATE).phaseRadians / (2 * Math.PI * toneHz)) * 1_000;
  return {
    delayMs: (held[0]! / OUTPUT_RATE) * 1_000 + shiftMs,
    samplesLostPerMinute: ((held[1]! - held[0]!) / 64) * 60,
  };
}

/** Output samples that an engine owes for the input it has taken, averaged over the 2 s from each of `fromSeconds`. */
function measureHeld(engine: Engine, inputRate: number, fromSeconds: readonly number[]): number[] {
  const block = new Float32Array(MAX_CHUNK_SAMPLES);
  const scratch = new Float32Array(2_048);
  const blocksPerSecond = inputRate / MAX_CHUNK_SAMPLES;
  let blocks = 0;
  let written = 0;
  return fromSeconds.map((seconds) => {
    while (blocks < Math.floor(seconds * blocksPerSecond)) {
      written += engine.push(block, scratch);
      blocks++;
    }
    const averaged = Math.floor(2 * blocksPerSecond);
    let held = 0;
    for (let count = 0; count < averaged; count++) {
      written += engine.push(block, scratch);
      blocks++;
      held += (blocks * MAX_CHUNK_SAMPLES * OUTPUT_RATE) / inputRate - written;
    }
    return held / averaged;
  });
}

/** Measures the cost of a block of 128 samples, in µs: medians of rounds in which all engines take turns. */
export function measureCosts(engines: readonly Engine[], rounds: number, blocksPerRound: number): number[] {
  const noise = Float32Array.from(
    { length: MAX_CHUNK_SAMPLES },
    (_, index) => Math.sin(index * index * 0.7) * AMPLITUDE,
  );
  const output = new Float32Array(2_048);
  const timings = engines.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    engines.forEach((engine, which) => {
      const start = performance.now();
      for (let block = 0; block < blocksPerRound; block++) engine.push(noise, output);
      // The first two rounds are for the compiler.
      if (round >= 0) timings[which]!.push(((performance.now() - start) / blocksPerRound) * 1_000);
    });
  }
  return timings.map((times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN);
}
