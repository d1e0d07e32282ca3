import { addWorklet, announced, assetError, assetUrl, type AssetLocation, type AssetName } from "../assets.ts";
import { designKernel } from "../audio/kernel.ts";
import { CAPTURE_RATE } from "../audio/units.ts";
import { VoiceError } from "../errors.ts";
import { CAPTURE_PROCESSOR, type CaptureCommand, type CaptureOptions } from "./capture-messages.ts";
import { designUplink } from "./design-uplink.ts";
import type { OpenSource } from "./sources.ts";

/** A processor that captures: this library's plain one, or one that does more with what it captured. */
export interface CaptureProcessorKind {
  /** File that registers it. */
  readonly asset: AssetName;
  /** Name that it is registered under. */
  readonly name: string;
  /** What it is made with, besides {@link CaptureOptions}. Structured-cloneable. */
  readonly options: object;
}

/** Captures, and posts what it captured. */
export const PLAIN_CAPTURE: CaptureProcessorKind = {
  asset: "capture.worklet.js",
  name: CAPTURE_PROCESSOR,
  options: {},
};

/** The capture processor at work between a source and whoever listens on `frames`. */
export class Capture {
  /** Where the processor's messages come out, in order; they wait there until somebody listens or takes the port elsewhere. */
  readonly frames: MessagePort;
  readonly #node: AudioWorkletNode;
  readonly #source: OpenSource;

  private constructor(node: AudioWorkletNode, source: OpenSource, frames: MessagePort) {
    this.#node = node;
    this.#source = source;
    this.frames = frames;
  }

  /**
   * Makes a context fit for capturing: loads the processor's file. Done while the person decides about the microphone.
   *
   * @throws VoiceError `asset-failed`.
   */
  static async prepare(
    context: BaseAudioContext,
    kind: CaptureProcessorKind,
    assets: AssetLocation | undefined,
  ): Promise<void> {
    await addWorklet(context, assetUrl(kind.asset, assets));
  }

  /**
   * Connects a source to a capture processor. The capture clock starts with the first sound that arrives.
   * `uplinkRateHz`: a rate at which frames carry their sound besides 16 kHz, if any.
   *
   * @throws VoiceError `asset-failed` if the processor does not come up, RangeError if the context's rate has no sane
   * ratio to 16 kHz or to the uplink rate, or that is not a multiple of 125 Hz; or the reason of `signal`.
   */
  static async start(
    context: AudioContext,
    source: OpenSource,
    kind: CaptureProcessorKind,
    assets: AssetLocation | undefined,
    isMuted: boolean,
    signal: AbortSignal,
    uplinkRateHz?: number,
  ): Promise<Capture> {
    const url = assetUrl(kind.asset, assets);
    const { port1, port2 } = new MessageChannel();
    let node: AudioWorkletNode | undefined;
    try {
      const processorOptions = {
        ...kind.options,
        kernel: designKernel(context.sampleRate, CAPTURE_RATE),
        uplinkKernel: designUplink(context.sampleRate, uplinkRateHz),
        isMuted,
      } satisfies CaptureOptions;
      node = new AudioWorkletNode(context, kind.name, { channelCountMode: "max", processorOptions });
      const failed = new AbortController();
      node.addEventListener("processorerror", () => failed.abort(new Error("its constructor threw")), { once: true });
      const answer = announced(node.port, AbortSignal.any([signal, failed.signal]));
      node.port.start();
      node.port.postMessage({ type: "connect", port: port1 } satisfies CaptureCommand, [port1]);
      await answer;
    } catch (cause) {
      node?.port.close();
      port2.close();
      if (signal.aborted) throw signal.reason;
      throw cause instanceof RangeError ? cause : await assetError(url, cause);
    }
    source.node.connect(node);
    node.connect(context.destination); // silence; some browsers do not pull a node that leads nowhere
    source.begin();
    return new Capture(node, source, port2);
  }

  /** Mutes or unmutes, exact to the sample at which the audio thread hears of it. */
  mute(isMuted: boolean): void {
    this.#command({ type: "mute", isMuted });
  }

  /** Gives the device back at once, and lets the processor flush what it holds; an `end` event follows on `frames`. */
  stop(): void {
    this.#source.release();
    this.#command({ type: "stop" });
  }

  /** Cuts everything. No event follows. */
  close(): void {
    this.#source.release();
    this.#node.disconnect();
    this.#node.port.close();
  }

  #command(command: CaptureCommand): void {
    this.#node.port.postMessage(command);
  }
}

/** How long a context may take to start, in ms; without an output device some never do. */
const RESUME_LIMIT_MS = 5_000;

/**
 * Waits until a context runs. `resuming` is the promise of its `resume()`, called while the user activation lasted.
 *
 * @throws VoiceError `audio-context-failed` after 5 s, or the reason of `signal`.
 */
export async function running(context: AudioContext, resuming: Promise<void>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (cause?: unknown): void =>
        reject(
          new VoiceError(
            "audio-context-failed",
            `Audio did not start (state ${context.state}): it needs a click or key press first, or there is no audio device`,
            { cause },
          ),
        );
      const timer = setTimeout(fail, RESUME_LIMIT_MS);
      settled.signal.addEventListener("abort", () => clearTimeout(timer));
      signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
      resuming.then(resolve, fail);
    });
  } finally {
    settled.abort();
  }
}
