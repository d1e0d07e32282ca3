import { rmsDbfs } from "../audio/level.ts";
import { FRAME_SAMPLES } from "../audio/units.ts";
import type { CapturedFrame, CaptureEvent } from "../microphone/capture-messages.ts";
import {
  detectorSettings,
  SpeechDetector,
  type SpeechChange,
  type SpeechDetectorOptions,
} from "../vad/speech-detector.ts";
import { gateSettings, SpeechGate, type GateEvent, type GateOptions } from "./speech-gate.ts";

/** Settings of detector and gate, as they travel to where the decisions are made. */
export interface HearingOptions {
  /** When speech begins and ends. */
  readonly detector: SpeechDetectorOptions;
  /** What passes, and when. */
  readonly gate: GateOptions;
}

/** Everything that hearing finds out, as one ordered stream. Samples are of the capture clock (16 kHz). */
export type HearingEvent =
  | GateEvent
  | SpeechChange
  /** Every frame, whether it passed or not; the heartbeat of the clock. `probability` is filtered; absent without a VAD. */
  | {
      readonly type: "frame";
      readonly startSample: number;
      readonly endSample: number;
      readonly levelDb: number;
      readonly probability?: number;
      readonly isOpen: boolean;
    }
  | Exclude<CaptureEvent, { type: "frame" }>
  /** The model could not load, or broke: from here on everything passes that only silence would have held back. */
  | { readonly type: "vad-failed"; readonly message: string };

/** Commands of the app, each for the next frame. */
export type HearingCommand = { readonly type: "want"; readonly isOpen: boolean };

/** Decides about judged frames: detector, then gate. Pure and synchronous; the same on every thread. */
export class FrameDecider {
  readonly #emit: (event: HearingEvent) => void;
  readonly #detector: SpeechDetector;
  readonly #gate: SpeechGate;
  #isMuted = false;
  #hasModel = true;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: HearingOptions, emit: (event: HearingEvent) => void) {
    this.#emit = emit;
    this.#detector = new SpeechDetector(options.detector);
    const lookBackSamples = detectorSettings(options.detector).minSpeechSamples + FRAME_SAMPLES;
    this.#gate = new SpeechGate(gateSettings(options.gate), lookBackSamples, emit);
  }

  /** False after {@link giveUp}: frames need no judging any more. */
  get hasModel(): boolean {
    return this.#hasModel;
  }

  /** Takes the next frame and the model's raw probability for it, if there is a model. The frame is kept; the caller lets go of it. */
  frame(frame: CapturedFrame, probability: number | undefined): void {
    const { startSample, samples } = frame;
    const endSample = startSample + samples.length;
    const levelDb = rmsDbfs(samples);
    let change: SpeechChange | undefined;
    // While muted the model hears silence to the end, but what it still makes of the sound before is not speech.
    if (probability !== undefined && !this.#isMuted) change = this.#detector.push(startSample, endSample, probability);
    const heard = probability === undefined ? {} : { probability: this.#detector.probability };
    if (change) this.#emit(change);
    this.#gate.push(frame, change);
    this.#emit({ type: "frame", startSample, endSample, levelDb, ...heard, isOpen: this.#gate.isOpen });
  }

  /** Takes what happened between the frames; tells whether the model must forget what it heard. */
  note(event: Exclude<CaptureEvent, { type: "frame" }>): boolean {
    const isBreak = event.type === "gap" && !event.isFilled;
    if (event.type === "mute") {
      this.#isMuted = event.isMuted;
      if (event.isMuted) this.#endSpeech(event.atSample);
      this.#gate.mute(event.isMuted, event.atSample);
    } else if (event.type === "end" || isBreak) {
      const atSample = event.type === "end" ? event.atSample : event.startSample;
      this.#endSpeech(atSample);
      this.#gate.close(atSample);
    }
    this.#emit(event);
    return isBreak;
  }

  /** Carries out a command of the app. */
  command(command: HearingCommand): void {
    this.#gate.want(command.isOpen);
  }

  /** There is no model, or no longer: says so, and from here on everything passes. */
  giveUp(cause: unknown): void {
    if (!this.#hasModel) return;
    this.#hasModel = false;
    this.#gate.passEverything();
    this.#emit({ type: "vad-failed", message: cause instanceof Error ? cause.message : String(cause) });
  }

  #endSpeech(atSample: number): void {
    const change = this.#detector.reset(atSample);
    if (change) this.#emit(change);
  }
}
