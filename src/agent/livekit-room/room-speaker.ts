import { VoiceError } from "../../errors.ts";
import { OutputRoute } from "../../playback/output-route.ts";
import type { ClearedPlayback, PlaybackItem } from "../../playback/playback.ts";
import { requireInRange, type SpeakerOptions, resolveSpeakerOptions } from "../../playback/speaker-options.ts";
import { unlockOutput } from "../../playback/unlock-output.ts";
import type { RoomSound } from "../../room/room-port.ts";
import type { AgentHost } from "../agent-host.ts";
import type { RoomSpeaker } from "./room-devices.ts";

/** Time constant of a change of loudness, in s. */
const VOLUME_TIME_CONSTANT_SEC = 0.015;

interface Played {
  readonly node: MediaStreamAudioSourceNode;
  readonly element: HTMLAudioElement;
}

/** Plays the live sounds of a room in the session's context. What is not heard while it is silent is gone. */
export class LiveSpeaker implements RoomSpeaker {
  /** What sounds, after {@link volume}: for meters and recorders. */
  readonly output: AudioNode;
  readonly #context: AudioContext;
  /** Silence on demand, before {@link volume}. */
  readonly #gate: GainNode;
  readonly #gain: GainNode;
  readonly #route: OutputRoute;
  readonly #fadeSec: number;
  readonly #played = new Map<RoomSound, Played>();
  #volume: number;
  #isPaused = false;

  /** Call it in the click that starts, before anything is awaited. @throws RangeError for an option out of its range. */
  constructor({ context, signal }: Pick<AgentHost, "context" | "signal">, options: SpeakerOptions = {}) {
    const { volume, fadeMs } = resolveSpeakerOptions(options, "room.playback");
    unlockOutput(context);
    this.#context = context;
    this.#volume = volume;
    this.#fadeSec = fadeMs / 1_000;
    this.#gate = new GainNode(context);
    this.#gain = new GainNode(context, { gain: volume });
    this.#gate.connect(this.#gain);
    this.output = this.#gain;
    this.#route = new OutputRoute(context, this.#gain);
    signal.addEventListener("abort", () => this.#close(), { once: true });
  }

  /** True while it is silent on demand. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Loudness, 0 (silent) to 1 (as it came). */
  get volume(): number {
    return this.#volume;
  }

  /** @throws RangeError for anything else. */
  set volume(volume: number) {
    requireInRange("speaker.volume", volume, 0, 1);
    this.#volume = volume;
    this.#gain.gain.setTargetAtTime(volume, this.#context.currentTime, VOLUME_TIME_CONSTANT_SEC);
  }

  /** Chooses where it sounds; `""` is the browser's choice. @throws VoiceError `not-supported` if the browser will not */
  setOutputDevice(deviceId: string): Promise<void> {
    return this.#route.choose(deviceId);
  }

  add(sound: RoomSound): void {
    if (this.#played.has(sound)) return;
    const stream = new MediaStream([sound as MediaStreamTrack]);
    // Chromium lets a remote track sound in Web Audio only while an element plays it, which may be mute.
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => undefined);
    const node = new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream });
    node.connect(this.#gate);
    this.#played.set(sound, { node, element });
  }

  remove(sound: RoomSound): void {
    const played = this.#played.get(sound);
    if (!played) return;
    this.#played.delete(sound);
    played.node.disconnect();
    played.element.pause();
    played.element.srcObject = null;
  }

  /** @throws VoiceError `not-supported` always: what the agent says comes from the room. */
  begin(): PlaybackItem {
    throw new VoiceError("not-supported", "An agent in a room has its own voice: nothing else can be played here");
  }

  /** Fades out. */
  pause(): void {
    this.#fadeTo(0);
    this.#isPaused = true;
  }

  /** Goes on with what is said by then. */
  resume(): void {
    this.#fadeTo(1);
    this.#isPaused = false;
  }

  /** Fades out, until {@link resume}. */
  clear(): Promise<ClearedPlayback> {
    this.pause();
    const fadeMs = this.#fadeSec * 1_000;
    return Promise.resolve({ items: [], silentAtContextSec: this.#context.currentTime + this.#fadeSec, fadeMs });
  }

  #fadeTo(level: number): void {
    const { gain } = this.#gate;
    const now = this.#context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(level, now + this.#fadeSec);
  }

  #close(): void {
    for (const sound of [...this.#played.keys()]) this.remove(sound);
    this.#gate.disconnect();
    this.#route.close();
  }
}
