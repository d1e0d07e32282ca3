import type { JudgeCommand, LoadCommand, WorkerNotice } from "../vad/worker-messages.ts";
import type { CaptureOptions } from "../microphone/capture-messages.ts";
import type { HearingCommand, HearingEvent, HearingOptions } from "./frame-decider.ts";

/** Name under which the processor that captures and decides is registered. */
export const HEARING_PROCESSOR = "vivavoce/hearing";

/** What that processor is made with (`processorOptions`). */
export interface HearingProcessorOptions extends CaptureOptions {
  /** Settings of detector and gate. */
  readonly hearing: HearingOptions;
}

/** From the page to that processor, on the port by which its batches come. */
export type HearingProcessorCommand =
  | HearingCommand
  /** The packed weights of the model, moved. */
  | { readonly type: "weights"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** They will never come. */
  | { readonly type: "no-weights"; readonly message: string };

/** Tells the worker to decide about what the capture processor posts on `port`. */
export interface HearCommand {
  readonly type: "hear";
  readonly port: MessagePort;
  readonly options: HearingOptions;
}

/** Everything that the page may tell the VAD worker. */
export type VadWorkerCommand = LoadCommand | JudgeCommand | HearCommand | HearingCommand;

/** What one frame brought about, in order; the samples of `audio` events are moved, not copied. */
export interface HearingBatch {
  readonly type: "heard";
  readonly events: readonly HearingEvent[];
}

/** Everything that the VAD worker may tell the page. */
export type VadWorkerMessage = WorkerNotice | HearingBatch;
