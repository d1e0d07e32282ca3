/** Which part of which answer: the name that samples are counted under. */
export interface PlaybackItemName {
  /** The item of the conversation, or the server's. */
  readonly itemId: string;
  /** Which content of the item; OpenAI Realtime counts from 0. */
  readonly contentIndex: number;
}

/** How far an item has been played. Samples are the item's own, at its own rate. */
export interface PlaybackCount extends PlaybackItemName {
  /** Rate of the item, in Hz. */
  readonly rateHz: number;
  /** Samples that have left for the loudspeaker; those of a fade included. Never more than {@link receivedSamples}. */
  readonly renderedSamples: number;
  /** Samples that were written so far. */
  readonly receivedSamples: number;
}

/** What happens to items, in order. */
export type PlaybackEvent =
  /** The first sample left; `atContextSec` on the context's own clock. */
  | ({ readonly type: "started"; readonly atContextSec: number } & PlaybackCount)
  /** About 20 times a second while sound leaves. */
  | ({ readonly type: "progress"; readonly atContextSec: number } & PlaybackCount)
  /** Nothing was there to play in mid-item; `underruns` counts those of this item. It goes on by itself. */
  | ({ readonly type: "underrun"; readonly underruns: number } & PlaybackCount)
  /** The fade of {@link Playback.pause} is over: silence since `atContextSec`. */
  | { readonly type: "paused"; readonly atContextSec: number; readonly items: readonly PlaybackCount[] }
  | { readonly type: "resumed"; readonly atContextSec: number }
  /** All of it was written and has left. */
  | ({ readonly type: "ended"; readonly atContextSec: number } & PlaybackCount);

/** An item that is being written. */
export interface PlaybackItem extends PlaybackItemName {
  /** Rate of what is written, in Hz. */
  readonly rateHz: number;
  /** The newest that is known: counted on the audio thread, and told about 20 times a second. */
  readonly renderedSamples: number;
  /** Samples written so far. */
  readonly receivedSamples: number;
  /** True after {@link Playback.clear}, after its end was played, and after the speaker was closed. */
  readonly isOver: boolean;
  /**
   * Adds samples, mono; floats in -1..1. They are copied. Ignored when the item is over or ended, so that nothing of a
   * cancelled answer is ever heard.
   *
   * @throws VoiceError `protocol-violated` when more than 10 minutes wait to be played.
   */
  write(samples: Float32Array | Int16Array): void;
  /** Nothing more will be written. */
  end(): void;
  /**
   * Where the ear is, in samples of the item: what has left, less the latency of the output, extrapolated to now.
   */
  heardSamples(): number;
}

/** What was cut off. */
export interface ClearedPlayback {
  /** Every item that had not ended, oldest first, as it stood at the end of the fade. */
  readonly items: readonly PlaybackCount[];
  /** When silence began, on the context's clock. */
  readonly silentAtContextSec: number;
  /** From the call to the silence at the output of the worklet, in ms, on the context's clock. */
  readonly fadeMs: number;
}

/** Where an agent's voice goes: items one after another, in the order in which they were begun. */
export interface Playback {
  /** True from {@link pause} to {@link resume} or {@link clear}. */
  readonly isPaused: boolean;
  /**
   * Begins an item, which plays after those before it.
   *
   * @throws RangeError if the rate is not one that can be resampled to the context's.
   */
  begin(name: PlaybackItemName, rateHz: number): PlaybackItem;
  /** Fades out and holds still; items may be begun and written meanwhile. Idempotent. */
  pause(): void;
  /** Goes on at the very sample after the fade's last. Idempotent. */
  resume(): void;
  /**
   * Fades out what plays, drops all that was written, and tells how far each item came. What is begun after the call
   * is not touched, and is not paused.
   */
  clear(): Promise<ClearedPlayback>;
}
