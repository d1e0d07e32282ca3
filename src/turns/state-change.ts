/** One side's state became another. */
export interface StateChange<State> {
  readonly oldState: State;
  readonly newState: State;
  /** Since when, on the capture clock; never before the change that came before. */
  readonly sinceSample: number;
}

/** What one side is doing, and since when. */
export interface StateSince<State> {
  readonly kind: State;
  readonly sinceSample: number;
}
