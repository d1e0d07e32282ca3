export { Speaker, type SpeakerSurroundings } from "./speaker.ts";
export { unlockOutput } from "./unlock-output.ts";
export { resolveSpeakerOptions, type SpeakerOptions } from "./speaker-options.ts";
export type {
  ClearedPlayback,
  Playback,
  PlaybackCount,
  PlaybackEvent,
  PlaybackItem,
  PlaybackItemName,
} from "./playback.ts";
export { SpokenText, type SpokenWord } from "./spoken-text.ts";
