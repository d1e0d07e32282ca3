/** Seeded noise, the same on every machine (mulberry32); uniform, with the given peak. */
export function noise(length: number, peak: number, seed = 1): Int16Array {
  let state = seed;
  return Int16Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), 1 | state);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
    return Math.round((((hash ^ (hash >>> 14)) >>> 0) / 2 ** 31 - 1) * peak);
  });
}

/** Stretches of samples, one after another. */
export function joined(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

/** Samples at another loudness; clipped to 16 bits. */
export function scaled(samples: Int16Array, factor: number): Int16Array {
  return samples.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * factor))));
}

/** Two signals at once, as long as the first. */
export function mixed(signal: Int16Array, background: Int16Array): Int16Array {
  return signal.map((sample, index) => sample + (background[index] ?? 0));
}

/** The signal in chunks, whose sizes repeat. */
export function* sliced(signal: Int16Array, sizes: readonly number[]): Generator<Int16Array> {
  for (let start = 0, index = 0; start < signal.length; index++) {
    const size = sizes[index % sizes.length] ?? signal.length;
    yield signal.subarray(start, start + size);
    start += size;
  }
}
