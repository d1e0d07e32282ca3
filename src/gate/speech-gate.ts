import { FRAME_SAMPLES, msToSamples } from "../audio/units.ts";
import type { CapturedFrame } from "../microphone/capture-messages.ts";
import type { CapturedSound } from "../microphone/captured-sound.ts";
import type { SpeechChange } from "../vad/speech-detector.ts";

/*
 *            speech starts (pre-roll goes first)          speech ended + flushAfter: flush
 *   closed ────────────────────────────────────▶ open ──────────────────────────────────────▶ open
 *      ▲                                                speech resumes: nothing to do           │
 *      └──────────────────── speech ended + closeAfter: close (flushing first if due) ◀─────────┘
 *
 * Mute, a jump of the clock and the end of capture close it at once, flushing first.
 */

/** When audio may pass: while a person speaks, always, or when the app says so. */
export type GatePolicy = "speech" | "always" | "manual";

/** The gate between microphone and recogniser. */
export interface GateOptions {
  /** When audio passes. @defaultValue "speech", or "always" without a VAD and for recognisers that end turns themselves */
  readonly policy?: GatePolicy;
  /** How much of what was captured before the first window of speech is sent too, in ms, 0..10000. More saves soft beginnings; less sends less. @defaultValue 500 */
  readonly preRollMs?: number;
  /** From the end of speech to the flush that asks the recogniser for its text, in ms, 0..10000. @defaultValue 0 */
  readonly flushAfterMs?: number;
  /** From the end of speech to the end of sending, in ms, 0..60000. More bridges long pauses with an open gate. @defaultValue 1000 */
  readonly closeAfterMs?: number;
}

/** {@link GateOptions} checked, completed and in samples. */
export interface GateSettings {
  readonly policy: GatePolicy;
  readonly preRollSamples: number;
  readonly flushAfterSamples: number;
  readonly closeAfterSamples: number;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function gateSettings(options: GateOptions = {}): GateSettings {
  const { policy = "speech", preRollMs = 500, flushAfterMs = 0, closeAfterMs = 1000 } = options;
  if (policy !== "speech" && policy !== "always" && policy !== "manual") {
    throw new RangeError(`gate.policy must be "speech", "always" or "manual", got ${JSON.stringify(policy)}`);
  }
  requireRange("gate.preRollMs", preRollMs, 10_000);
  requireRange("gate.flushAfterMs", flushAfterMs, 10_000);
  requireRange("gate.closeAfterMs", closeAfterMs, 60_000);
  return {
    policy,
    preRollSamples: msToSamples(preRollMs),
    flushAfterSamples: msToSamples(flushAfterMs),
    closeAfterSamples: msToSamples(closeAfterMs),
  };
}

function requireRange(path: string, value: number, max: number): void {
  if (!(value >= 0 && value <= max)) throw new RangeError(`${path} must be in [0, ${max}] ms, got ${value}`);
}

/** What the gate decides, in order. Samples are of the capture clock. */
export type GateEvent =
  | {
      readonly type: "segment-opened";
      readonly segmentId: number;
      readonly startSample: number;
      readonly atSample: number;
    }
  /** Audio that passes; within a segment each begins where the one before ended. */
  | ({ readonly type: "audio"; readonly segmentId: number; readonly startSample: number } & CapturedSound)
  /** The moment to ask the recogniser for its text. */
  | { readonly type: "flush"; readonly segmentId: number; readonly speechEndSample: number; readonly atSample: number }
  | {
      readonly type: "segment-closed";
      readonly segmentId: number;
      readonly endSample: number;
      readonly atSample: number;
    };

type GateState =
  | { readonly kind: "closed" }
  | {
      readonly kind: "open";
      readonly segmentId: number;
      /** The end of speech that flush and close count from, once it was decided. */
      readonly ended?: Extract<SpeechChange, { type: "speech-ended" }>;
      /** Whether the recogniser was asked for the text of the newest speech. */
      readonly isFlushed: boolean;
    };

/**
 * Decides which frames pass. Keeps those before an opening as pre-roll; never sends a captured sample twice, nor
 * anything from before an unmute. Pure: time is the frames' own.
 */
export class SpeechGate {
  #settings: GateSettings;
  readonly #emit: (event: GateEvent) => void;
  /** Frames that wait for a possible opening. */
  readonly #held: CapturedFrame[] = [];
  readonly #heldLimitSamples: number;
  #state: GateState = { kind: "closed" };
  #wanted = false;
  #isMuted = false;
  #nextSegmentId = 1;
  /** Captured time on the wire strictly increases: nothing before this is sent. */
  #floorSample = 0;

  /** `lookBackSamples`: how long before its decision the detector may date the beginning of speech. */
  constructor(settings: GateSettings, lookBackSamples: number, emit: (event: GateEvent) => void) {
    this.#settings = settings;
    this.#emit = emit;
    this.#heldLimitSamples = settings.preRollSamples + lookBackSamples + FRAME_SAMPLES;
  }

