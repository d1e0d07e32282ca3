export { VoiceError, type VoiceErrorCode, type VoiceErrorOptions } from "./errors.ts";
export type { AssetLocation } from "./assets.ts";
export {
  fromAudio,
  fromStream,
  microphone,
  type AudioSource,
  type MicrophoneOptions,
  type OpenSource,
  type Recording,
} from "./microphone/sources.ts";
export {
  silero,
  type SileroEngine,
  type SileroModel,
  type SileroOptions,
  type Vad,
  type VadWorker,
} from "./vad/silero.ts";
export type { SpeechDetectorOptions } from "./vad/speech-detector.ts";
export type { GateOptions, GatePolicy } from "./gate/speech-gate.ts";
export type { Stt } from "./stt/contract.ts";
export { VoiceSession } from "./session/voice-session.ts";
export type { VoiceSessionOptions } from "./session/session-options.ts";
export type { SessionHealth } from "./session/health.ts";
export type {
  EndReason,
  GapCause,
  SegmentMetrics,
  SessionState,
  SessionStateKind,
  TranscriptWord,
  VoiceEvent,
  VoiceEventOf,
  VoiceEventType,
} from "./session/events.ts";
