import { samplesToMs } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import type { TranscriptEvent } from "../stt/speech-event.ts";
import { TurnObservers, type TurnObserver } from "./observer.ts";
import type { FinishedTurn } from "./recognition-events.ts";
import { NO_TELEMETRY, type TelemetrySource, type TurnAbandonment, type TurnTelemetry } from "./telemetry.ts";
import type { TurnHost } from "./turn-host.ts";
import { turnMetrics } from "./turn-metrics.ts";

/** Who listens in. */
export interface WitnessParts {
  readonly telemetry?: TelemetrySource;
  readonly observers?: readonly TurnObserver[];
}

/** Tells telemetry and observers of a run what happens. None of them can disturb it. */
export class Witnesses {
  /** What records, or nothing that does. */
  readonly telemetry: TurnTelemetry;
  readonly #observers: TurnObservers;

  constructor({ telemetry, observers = [] }: WitnessParts, host: TurnHost) {
    this.telemetry = telemetry?.(host) ?? NO_TELEMETRY;
    this.#observers = new TurnObservers((cause) => {
      host.onWarning(new VoiceError("provider-failed", "An observer of turns threw", { cause }));
    });
    for (const observer of observers) this.#observers.add(observer);
  }

  /** Audio that passed the gate. */
  audio(startSample: number, samples: Float32Array): void {
    this.#observers.onAudio(startSample, samples);
  }

  /** The person began to speak. */
  speechStarted(startSample: number): void {
    this.telemetry.speechStarted(startSample);
    this.#observers.onUserSpeechStarted();
  }

  /** They ceased to. */
  speechEnded(endSample: number, at: number): void {
    this.telemetry.speechEnded(endSample);
    this.#observers.onUserSpeechEnded(samplesToMs(at - endSample));
  }

  /** A text came. */
  text({ type, data, requestId }: TranscriptEvent): void {
    this.telemetry.requestNoticed(requestId);
    if (type === "final-transcript" && data.text !== "") this.#observers.onTranscript(data.text);
  }

  /** A turn is over; true if somebody wants no answer to it. */
  finished(turn: FinishedTurn): boolean {
    this.telemetry.turnCommitted({ ...turn, ...turnMetrics(turn) }, turn.committedAt);
    return this.#observers.onEndOfTurn(turn);
  }

  /** It comes to nothing. */
  abandoned(why: TurnAbandonment, at: number): void {
    this.telemetry.turnAbandoned(why, at);
  }
}
