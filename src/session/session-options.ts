import type { Agent } from "../agent/agent.ts";
import type { AgentSurroundings } from "../agent/agent-host.ts";
import type { AssetLocation } from "../assets.ts";
import { gateSettings, type GateOptions } from "../gate/speech-gate.ts";
import type { AudioSource } from "../microphone/sources.ts";
import type { Stt } from "../stt/contract.ts";
import type { TurnTaking } from "../turns/turn-taking.ts";
import type { Vad } from "../vad/silero.ts";

/** The parts of a session. Only what is handed in is loaded. */
export interface VoiceSessionOptions {
  /** Where to hear from: `microphone()`, `fromStream(stream)` or `fromAudio(recording)`. */
  readonly source: AudioSource;
  /** How to tell speech: `silero()`; `false` loads no model, and then everything passes the gate. */
  readonly vad: Vad | false;
  /** When audio passes to the recogniser. */
  readonly gate?: GateOptions;
  /** The recogniser, such as `livekitInference({ … })`. Without one the session only detects speech. */
  readonly stt?: Stt;
  /** How turns are taken, such as `turnTaking()` of `vivavoce/turns`. @defaultValue no turns are taken: dictation */
  readonly turns?: TurnTaking;
  /** Who answers, such as `cascade({ … })`, `openaiRealtime({ … })` or `livekitRoom({ … })`. @defaultValue nobody: the app does, if anyone */
  readonly agent?: Agent;
  /** Folder of the library's worklet, worker, wasm and model, on the page's own origin. @defaultValue beside the module */
  readonly assets?: AssetLocation;
  /** An `AudioContext` of the app's own; it is resumed, but never closed. @defaultValue a new one for each start */
  readonly context?: AudioContext;
  /** How long `stop()` waits for the last texts, in ms, 0..60000. @defaultValue 2000 */
  readonly finalLimitMs?: number;
}

/** The options, checked and completed. */
export interface SessionSettings extends VoiceSessionOptions {
  readonly gate: GateOptions;
  readonly finalLimitMs: number;
  /** A second rate at which the agent hears. */
  readonly uplinkRateHz: number | undefined;
}

/**
 * Checks each part, and that they go together.
 *
 * @throws RangeError or TypeError that names the option, the rule and the value.
 */
export function sessionSettings(options: VoiceSessionOptions): SessionSettings {
  const { source, vad, stt, turns, agent, finalLimitMs = 2_000 } = options;
  if (typeof source?.open !== "function")
    throw new TypeError("source must be microphone(), fromStream() or fromAudio()");
  if (vad !== false && typeof vad?.worker !== "function") throw new TypeError("vad must be silero() or false");
  if (!vad && !stt && !agent) throw new TypeError("A session needs an stt, a vad or an agent");
  if (agent !== undefined && typeof agent?.start !== "function") {
    throw new TypeError("agent must be cascade() or openaiRealtime()");
  }
  if (stt && !stt.capabilities.streaming)
    throw new TypeError(`${stt.model} recognises whole recordings only: hand in streamAdapter(stt) instead`);
  if (!(finalLimitMs >= 0 && finalLimitMs <= 60_000)) {
    throw new RangeError(`finalLimitMs must be in [0, 60000] ms, got ${finalLimitMs}`);
  }
  if (turns !== undefined && typeof turns?.start !== "function") throw new TypeError("turns must be turnTaking()");
  turns?.require(vad !== false, stt !== undefined);
  const demands = agent?.demands(surroundingsOf(options));
  const ender = stt?.capabilities.endsTurns ? stt.model : demands?.endsTurns ? "an agent that does so" : undefined;
  const policy = options.gate?.policy ?? (vad && !ender ? "speech" : "always");
  if (policy === "speech" && !vad) throw new TypeError('gate.policy "speech" needs a vad to open the gate');
  if (policy === "speech" && ender !== undefined) {
    throw new TypeError(
      `gate.policy "speech" cannot work with ${ender}: it ends turns itself, so it must hear the silences too`,
    );
  }
  const gate = { ...options.gate, policy };
  gateSettings(gate);
  return { ...options, gate, finalLimitMs, uplinkRateHz: demands?.hearsAtHz };
}

/** What an agent is told of its session. */
export function surroundingsOf({ vad, stt, turns }: VoiceSessionOptions): AgentSurroundings {
  return { hasVad: vad !== false, hasStt: stt !== undefined, turns: turns?.settings };
}
