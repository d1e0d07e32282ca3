import type { TranscriptEvent } from "../stt/speech-event.ts";

/** A turn that is over. Samples are of the capture clock. */
export interface FinishedTurn {
  readonly transcript: string;
  /** Mean of the finals' confidences, in [0, 1]. */
  readonly confidence: number;
  readonly language: string | undefined;
  /** Where its first speech began, where its last speech ended, and when its last final came; absent if not known. */
  readonly startSample: number | undefined;
  readonly endSample: number | undefined;
  readonly finalAt: number | undefined;
  readonly committedAt: number;
  /** The app wants no answer. */
  readonly skipsReply: boolean;
}

/** What a recognition says. */
export type RecognitionEvent =
  /** A text counts, and is in the transcript; nothing was decided on it yet. */
  | { readonly type: "text"; readonly event: TranscriptEvent }
  /** Silence is being waited out; without speech the turn ends at `deadline`, which moves when a detector answers. */
  | { readonly type: "pending"; readonly transcript: string; readonly delaySamples: number; readonly deadline: number }
  /** The person went on: the decision is off. */
  | { readonly type: "resumed" }
  /** A detector is to be asked; the answer comes by `judged`. */
  | { readonly type: "ask"; readonly transcript: string; readonly language: string | undefined }
  | { readonly type: "turn"; readonly turn: FinishedTurn }
  /** The turn was not accepted: its words are kept, and the next ones join them. */
  | { readonly type: "dropped"; readonly transcript: string }
  /** An answer may be prepared. */
  | { readonly type: "likely"; readonly transcript: string; readonly confidence: number }
  /** An interim text was taken for final, since no final came in time. */
  | { readonly type: "interim-settled"; readonly text: string }
  /** `commit` ended: here is what was committed. */
  | { readonly type: "committed"; readonly transcript: string };
