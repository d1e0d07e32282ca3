import type { PlaybackItem } from "../../playback/playback.ts";
import { Speaker } from "../../playback/speaker.ts";
import type { RoomSound } from "../../room/room-port.ts";
import type { AgentHost } from "../agent-host.ts";
import { ROOM_RATE_HZ, type RoomMicrophone } from "./room-devices.ts";

/** Enough for frames of 32 ms that come unevenly. */
const TIMING = { startThresholdMs: 48, fadeMs: 5 };

/** Turns captured samples into a track: the library's own playback, led into a stream instead of a loudspeaker. */
export class WorkletMicrophone implements RoomMicrophone {
  readonly sound: RoomSound;
  readonly #speaker: Speaker;
  #item: PlaybackItem | undefined;
  /** What may not have left yet, though nothing follows it. */
  #before: PlaybackItem | undefined;
  #count = 0;

  private constructor(speaker: Speaker, sound: RoomSound) {
    this.#speaker = speaker;
    this.sound = sound;
  }

  /** Loads the processor. @throws VoiceError `asset-failed`; or the reason of the host's signal. */
  static async open({ context, assets, signal, onFailure }: AgentHost): Promise<WorkletMicrophone> {
    const speaker = await Speaker.open({ context, assets, signal, options: TIMING, onFailure });
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    // Nobody hears oneself.
    speaker.output.disconnect();
    speaker.output.connect(destination);
    const [track] = destination.stream.getAudioTracks();
    if (!track) throw new TypeError("A stream's destination has no track");
    signal.addEventListener("abort", () => track.stop(), { once: true });
    return new WorkletMicrophone(speaker, track);
  }

  get lagMs(): number {
    return lagMs(this.#item) + lagMs(this.#before);
  }

  write(samples: Float32Array): void {
    if (!this.#item || this.#item.isOver) {
      this.#count += 1;
      this.#item = this.#speaker.begin({ itemId: `microphone-${this.#count}`, contentIndex: 0 }, ROOM_RATE_HZ);
    }
    this.#item.write(samples);
  }

  rest(): void {
    this.#item?.end();
    this.#before = this.#item ?? this.#before;
    this.#item = undefined;
  }
}

function lagMs(item: PlaybackItem | undefined): number {
  if (!item || item.isOver) return 0;
  return ((item.receivedSamples - item.renderedSamples) * 1_000) / ROOM_RATE_HZ;
}
