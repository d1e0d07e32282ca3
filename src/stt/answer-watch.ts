import type { Pulse } from "../net/pulse.ts";
import type { Uplink } from "./uplink.ts";

/** A request that is unanswered for so long, while nothing at all is heard, tells that the connection is dead. */
const DEAF_MS = 10_000;
/** A request that is unanswered for so long will not be answered, though the connection lives. */
const ANSWER_LIMIT_MS = 30_000;
/** How long an answer to made-up silence is waited for, once all of it was sent. */
const TAIL_LIMIT_MS = 3_000;
/** Speech of this length that a recogniser has no word for makes its connection suspect, in samples. */
const SUSPECT_SAMPLES = 12_000; // 750 ms, 500 of them pre-roll

/** What is to be done about a connection: nothing, break it as dead, or wait no more for the text of a segment. */
export type Verdict = { readonly kind: "fine" | "dead" } | { readonly kind: "give-up"; readonly segmentId: number };

const FINE: Verdict = { kind: "fine" };

/**
 * Watches over answers that do not come: is the connection dead without a close, or was there nothing to say? A segment
 * costs at most one connection; after that there is nothing to be said about it. Pure; times are ms of one clock.
 */
export class AnswerWatch {
  readonly #uplink: Uplink;
  /** The oldest segment that was asked about and not answered, and since when. */
  #asked: { readonly segmentId: number; readonly sinceMs: number } | undefined;
  /** The segment whose made-up silence was all sent, and since when. */
  #tail: { readonly segmentId: number; readonly sinceMs: number } | undefined;
  #flushedMs = 0;
  #doubtedSegmentId: number | undefined;

  constructor(uplink: Uplink) {
    this.#uplink = uplink;
  }

  /** Speech ended. */
  flushed(nowMs: number): void {
    this.#flushedMs = nowMs;
  }

  /** The connection is gone, and with it what was asked. */
  rewind(): void {
    this.#asked = undefined;
    this.#tail = undefined;
  }

  /** Looks at an open connection. */
  look(nowMs: number, pulse: Pulse, backlogBytes: number): Verdict {
    const { askedSegmentId, unansweredTail, book } = this.#uplink;
    if (askedSegmentId !== this.#asked?.segmentId) {
      this.#asked = askedSegmentId === undefined ? undefined : { segmentId: askedSegmentId, sinceMs: nowMs };
    }
    const askedMs = this.#asked?.sinceMs;
    if (pulse.overdueMs(nowMs, backlogBytes, askedMs) > DEAF_MS) return this.#doubt(askedSegmentId);
    if (askedSegmentId !== undefined && nowMs - (askedMs ?? nowMs) > ANSWER_LIMIT_MS) return giveUp(askedSegmentId);
    if (unansweredTail === undefined) {
      this.#tail = undefined;
      return FINE;
    }
    // After a replay all of it is handed over at once, but heard no sooner than it can be.
    if (this.#tail?.segmentId !== unansweredTail || backlogBytes > 0) {
      this.#tail = { segmentId: unansweredTail, sinceMs: nowMs };
    }
    if (nowMs - this.#tail.sinceMs < TAIL_LIMIT_MS) return FINE;
    const isSuspect = pulse.heardMs < this.#flushedMs && book.untoldSamplesOf(unansweredTail) > SUSPECT_SAMPLES;
    return isSuspect ? this.#doubt(unansweredTail) : giveUp(unansweredTail);
  }

  #doubt(segmentId: number | undefined): Verdict {
    if (segmentId !== undefined && this.#doubtedSegmentId === segmentId) return giveUp(segmentId);
    this.#doubtedSegmentId = segmentId;
    return { kind: "dead" };
  }
}

function giveUp(segmentId: number): Verdict {
  return { kind: "give-up", segmentId };
}
