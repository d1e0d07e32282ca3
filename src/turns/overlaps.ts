import type { SpeechEvent } from "../stt/speech-event.ts";
import type { DetectionKind } from "./detection-kind.ts";
import type { InterruptionOutput } from "./interruption-output.ts";
import type { Interruption } from "./interruption.ts";
import { OverlapSide } from "./overlap-side.ts";
import type { TurnHost } from "./turn-host.ts";
import type { TurnSettings } from "./turn-settings.ts";

/**
 * Adaptive interruption, where it was asked for and can work: with a VAD, a recogniser whose texts have times, and turns
 * that this side ends. Otherwise everything passes as if it were not there.
 */
export class Overlaps {
  readonly #side: OverlapSide | undefined;
  readonly #emit: (event: SpeechEvent) => void;

  /** `emit` gets what is not held back. */
  constructor(
    { interruption: settings }: TurnSettings,
    detection: DetectionKind,
    interruption: Interruption,
    host: TurnHost,
    emit: (event: SpeechEvent) => void,
  ) {
    this.#emit = emit;
    const { mode, backchannelBoundarySamples } = settings;
    const canWork = host.hasVad && host.hasAlignedStt && detection !== "manual" && detection !== "realtime";
    if (typeof mode !== "object" || !canWork) return;
    this.#side = new OverlapSide({
      detector: mode,
      boundarySamples: backchannelBoundarySamples[1],
      interruption,
      now: host.now,
      emit,
      onWarning: host.onWarning,
    });
    interruption.update({ isAdaptive: this.#side.isActive }, host.now());
  }

  /** The agent can be heard, or not any more. */
  agentHeard(output: InterruptionOutput & { readonly type: "agent-heard" }): void {
    this.#side?.agentHeard(output);
  }

  /** The person begins to speak. */
  userStarted(startSample: number): void {
    this.#side?.userStarted(startSample);
  }

  /** They have stopped. */
  userEnded(at: number): void {
    this.#side?.userEnded(at);
  }

  /** Audio that passed the gate. */
  push(startSample: number, samples: Float32Array): void {
    this.#side?.push(startSample, samples);
  }

  /** What the recogniser says: passed on at once, or held until it is clear whom it was meant for. */
  recognised(event: SpeechEvent): void {
    if (this.#side) this.#side.recognised(event);
    else this.#emit(event);
  }

  /** What is held is of no more use. */
  clear(): void {
    this.#side?.clear();
  }

  /** Interruptions are left to the VAD; what is held is released. */
  close(): void {
    this.#side?.close();
  }
}
