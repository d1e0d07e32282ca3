const SCALE = 32_767;

/**
 * Turns samples (-1..1) into 16-bit integers: times 32767, rounded to the nearest (halves upwards).
 *
 * What does not fit is clamped to -32768..32767; NaN becomes 0. Exactly undoes {@link fromPcm16}.
 */
export function toPcm16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    const scaled = samples[index]! * SCALE;
    // Storing NaN in an Int16Array stores 0.
    pcm[index] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : Math.round(scaled);
  }
  return pcm;
}

/** Turns 16-bit integers into samples: 32767 is 1, and -32768 lies one step below -1. */
export function fromPcm16(pcm: Int16Array): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(pcm.length);
  for (let index = 0; index < pcm.length; index++) samples[index] = pcm[index]! / SCALE;
  return samples;
}

/** Copies 16-bit integers to little-endian bytes, whatever the order of the host. */
export function pcm16Bytes(pcm: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pcm.length * 2);
  for (let index = 0; index < pcm.length; index++) {
    const value = pcm[index]!;
    bytes[2 * index] = value & 0xff;
    bytes[2 * index + 1] = (value >> 8) & 0xff;
  }
  return bytes;
}

/**
 * Reads 16-bit integers from little-endian bytes, whatever the order of the host and the alignment of `bytes`.
 *
 * @throws RangeError when the number of bytes is odd.
 */
export function pcm16FromBytes(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  if (bytes.length % 2 !== 0) throw new RangeError(`16-bit samples need an even number of bytes, got ${bytes.length}`);
  const pcm = new Int16Array(bytes.length / 2);
  // Storing wraps 0..65535 to -32768..32767.
  for (let index = 0; index < pcm.length; index++) pcm[index] = bytes[2 * index]! | (bytes[2 * index + 1]! << 8);
  return pcm;
}
