export type {
  FlushSupport,
  SpeechData,
  SpeechEvent,
  SpeechStream,
  SpeechStreamOptions,
  SpeechWord,
  Stt,
  SttCapabilities,
} from "./contract.ts";
export type { CodecEvent, CodecTranscript, CodecWord, Endpoint, SttCodec } from "./codec.ts";
export { CodecSpeechStream, type SpeechStreamParts } from "./speech-stream.ts";
export type { Segment } from "./segment-book.ts";
export type { OpenSocket, SocketLike } from "../net/socket.ts";
export type { Token, TokenFunction, TokenReason, TokenRequest } from "../net/token.ts";
