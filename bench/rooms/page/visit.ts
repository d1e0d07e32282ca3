/** How a page is in a room: by this library, or by `livekit-client` alone. */
export type VisitKind = "gated" | "always" | "plain" | "plain, microphone first";

/** Something that happened on the page. */
export interface Note {
  /** A text of what the agent heard has come, or the connection is mended. */
  readonly type: "text" | "reconnected";
  /** In ms since 1970. */
  readonly atMs: number;
}

/** How late the page's sound is, and what of pauses it let go, in ms. */
export interface Lag {
  readonly lagMs: number;
  readonly skippedMs: number;
}

/** A stay in a room. */
export interface Visit {
  lag(): Lag;
  /** What the microphone's track has sent so far, headers included; NaN before it is published. */
  sentBytes(): Promise<number>;
  leave(): Promise<void>;
}

/** Tells of something that happens now. */
export type Tell = (type: Note["type"]) => void;
