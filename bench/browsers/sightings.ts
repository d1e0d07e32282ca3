/** One frame, as seen by the audio thread (captured) or by whoever decided about it. Samples of the capture clock. */
export interface Sighting {
  readonly startSample: number;
  readonly lengthSamples: number;
  /** Audio time at the end of the frame: the context's clock, in ms. Unknown to the worker. */
  readonly audioMs: number | null;
  /** `Date.now()` at the begin of the render quantum that completed it. Unknown to the worker. */
  readonly quantumMs: number | null;
  /** `Date.now()` in the thread that saw it. */
  readonly wallMs: number;
  readonly isDecision: boolean;
}

/** A frame that was decided. All by the wall clock, in ms. */
export interface Decision {
  /** When its last sample was spoken, by the context's clock. */
  readonly spokenMs: number;
  /** When the audio thread got it whole. */
  readonly capturedMs: number;
  readonly decidedMs: number;
}

/**
 * Joins what the two threads saw from wall time `from` to `to`. The context's clock is laid on the wall clock where the
 * audio thread was quickest, so that no constant delay of whoever decides vanishes in the calibration.
 */
export function decisionsOf(
  { captured, decided }: { readonly captured: readonly Sighting[]; readonly decided: readonly Sighting[] },
  { from, to }: { readonly from: number; readonly to: number },
): readonly Decision[] {
  const quanta = new Map<number, { audioMs: number; quantumMs: number }>();
  let zeroMs = Infinity;
  for (const { startSample, audioMs, quantumMs } of captured) {
    if (audioMs === null || quantumMs === null || quantumMs < from || quantumMs > to) continue;
    quanta.set(startSample, { audioMs, quantumMs });
    zeroMs = Math.min(zeroMs, quantumMs - audioMs);
  }
  return [...captured, ...decided].flatMap(({ startSample, wallMs, isDecision }) => {
    const quantum = quanta.get(startSample);
    if (!quantum || !isDecision) return [];
    return [{ spokenMs: zeroMs + quantum.audioMs, capturedMs: quantum.quantumMs, decidedMs: wallMs }];
  });
}

/** How orderly frames followed one another: samples between them that nobody saw, and frames that came too late. */
export function orderOf(frames: readonly { readonly startSample: number; readonly lengthSamples: number }[]): {
  readonly lostSamples: number;
  readonly reordered: number;
} {
  let [lostSamples, reordered] = [0, 0];
  let endSample = frames[0]?.startSample ?? 0;
  for (const { startSample, lengthSamples } of frames) {
    if (startSample < endSample) reordered += 1;
    else lostSamples += startSample - endSample;
    endSample = startSample + lengthSamples;
  }
  return { lostSamples, reordered };
}
