export type { ConnectionOptions } from "./connection-options.ts";
export type {
  FlushSupport,
  RecognizeOptions,
  SpeechStream,
  SpeechStreamHealth,
  SpeechStreamOptions,
  Stt,
  SttCapabilities,
} from "./contract.ts";
export type { SpeechData, SpeechEvent, SpeechWord, SttMetrics, TranscriptEvent } from "./speech-event.ts";
export type { CodecEvent, CodecTranscript, CodecWord, Endpoint, SttCodec } from "./codec.ts";
export { CodecSpeechStream, type SpeechStreamParts } from "./speech-stream.ts";
export { baseLanguageOf, isoLanguageOf, normalizeLanguage, regionOf } from "./language.ts";
export type { Segment } from "./segment-book.ts";
export type { Clock } from "../net/clock.ts";
export type { OpenSocket, SocketLike } from "../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../net/token.ts";
