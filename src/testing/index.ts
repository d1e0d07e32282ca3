/**
 * For tests of apps and of providers: recognisers, sockets, clocks and sounds that do as they are told.
 * @module
 */
export { FakeClock } from "./fake-clock.ts";
export { livekitAudio, livekitPackets } from "./livekit-audio.ts";
export type { Matcher } from "./matcher.ts";
export { closeWith, type JsonMessage, type Reply, type ScriptedClose, type SentMessage } from "./scripted-message.ts";
export { ScriptedServer } from "./scripted-server.ts";
export { ScriptedSocket, type Expectation } from "./scripted-socket.ts";
export type { ScriptedUtterance } from "./scripted-stream.ts";
export { scriptedStt, type ScriptedStt, type ScriptedSttOptions } from "./scripted-stt.ts";
export { settled } from "./settled.ts";
export {
  concatenate,
  noise,
  silence,
  speech,
  tone,
  type NoiseOptions,
  type SoundOptions,
  type SpeechOptions,
  type ToneOptions,
} from "./sounds.ts";
