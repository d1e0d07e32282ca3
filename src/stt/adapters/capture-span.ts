/** A stretch of the capture clock, in samples at 16 kHz; `endSample` is the first one behind it. */
export interface CaptureSpan {
  readonly startSample: number;
  readonly endSample: number;
}

/** What of the spans lies in `[fromSample, toSample)`. */
export function spansWithin(spans: readonly CaptureSpan[], fromSample: number, toSample: number): CaptureSpan[] {
  return spans
    .map((span) => ({
      startSample: Math.max(span.startSample, fromSample),
      endSample: Math.min(span.endSample, toSample),
    }))
    .filter(({ startSample, endSample }) => startSample < endSample);
}
