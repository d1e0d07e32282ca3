/** A stretch of captured sound, mono, -1..1. */
export interface CapturedSound {
  /** At 16 kHz. */
  readonly samples: Float32Array;
  /** The same stretch at the uplink rate; absent where none was asked for. */
  readonly uplink?: Float32Array;
}

/** A copy that may be kept of something whose sound was lent. */
export function copySound<T extends CapturedSound>(lent: T): T {
  const { samples, uplink } = lent;
  return { ...lent, samples: samples.slice(), ...(uplink && { uplink: uplink.slice() }) };
}

/** What to transfer, so that a sound is moved to another thread and not copied. */
export function buffersOf({ samples, uplink }: CapturedSound): ArrayBuffer[] {
  return (uplink ? [samples, uplink] : [samples]).map(({ buffer }) => buffer as ArrayBuffer);
}