  /** Whether audio passes. */
  get isOpen(): boolean {
    return this.#state.kind === "open";
  }

  /** Policy `manual`: opens at the next frame, or flushes and closes at the next frame. */
  want(isOpen: boolean): void {
    this.#wanted = isOpen;
  }

  /**
   * Changes policy `speech` to `always`, as when nobody can tell speech from silence any more. The pre-roll is not lost.
   * Policy `manual` stays: what the person did not let pass does not pass.
   */
  passEverything(): void {
    if (this.#settings.policy === "speech") this.#settings = { ...this.#settings, policy: "always" };
  }

  /** Takes the next frame and what it changed in the detector. The gate keeps the frame; the caller lets go of it. */
  push(frame: CapturedFrame, change: SpeechChange | undefined): void {
    const endSample = endOf(frame);
    if (!this.#isMuted) {
      while (this.#held[0] && endOf(this.#held[0]) <= endSample - this.#heldLimitSamples) this.#held.shift();
      this.#held.push(frame);
      this.#follow(frame.startSample, change);
      if (this.#state.kind === "open") this.#pass(this.#state.segmentId);
    }
    this.#keepDeadlines(endSample);
  }

  /** Mutes (flush and close at once) or unmutes; forgets the pre-roll either way. */
  mute(isMuted: boolean, atSample: number): void {
    if (isMuted) this.close(atSample);
    this.#isMuted = isMuted;
    this.#held.length = 0;
    this.#floorSample = Math.max(this.#floorSample, atSample);
  }

  /** Flushes and closes at once, as at a jump of the clock or the end of capture. Pre-roll before it is lost. */
  close(atSample: number): void {
    this.#held.length = 0;
    if (this.#state.kind !== "open") return;
    const { segmentId, isFlushed } = this.#state;
    const endSample = this.#floorSample;
    // Where the detector does not rule, speech that it missed is asked about too.
    if (!isFlushed || this.#settings.policy !== "speech")
      this.#emit({ type: "flush", segmentId, speechEndSample: endSample, atSample });
    this.#state = { kind: "closed" };
    this.#emit({ type: "segment-closed", segmentId, endSample, atSample });
  }

  #follow(startSample: number, change: SpeechChange | undefined): void {
    const { policy, preRollSamples } = this.#settings;
    if (policy === "always" && !this.isOpen) this.#open(startSample - preRollSamples, startSample);
    if (policy === "manual" && this.#wanted !== this.isOpen) {
      if (this.#wanted) this.#open(startSample, startSample);
      else this.close(startSample);
    }
    if (!change) return;
    if (change.type === "speech-ended") {
      if (this.#state.kind === "open") this.#state = { ...this.#state, ended: change };
    } else if (this.#state.kind === "open") {
      this.#state = { kind: "open", segmentId: this.#state.segmentId, isFlushed: false };
    } else if (policy === "speech") {
      this.#open(change.startSample - preRollSamples, change.atSample);
    }
  }

  /** What is held passes next, from there on. */
  #open(fromSample: number, atSample: number): void {
    const segmentId = this.#nextSegmentId++;
    this.#floorSample = Math.max(this.#floorSample, fromSample, this.#held[0]!.startSample);
    this.#state = { kind: "open", segmentId, isFlushed: false };
    this.#emit({ type: "segment-opened", segmentId, startSample: this.#floorSample, atSample });
  }

  #pass(segmentId: number): void {
    for (const frame of this.#held.splice(0)) {
      const tail = tailFrom(frame, this.#floorSample);
      if (tail.samples.length === 0) continue;
      this.#floorSample = endOf(tail);
      this.#emit({ ...tail, type: "audio", segmentId });
    }
  }

  #keepDeadlines(nowSample: number): void {
    if (this.#state.kind !== "open" || !this.#state.ended) return;
    const { ended, segmentId, isFlushed } = this.#state;
    const sinceSamples = nowSample - ended.atSample;
    const { policy, flushAfterSamples, closeAfterSamples } = this.#settings;
    if (
      !isFlushed &&
      (sinceSamples >= flushAfterSamples || (policy === "speech" && sinceSamples >= closeAfterSamples))
    ) {
      this.#state = { kind: "open", segmentId, ended, isFlushed: true };
      this.#emit({ type: "flush", segmentId, speechEndSample: ended.endSample, atSample: nowSample });
    }
    if (policy === "speech" && sinceSamples >= closeAfterSamples) this.close(nowSample);
  }
}

function endOf({ startSample, samples }: CapturedFrame): number {
  return startSample + samples.length;
}

/** The uplink is cut at the sample nearest to the same time. */
function tailFrom(frame: CapturedFrame, fromSample: number): CapturedFrame {
  const { startSample, samples, uplink } = frame;
  const skip = fromSample - startSample;
  if (skip <= 0) return frame;
  const tailOf = (track: Float32Array): Float32Array => track.slice(Math.round((skip * track.length) / samples.length));
  return { ...frame, startSample: fromSample, samples: tailOf(samples), ...(uplink && { uplink: tailOf(uplink) }) };
}
