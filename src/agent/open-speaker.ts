import { Speaker, type SpeakerOptions } from "../playback/speaker.ts";
import type { OpenPlayback } from "./agent-voice.ts";

/** Opens the page's loudspeaker for an agent, in the context of its session; it is closed with the run. */
export function openSpeaker(options: SpeakerOptions = {}): OpenPlayback {
  return async ({ context, assets, signal }, onEvent) => {
    const speaker = await Speaker.open({ context, assets, signal, options, onEvent });
    signal.addEventListener("abort", () => speaker.close(), { once: true });
    if (signal.aborted) speaker.close();
    return speaker;
  };
}
