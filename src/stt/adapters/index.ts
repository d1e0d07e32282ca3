export { streamAdapter, type StreamAdapterOptions } from "./stream-adapter.ts";
export type { SpeechBoundary, SpeechJudge, StreamVad } from "./vad-speech-stream.ts";
export { fallbackAdapter, type FallbackAdapterOptions } from "./fallback-adapter.ts";
export type { AvailabilityChange } from "./fallback-member.ts";
export { multiSpeaker, type MultiSpeakerOptions } from "./multi-speaker.ts";
export type { PrimarySpeakerOptions } from "./primary-speaker.ts";
