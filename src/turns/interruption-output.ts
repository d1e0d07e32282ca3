/**
 * What made the agent pause or stop: the length of the person's `speech`, recognised words (`transcript`), a finished
 * `turn`, the `model` of adaptive interruption, or the `app`.
 */
export type InterruptionCause = "speech" | "transcript" | "turn" | "model" | "app";

/** What an interruption says. All samples are of the capture clock. */
export type InterruptionOutput =
  /** Command: the agent stops where it is, and keeps what it was about to say. */
  | { readonly type: "pause"; readonly cause: InterruptionCause; readonly atSample: number }
  /** Command: it goes on from there; nothing was meant, or the settings allow no pause any more. */
  | { readonly type: "resume"; readonly cause: "silence" | "settings"; readonly atSample: number }
  /** Command and event: it stops for good; a pause becomes an end. */
  | {
      readonly type: "interrupt";
      readonly cause: InterruptionCause;
      readonly atSample: number;
      /** Whether it had been paused before. */
      readonly wasPaused: boolean;
      /** Where the person's last speech began; absent if none was heard. */
      readonly speechStartSample?: number;
    }
  /** Event: speech made the agent pause or stop, and no words came of it. */
  | { readonly type: "false-interruption"; readonly isResumed: boolean; readonly atSample: number }
  /**
   * Fact for endpointing, transcript hold and adaptive interruption: from now on the agent can be heard, or not. Texts of
   * what was said before `ignoreUntilSample` while it could were not meant for it.
   */
  | { readonly type: "agent-heard"; readonly isHeard: true; readonly atSample: number }
  | {
      readonly type: "agent-heard";
      readonly isHeard: false;
      readonly atSample: number;
      readonly ignoreUntilSample: number;
    }
  /** Command for the recognition: too few words were said to interrupt, and nothing followed. They are forgotten. */
  | { readonly type: "words-expired"; readonly atSample: number };
