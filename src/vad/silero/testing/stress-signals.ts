const SAMPLE_RATE = 16_000;

/** A signal that engines are compared on: mono, 16 kHz, -1..1. */
export interface TestSignal {
  /** What it is. */
  readonly name: string;
  /** Its samples. */
  readonly samples: Float32Array;
}

/**
 * Signals on which mistakes show that recordings hide: they drive gates and cell states to their ends. Made anew, and
 * the same, at every call.
 *
 * @param seconds Length of each.
 */
export function stressSignals(seconds: number): TestSignal[] {
  const length = Math.floor(seconds * SAMPLE_RATE);
  return [
    { name: "noise at four levels", samples: inQuarters(length, noise(1), [0.001, 0.01, 0.1, 1]) },
    { name: "silence, offset and dither", samples: inQuarters(length, almostSilence(2), [0, 1, 8, 64]) },
    { name: "tones", samples: inQuarters(length, tones, [0.01, 0.1, 0.5, 1]) },
    { name: "sweep", samples: signal(length, (time) => 0.5 * Math.sin(sweepPhase(time, seconds))) },
    { name: "modulated tones", samples: signal(length, modulatedTones) },
    { name: "clipped voice", samples: clipped(voice(length, 3)) },
  ];
}

/** The signal four times louder, ten, thirty and a hundred times, a quarter of it each, cut off at full scale. */
export function clipped(samples: Float32Array): Float32Array {
  const at = (time: number): number => samples[Math.round(time * SAMPLE_RATE)]!;
  return inQuarters(samples.length, at, [4, 10, 30, 100]).map((sample) => Math.max(-1, Math.min(1, sample)));
}

/**
 * Recordings in loops at five gains, one after another, with noise below each that changes its level: long enough for
 * states to drift apart, if they do.
 */
export function mixedAudio(recordings: readonly Float32Array[], seconds: number): Float32Array {
  const samples = new Float32Array(seconds * SAMPLE_RATE);
  const gains = [1, 0.1, 0.3, 2, 0.03];
  const hiss = noise(4);
  let round = 0;
  for (let at = 0; at < samples.length; round++) {
    const recording = recordings[round % recordings.length]!;
    const [gain, level] = [gains[round % gains.length]!, [0.0003, 0.003, 0.03][round % 3]!];
    const count = Math.min(recording.length, samples.length - at);
    for (let index = 0; index < count; index++) {
      samples[at + index] = Math.max(-1, Math.min(1, gain * recording[index]! + level * hiss(0)));
    }
    at += count;
  }
  return samples;
}

type Wave = (time: number) => number;

function signal(length: number, wave: Wave): Float32Array {
  return Float32Array.from({ length }, (_, index) => wave(index / SAMPLE_RATE));
}

function inQuarters(length: number, wave: Wave, levels: readonly number[]): Float32Array {
  return signal(length, wave).map((sample, index) => sample * levels[Math.floor((4 * index) / length)]!);
}

/** White, -1..1. */
function noise(seed: number): Wave {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
}

/** An offset of one step of 16 bits and a dither of half one. */
function almostSilence(seed: number): Wave {
  const dither = noise(seed);
  return () => (1 + dither(0) / 2) / 32_767;
}

/** Another tone every 320 ms. */
function tones(time: number): number {
  const pitches = [60, 110, 180, 250, 440, 700, 1_000, 1_700, 2_600, 3_900, 5_800, 7_900];
  return Math.sin(2 * Math.PI * pitches[Math.floor(time / 0.32) % pitches.length]! * time);
}

/** From 40 Hz to 8 kHz, as fast on a logarithmic scale at any time. */
function sweepPhase(time: number, seconds: number): number {
  const octaves = Math.log(8_000 / 40);
  return ((2 * Math.PI * 40 * seconds) / octaves) * Math.expm1((octaves * time) / seconds);
}

function modulatedTones(time: number): number {
  const loudness = 0.5 + 0.5 * Math.sin(2 * Math.PI * (1 + time / 4) * time);
  return 0.3 * loudness * (Math.sin(2 * Math.PI * 220 * time) + Math.sin(2 * Math.PI * 660 * time));
}

/** Harmonics of a gliding pitch in syllables, with pauses: enough of a voice for the network to waver. */
function voice(length: number, seed: number): Float32Array {
  const breath = noise(seed);
  let phase = 0;
  return signal(length, (time) => {
    phase += (2 * Math.PI * (130 + 40 * Math.sin(2.1 * time) + 15 * Math.sin(17 * time))) / SAMPLE_RATE;
    const isPause = time % 3 > 2;
    const syllable = isPause ? 0 : Math.max(0, Math.sin(2 * Math.PI * 3.5 * time)) ** 0.5;
    const formant = 5 + 3 * Math.sin(5.3 * time);
    let sum = 0;
    for (let harmonic = 1; harmonic <= 20; harmonic++) {
      sum += Math.sin(harmonic * phase) / (1 + Math.abs(harmonic - formant));
    }
    return 0.06 * syllable * sum + 0.002 * breath(0);
  });
}
