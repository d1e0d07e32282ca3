import type { Playback, PlaybackEvent } from "../playback/playback.ts";
import type { AgentHost } from "./agent-host.ts";

/** What an agent speaks through: a `Speaker`, or what a test has in its place. */
export interface AgentSpeaker extends Playback {
  /** What sounds: for meters and recorders. */
  readonly output: AudioNode;
  /** Loudness, 0 (silent) to 1 (as it came). @throws RangeError when set to anything else */
  volume: number;
  /**
   * Chooses where it sounds; `""` is the browser's choice.
   *
   * @throws VoiceError `not-supported` if the browser cannot choose, or will not have this one.
   */
  setOutputDevice(deviceId: string): Promise<void>;
}

/** Opens it; what happens to its items is told to `onEvent`. */
export type OpenSpeaker = (host: AgentHost, onEvent: (event: PlaybackEvent) => void) => Promise<AgentSpeaker>;
