/** How quick one answer was, and what it cost. Durations in ms; absent where there was nothing to measure. */
export interface AgentMetrics {
  /** The item of the conversation. */
  readonly itemId: string;
  /** From the committed turn (or the text that was sent) to the first of the answer's text; 0 if it was prepared before. */
  readonly firstTextMs?: number;
  /** From there to the first of its audio that arrived; 0 if it was prepared before. */
  readonly firstAudioMs?: number;
  /** From there to the first sample that left for the loudspeaker. */
  readonly firstSoundMs?: number;
  /** From the end of the person's speech, as dated by the detector, to that sample. */
  readonly responseMs?: number;
  /** What left for the loudspeaker. */
  readonly heardMs: number;
  /** What was made, heard or not. */
  readonly receivedMs: number;
  readonly isInterrupted: boolean;
  /** From the decision to interrupt to silence at the worklet's output. */
  readonly interruptionToSilenceMs?: number;
  readonly underruns: number;
  /** What the provider says it cost, as it came. */
  readonly usage?: Readonly<Record<string, unknown>>;
}
