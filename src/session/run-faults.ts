import { VoiceError, type VoiceErrorCode } from "../errors.ts";

/** A context for one run. @throws VoiceError `audio-context-failed` if there is no Web Audio. */
export function newContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: "interactive" });
  } catch (cause) {
    throw new VoiceError("audio-context-failed", "This browser gives no AudioContext", { cause });
  }
}

/** The device was pulled, or taken away. */
export function microphoneLost(): VoiceError {
  return new VoiceError("microphone-lost", "The microphone went away while it was in use");
}

/** Whatever was thrown, as this library's error; `code` for what is none. */
export function asVoiceError(cause: unknown, code: VoiceErrorCode = "audio-context-failed"): VoiceError {
  if (cause instanceof VoiceError) return cause;
  return new VoiceError(code, cause instanceof Error ? cause.message : String(cause), { cause });
}
