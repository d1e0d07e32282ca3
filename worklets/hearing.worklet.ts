import { AudioThreadHearing } from "../src/gate/audio-thread-hearing.ts";
import { HearingBatcher } from "../src/gate/hearing-batcher.ts";
import {
  HEARING_PROCESSOR,
  type HearingProcessorCommand,
  type HearingProcessorOptions,
} from "../src/gate/hearing-messages.ts";
import type { CaptureCommand } from "../src/microphone/capture-messages.ts";
import { CapturePipeline } from "../src/microphone/capture-pipeline.ts";
import { createSileroEngine } from "../src/vad/silero/create-silero-engine.ts";

const NO_CHANNELS: readonly Float32Array[] = [];

/**
 * Captures, and decides in the same breath: a frame is judged in the render quantum that completes it. Audio thread:
 * allocates nothing per render quantum, and a frame with its events once per 32 ms.
 */
class HearingProcessor extends AudioWorkletProcessor {
  readonly #pipeline: CapturePipeline;
  readonly #hearing: AudioThreadHearing;
  #page: MessagePort | undefined;
  #isRunning = true;

  constructor({ processorOptions }: { processorOptions: HearingProcessorOptions }) {
    super();
    const batcher = new HearingBatcher((batch, transfer) => this.#page?.postMessage(batch, transfer));
    this.#hearing = new AudioThreadHearing(processorOptions.hearing, (event) => batcher.push(event));
    this.#pipeline = new CapturePipeline(processorOptions, (event) => this.#hearing.push(event));
    this.port.onmessage = ({ data }: MessageEvent<CaptureCommand>): void => {
      if (data.type === "connect") this.#connect(data.port, processorOptions.isMuted);
      else if (data.type === "mute") this.#pipeline.mute(data.isMuted);
      else if (this.#isRunning) this.#finish();
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    if (!this.#isRunning) return false;
    this.#pipeline.push(currentFrame, inputs[0] ?? NO_CHANNELS);
    this.#hearing.work();
    return true;
  }

  #connect(page: MessagePort, isMuted: boolean): void {
    this.#page = page;
    page.onmessage = ({ data }: MessageEvent<HearingProcessorCommand>): void => {
      if (data.type === "weights") this.#load(data.bytes);
      else if (data.type === "no-weights") this.#hearing.giveUp(data.message);
      else this.#hearing.push(data);
    };
    this.#pipeline.mute(isMuted);
    this.port.postMessage({ type: "ready" });
  }

  #load(weights: Uint8Array): void {
    try {
      this.#hearing.load(createSileroEngine(weights));
    } catch (cause) {
      this.#hearing.giveUp(cause);
    }
  }

  #finish(): void {
    this.#isRunning = false;
    this.#pipeline.finish();
    this.#hearing.finish();
  }
}

registerProcessor(HEARING_PROCESSOR, HearingProcessor);
