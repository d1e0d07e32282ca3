import type { ResamplerKernel } from "../audio/kernel.ts";

/*
 *   page                                     audio thread
 *   kernel (once per rate), begin 1, write 1 ─▶
 *                                            ◀─ started 1, progress 1, progress 1 …
 *   clear 7                                  ─▶ fades out
 *                                            ◀─ cleared 7, items: [{ item: 1, renderedSamples }]
 */

/** Name under which the playback processor is registered in an `AudioWorkletGlobalScope`. */
export const PLAYBACK_PROCESSOR = "vivavoce/playback";

/** What the playback processor is made with (`processorOptions`). */
export interface PlaybackQueueOptions {
  /** Rate of the context, in Hz. */
  readonly outputRate: number;
  /** How much of an item must be there before it sounds, at its start and after an underrun, in ms. */
  readonly startThresholdMs: number;
  /** Length of every fade, in ms. */
  readonly fadeMs: number;
}

/** From the page to the playback processor. Items are numbered by the page, from 1. */
export type PlaybackCommand =
  /** How items of the kernel's input rate are brought to the context's; comes before the first of them. */
  | { readonly type: "kernel"; readonly kernel: ResamplerKernel }
  | { readonly type: "begin"; readonly item: number; readonly rateHz: number }
  /** Mono, -1..1. */
  | { readonly type: "write"; readonly item: number; readonly samples: Float32Array }
  | { readonly type: "end"; readonly item: number }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** Drops what was begun so far; `clear` is repeated in the answer. */
  | { readonly type: "clear"; readonly clear: number }
  /** The processor may go. Nothing follows. */
  | { readonly type: "close" };

/** How many samples of an item have left; the item's own samples. */
export interface RenderedCount {
  /** The page's number of the item. */
  readonly item: number;
  readonly renderedSamples: number;
}

/** From the playback processor to the page. `atFrame` is a place on the context's clock, in its own frames. */
export type PlaybackReport =
  | ({ readonly type: "started"; readonly atFrame: number } & RenderedCount)
  /** Sound goes on from here: about 20 times a second, and whenever it comes back in mid-item. */
  | ({ readonly type: "progress"; readonly atFrame: number } & RenderedCount)
  | ({ readonly type: "underrun"; readonly atFrame: number; readonly underruns: number } & RenderedCount)
  | ({ readonly type: "ended"; readonly atFrame: number } & RenderedCount)
  | { readonly type: "paused"; readonly atFrame: number; readonly items: readonly RenderedCount[] }
  | { readonly type: "resumed"; readonly atFrame: number }
  | {
      readonly type: "cleared";
      readonly atFrame: number;
      readonly clear: number;
      readonly items: readonly RenderedCount[];
    };
