/** Time as retries and deadlines see it; tests bring their own. */
export interface Clock {
  /** Monotone, in ms, from any beginning. */
  nowMs(): number;
  /** Calls back once, `delayMs` from now at the earliest; the returned function calls it off. */
  schedule(delayMs: number, callback: () => void): () => void;
}
