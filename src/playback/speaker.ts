import { addWorklet, announced, assetError, assetUrl, type AssetLocation } from "../assets.ts";
import { VoiceError } from "../errors.ts";
import { systemClock } from "../net/system-clock.ts";
import { heardContextSec } from "./output-clock.ts";
import { OutputRoute } from "./output-route.ts";
import { PLAYBACK_PROCESSOR, type PlaybackQueueOptions, type PlaybackReport } from "./playback-messages.ts";
import type { ClearedPlayback, Playback, PlaybackEvent, PlaybackItem, PlaybackItemName } from "./playback.ts";
import { RemoteQueue } from "./remote-queue.ts";
import { requireInRange, resolveSpeakerOptions, type SpeakerOptions } from "./speaker-options.ts";

/** Time constant of a change of loudness, in s: quick, and without a click. */
const VOLUME_TIME_CONSTANT_SEC = 0.015;

/** What a {@link Speaker} is opened with. */
export interface SpeakerSurroundings {
  /** Plays in this context, to its destination; it stays the caller's. */
  readonly context: AudioContext;
  /** Where `playback.worklet.js` is. @defaultValue beside the library's module */
  readonly assets?: AssetLocation | undefined;
  /** Gives up opening, and later closes the speaker. */
  readonly signal?: AbortSignal;
  /** How to play. */
  readonly options?: SpeakerOptions | undefined;
  /** Hears what happens to items, in order. Nothing is told of an item after it was cleared, but by the promise. */
  readonly onEvent?: (event: PlaybackEvent) => void;
  /** The processor broke: nothing more will sound. Told once. */
  readonly onFailure?: (error: VoiceError) => void;
}

/** A loudspeaker that plays items one after another, and knows to the sample what has left. */
export class Speaker implements Playback {
  /** What sounds, after {@link volume}: for meters and recorders. */
  readonly output: AudioNode;
  readonly #node: AudioWorkletNode;
  readonly #gain: GainNode;
  readonly #queue: RemoteQueue;
  readonly #route: OutputRoute;
  readonly #closed = new AbortController();
  #volume: number;

  private constructor(node: AudioWorkletNode, volume: number, surroundings: SpeakerSurroundings) {
    const { context, signal, onEvent = () => undefined, onFailure } = surroundings;
    this.#node = node;
    this.#volume = volume;
    this.#gain = new GainNode(context, { gain: volume });
    this.output = this.#gain;
    this.#queue = new RemoteQueue({
      outputRate: context.sampleRate,
      post: (command, transfer) => node.port.postMessage(command, [...transfer]),
      nowSec: () => context.currentTime,
      heardSec: () => heardContextSec(context),
      clock: systemClock,
      onEvent,
    });
    node.connect(this.#gain);
    this.#route = new OutputRoute(context, this.#gain);
    const whileOpen = { once: true, signal: this.#closed.signal };
    node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>): void => this.#queue.receive(data);
    signal?.addEventListener("abort", () => this.close(), whileOpen);
    const fail = (): void => {
      this.close();
      onFailure?.(new VoiceError("audio-context-failed", "The playback processor broke"));
    };
    node.addEventListener("processorerror", fail, whileOpen);
  }

  /**
   * Loads the processor and connects it. Nothing sounds yet.
   *
   * @throws RangeError for an option out of its range; VoiceError `asset-failed`; or the reason of `signal`.
   */
  static async open(surroundings: SpeakerSurroundings): Promise<Speaker> {
    const { context, assets, signal = new AbortController().signal, options } = surroundings;
    const { volume, ...timing } = resolveSpeakerOptions(options);
    signal.throwIfAborted();
    const url = assetUrl("playback.worklet.js", assets);
    await addWorklet(context, url);
    signal.throwIfAborted();
    let node: AudioWorkletNode | undefined;
    try {
      const processorOptions: PlaybackQueueOptions = { ...timing, outputRate: context.sampleRate };
      node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
        numberOfInputs: 0,
        outputChannelCount: [1],
        processorOptions,
      });
      const failed = new AbortController();
      node.addEventListener("processorerror", () => failed.abort(new Error("its constructor threw")), { once: true });
      const answer = announced(node.port, AbortSignal.any([signal, failed.signal]));
      node.port.start();
      await answer;
      signal.throwIfAborted();
    } catch (cause) {
      node?.port.close();
      if (signal.aborted) throw signal.reason;
      throw await assetError(url, cause);
    }
    return new Speaker(node, volume, surroundings);
  }

  get isPaused(): boolean {
    return this.#queue.isPaused;
  }

  /** Loudness, 0 (silent) to 1 (as it came); a change takes some 50 ms. */
  get volume(): number {
    return this.#volume;
  }

  /** @throws RangeError for anything else. */
  set volume(volume: number) {
    requireInRange("speaker.volume", volume, 0, 1);
    this.#volume = volume;
    const { gain, context } = this.#gain;
    gain.setTargetAtTime(volume, context.currentTime, VOLUME_TIME_CONSTANT_SEC);
  }

  /**
   * Chooses where it sounds; `""` is the browser's choice. Chromium moves all of the context, others this speaker alone,
   * through an audio element. Another device than the default may be out of reach of echo cancellation.
   *
   * @throws VoiceError `not-supported` if the browser cannot choose, or will not have this one (see `cause`).
   */
  setOutputDevice(deviceId: string): Promise<void> {
    return this.#route.choose(deviceId);
  }

  begin(name: PlaybackItemName, rateHz: number): PlaybackItem {
    return this.#queue.begin(name, rateHz);
  }

  pause(): void {
    this.#queue.pause();
  }

  resume(): void {
    this.#queue.resume();
  }

  clear(): Promise<ClearedPlayback> {
    return this.#queue.clear();
  }

  /** Falls silent at once and gives everything back but the context. Who waits for a clear gets what is known. Idempotent. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#queue.close();
    this.#node.port.postMessage({ type: "close" });
    this.#node.port.close();
    this.#node.disconnect();
    this.#route.close();
  }
}
