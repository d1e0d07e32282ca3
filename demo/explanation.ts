/** An error in plain words: what happened, what to do, and the library's own message. */
export interface Explanation {
  readonly what: string;
  readonly remedy: string;
  readonly detail: string;
}

/** What happened, and what to do. */
export type Words = Pick<Explanation, "what" | "remedy">;
