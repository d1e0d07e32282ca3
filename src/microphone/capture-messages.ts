import type { ResamplerKernel } from "../audio/kernel.ts";
import type { CapturedSound } from "./captured-sound.ts";

/** Name under which the capture processor is registered in an `AudioWorkletGlobalScope`. */
export const CAPTURE_PROCESSOR = "vivavoce/capture";

/** What the capture processor is made with (`processorOptions`). */
export interface CaptureOptions {
  /** The kernel from the context's rate to 16 kHz, designed outside the audio thread. */
  readonly kernel: ResamplerKernel;
  /** The kernel to the uplink rate, where somebody needs the sound at another rate too. */
  readonly uplinkKernel?: ResamplerKernel | undefined;
  /** Whether it begins muted. */
  readonly isMuted: boolean;
}

/** From the page to the capture processor. */
export type CaptureCommand =
  /** Where to post {@link CaptureEvent}s; answered by `ready` on the node's own port. */
  | { readonly type: "connect"; readonly port: MessagePort }
  | { readonly type: "mute"; readonly isMuted: boolean }
  /** Flush the resampler's tail and the partial frame, post `end`, and stop. */
  | { readonly type: "stop" };

/**
 * A piece of what was captured: 512 samples, fewer only right before a jump and at the end. Its uplink covers the same
 * time: 512 × the uplink rate / 16000 samples, rounded where there are fewer.
 */
export interface CapturedFrame extends CapturedSound {
  readonly type: "frame";
  readonly startSample: number;
}

/** What was captured, in order. Sample indices are of the capture clock: 16 kHz, 0 where capture started. */
export type CaptureEvent =
  | CapturedFrame
  /** Input that never came. Filled gaps are zeros inside the frames; others are a jump of the clock. */
  | {
      readonly type: "gap";
      readonly startSample: number;
      readonly lengthSamples: number;
      readonly isFilled: boolean;
    }
  /** From `atSample` on, the frames hold silence until unmuted; nothing from before an unmute follows it. */
  | { readonly type: "mute"; readonly atSample: number; readonly isMuted: boolean }
  | { readonly type: "end"; readonly atSample: number };
