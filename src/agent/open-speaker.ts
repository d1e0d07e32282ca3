import { Speaker } from "../playback/speaker.ts";
import type { SpeakerOptions } from "../playback/speaker-options.ts";
import { unlockOutput } from "../playback/unlock-output.ts";
import type { OpenSpeaker } from "./agent-speaker.ts";

/** Opens the page's loudspeaker for an agent, in the context of its session; it is closed with the run. */
export function openSpeaker(options: SpeakerOptions = {}): OpenSpeaker {
  return ({ context, assets, signal, onFailure }, onEvent) => {
    unlockOutput(context);
    return Speaker.open({ context, assets, signal, options, onEvent, onFailure });
  };
}
