import type { SpeechEvent } from "../speech-event.ts";
import { spansWithin, type CaptureSpan } from "./capture-span.ts";

/** Captured audio that cannot be saved. */
export type LostAudio = Extract<SpeechEvent, { type: "audio-lost" }>;

/** Reports a stretch as lost; what lies before `sentUntil` was sent, and not answered. */
export function lostAudio(span: CaptureSpan, sentUntil: number): LostAudio[] {
  const report =
    (cause: LostAudio["cause"]) =>
    ({ startSample, endSample }: CaptureSpan): LostAudio => ({
      type: "audio-lost",
      startSample,
      lengthSamples: endSample - startSample,
      cause,
    });
  return [
    ...spansWithin([span], 0, sentUntil).map(report("unanswered")),
    ...spansWithin([span], sentUntil, Infinity).map(report("unsent")),
  ];
}
