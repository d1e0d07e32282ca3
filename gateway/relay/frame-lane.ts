/*
 * One direction of a relayed socket.
 *
 *   from ──push──▶ waiting (until the target is open) ──▶ to ──▶ operating system
 *     ▲                                                     │
 *     └── pause above 256 KiB, resume below 128 KiB ◀──sent─┘
 */

/** What is on its way weighs this much at most before the sender is held back, in bytes. */
export const MAX_PENDING_BYTES = 262_144;
/** What a frame costs besides its payload, in bytes: so that a flood of empty frames is held back too. */
const FRAME_BYTES = 64;

/** Where frames come from; a `WebSocket` of `ws` is one. */
export interface FrameSource {
  /** Stops reading. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}

/** Where frames go; a `WebSocket` of `ws` is one. */
export interface FrameTarget {
  /** Sends a frame; `sent` is called when the operating system has it, or never will. */
  send(payload: Buffer, options: { readonly binary: boolean }, sent: () => void): void;
}

interface Frame {
  readonly payload: Buffer;
  readonly isBinary: boolean;
}

/** What a lane is told when it begins. */
export interface FrameLaneOptions {
  /** Held back while too much is on its way. */
  readonly from: FrameSource;
  /** How long the target may take nothing while the source is held back, in ms. */
  readonly stallLimitMs: number;
  /** Called, once at most, when it took nothing for that long. */
  readonly onStalled: () => void;
}

/** Carries frames from one socket to another: in order, unchanged, and never more than a bounded amount at once. */
export class FrameLane {
  readonly #options: FrameLaneOptions;
  #waiting: Frame[] = [];
  #to: FrameTarget | undefined;
  #pendingBytes = 0;
  /** Runs while the source is held back. */
  #stallTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(options: FrameLaneOptions) {
    this.#options = options;
  }

  /** What was pushed and has not reached the operating system, in bytes. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Opens the far end: what has waited goes first. */
  open(to: FrameTarget): void {
    this.#to = to;
    for (const frame of this.#waiting.splice(0)) this.#send(to, frame);
  }

  /** Takes a frame. */
  push(payload: Buffer, isBinary: boolean): void {
    if (this.#hasEnded) return;
    this.#pendingBytes += payload.length + FRAME_BYTES;
    if (this.#to === undefined) this.#waiting.push({ payload, isBinary });
    else this.#send(this.#to, { payload, isBinary });
    if (this.#pendingBytes <= MAX_PENDING_BYTES || this.#stallTimer !== undefined) return;
    this.#options.from.pause();
    this.#stallTimer = setTimeout(this.#options.onStalled, this.#options.stallLimitMs);
  }

  /** Carries nothing more, and lets the source read again: a paused one would never see its own end. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#waiting = [];
    this.#release();
  }

  #send(to: FrameTarget, { payload, isBinary }: Frame): void {
    to.send(payload, { binary: isBinary }, () => {
      this.#pendingBytes -= payload.length + FRAME_BYTES;
      this.#stallTimer?.refresh();
      if (this.#pendingBytes <= MAX_PENDING_BYTES / 2) this.#release();
    });
  }

  #release(): void {
    if (this.#stallTimer === undefined) return;
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#options.from.resume();
  }
}
