import { samplesToMs } from "../audio/units.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { VoiceError } from "../errors.ts";
import { AudioWindow } from "./audio-window.ts";
import { Detection, type DetectionVerdict } from "./detection.ts";
import type { Endpointing } from "./endpointing.ts";
import type { DecisionRecord, TurnTelemetry } from "./telemetry.ts";
import type { TurnHost } from "./turn-host.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** How much of the conversation a detector reads, in messages. LiveKit's models know no more. */
const MESSAGES = 6;

/** The detector of a run, if there is one: what it hears, what it reads, and what becomes of its failures. */
export class Judge {
  readonly #host: TurnHost;
  readonly #conversation: Conversation;
  readonly #telemetry: TurnTelemetry;
  readonly #endpointing: () => Endpointing;
  #record: DecisionRecord | undefined;
  readonly #window: AudioWindow | undefined;
  readonly #detection: Detection | undefined;

  constructor(
    { detection: detector, detectorTimeoutMs: timeoutMs }: TurnSettings,
    host: TurnHost,
    telemetry: TurnTelemetry,
    endpointing: () => Endpointing,
    conversation: Conversation,
  ) {
    this.#conversation = conversation;
    this.#host = host;
    this.#telemetry = telemetry;
    this.#endpointing = endpointing;
    if (typeof detector !== "object") return;
    this.#window = detector.input === "text" ? undefined : new AudioWindow(detector);
    const audio = this.#window ? { audio: this.#window } : {};
    this.#detection = new Detection({ detector, timeoutMs, clock: host.clock, ...audio });
  }

  /** Audio that passed the gate: mono, -1..1, 16 kHz. */
  push(startSample: number, samples: Float32Array): void {
    this.#window?.push(startSample, samples);
  }

  /** Asks whether the person has finished; answered once, unless it is cancelled. */
  ask(transcript: string, language: string | undefined, onVerdict: (verdict: DetectionVerdict) => void): void {
    const earlier = this.#conversation.messages({ limit: MESSAGES - 1, roles: ["user", "assistant"] });
    const messages = [...earlier, { role: "user" as const, text: transcript }];
    this.cancel();
    const record = this.#telemetry.decisionStarted(messages, this.#host.now());
    this.#record = record;
    this.#detection?.ask({ messages, transcript, language }, (verdict) => {
      const { reason, cause, probability, threshold, isLikelyOver } = verdict;
      this.#record = undefined;
      const { minDelaySamples, maxDelaySamples } = this.#endpointing();
      const delayMs = samplesToMs(isLikelyOver ? minDelaySamples : maxDelaySamples);
      const decision = { probability, threshold, delayMs, language };
      const now = this.#host.now();
      if (reason === undefined || reason === "unsupported-language") record.end(decision, now);
      else record.fail(cause ?? reason, decision, now);
      if (reason === "failed") {
        const message = "The turn detector failed, so the shorter delay decides";
        this.#host.onWarning(new VoiceError("provider-failed", message, { cause }));
      }
      onVerdict(verdict);
    });
  }

  /** The person went on. */
  cancel(): void {
    this.#detection?.cancel();
    this.#record?.cancel(this.#host.now());
    this.#record = undefined;
  }

  /** Frees what it holds. */
  close(): void {
    this.cancel();
    this.#detection?.close();
  }
}
