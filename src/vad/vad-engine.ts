/** Evaluates the network of a voice activity model on one window after another. Keeps the recurrent state itself. */
export interface VadEngine<Answer extends number | Promise<number> = number | Promise<number>> {
  /**
   * Judges one window and moves the recurrent state on.
   *
   * @param window `Float32Array` of 576 samples (64 of context, then a frame of 512), mono, 16 kHz, -1..1; borrowed for
   * the call only. The caller never starts a second call before the first has settled.
   * @returns The raw probability of speech, in [0, 1].
   */
  process(window: Float32Array): Answer;
  /** Sets the recurrent state to zero, as after a gap. */
  reset(): void;
  /** Gives memory back. The engine is not used after that. */
  close(): void | Promise<void>;
}

/** An engine that answers at once, and may therefore run on the audio thread. */
export type SyncVadEngine = VadEngine<number>;
