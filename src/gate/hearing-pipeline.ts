import { rmsDbfs } from "../audio/level.ts";
import { FRAME_SAMPLES } from "../audio/units.ts";
import type { CaptureEvent } from "../microphone/capture-messages.ts";
import type { FrameJudge } from "../vad/frame-judge.ts";
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

/** Commands of the app to a running pipeline; each takes effect at the next frame. */
export type HearingCommand = { readonly type: "want"; readonly isOpen: boolean };

/**
 * From captured frames to decisions: model, detector, gate. Frames are judged strictly one after another, in the order
 * they were captured; what comes while one is judged, or while the model loads, waits its turn.
 */
export class HearingPipeline {
  readonly #emit: (event: HearingEvent) => void;
  readonly #waiting: (CaptureEvent | HearingCommand)[] = [];
  readonly #judge: Promise<FrameJudge | undefined>;
  readonly #detector: SpeechDetector;
  readonly #gate: SpeechGate;
  #isBusy = false;
  #isMuted = false;
  #hasFailed = false;
  #idle: (() => void)[] = [];

  /** `judge`: the model, perhaps still loading; resolves to `undefined` without one; a rejection opens the gate for good. */
  constructor(options: HearingOptions, judge: Promise<FrameJudge | undefined>, emit: (event: HearingEvent) => void) {
    this.#emit = emit;
    this.#detector = new SpeechDetector(options.detector);
    const lookBackSamples = detectorSettings(options.detector).minSpeechSamples + FRAME_SAMPLES;
    this.#gate = new SpeechGate(gateSettings(options.gate), lookBackSamples, emit);
    this.#judge = judge.catch((cause: unknown) => this.#giveUp(cause));
  }

  /** Takes the next thing captured. The pipeline keeps a frame's samples; the caller lets go of them. */
  push(event: CaptureEvent): void {
    this.#take(event);
  }

  /** Carries out a command of the app, after what was pushed before it. */
  command(command: HearingCommand): void {
    this.#take(command);
  }

  /** Resolves when everything pushed so far has been decided. */
  idle(): Promise<void> {
    return this.#isBusy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  #take(item: CaptureEvent | HearingCommand): void {
    this.#waiting.push(item);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    const judge = await this.#judge;
    for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) {
      if (event.type === "frame") await this.#hear(event.startSample, event.samples, judge);
      else if (event.type === "want") this.#gate.want(event.isOpen);
      else this.#note(event, judge);
    }
    this.#isBusy = false;
    this.#idle.splice(0).forEach((resolve) => resolve());
  }

  async #hear(startSample: number, samples: Float32Array, judge: FrameJudge | undefined): Promise<void> {
    const endSample = startSample + samples.length;
    const levelDb = rmsDbfs(samples);
    let change: SpeechChange | undefined;
    let heard: { probability: number } | undefined;
    if (judge && !this.#hasFailed) {
      try {
        const raw = await judge.judge(samples);
        // While muted the model hears silence to the end, but what it still makes of the sound before is not speech.
        if (!this.#isMuted) change = this.#detector.push(startSample, endSample, raw);
        heard = { probability: this.#detector.probability };
      } catch (cause) {
        this.#giveUp(cause);
      }
    }
    if (change) this.#emit(change);
    this.#gate.push(startSample, samples, change);
    this.#emit({
      type: "frame",
      startSample,
      endSample,
      levelDb,
      ...heard,
      isOpen: this.#gate.segmentId !== undefined,
    });
  }

  #note(event: Exclude<CaptureEvent, { type: "frame" }>, judge: FrameJudge | undefined): void {
    if (event.type === "gap") {
      if (!event.isFilled) this.#breakOff(event.startSample, judge);
    } else if (event.type === "mute") {
      this.#isMuted = event.isMuted;
      if (event.isMuted) this.#endSpeech(event.atSample);
      this.#gate.mute(event.isMuted, event.atSample);
    } else {
      this.#endSpeech(event.atSample);
      this.#gate.close(event.atSample);
    }
    this.#emit(event);
  }

  #breakOff(atSample: number, judge: FrameJudge | undefined): void {
    this.#endSpeech(atSample);
    this.#gate.close(atSample);
    judge?.reset();
  }

  #endSpeech(atSample: number): void {
    const change = this.#detector.reset(atSample);
    if (change) this.#emit(change);
  }

  #giveUp(cause: unknown): undefined {
    this.#hasFailed = true;
    this.#gate.passEverything();
    this.#emit({ type: "vad-failed", message: cause instanceof Error ? cause.message : String(cause) });
    return undefined;
  }
}
