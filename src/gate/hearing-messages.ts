import type { JudgeCommand, LoadCommand, WorkerNotice } from "../vad/worker-messages.ts";
import type { HearingCommand, HearingEvent, HearingOptions } from "./hearing-pipeline.ts";

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
