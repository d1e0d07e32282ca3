import {
  CAPTURE_PROCESSOR,
  type CaptureCommand,
  type CaptureEvent,
  type CaptureOptions,
} from "../src/microphone/capture-messages.ts";
import { CapturePipeline } from "../src/microphone/capture-pipeline.ts";
import { buffersOf, copySound } from "../src/microphone/captured-sound.ts";

const NO_CHANNELS: readonly Float32Array[] = [];

/** Audio thread: allocates nothing per render quantum, and one transferable per frame of 32 ms. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #pipeline: CapturePipeline;
  #frames: MessagePort | undefined; // straight to whoever decides, not by way of the page
  #isRunning = true;

  constructor({ processorOptions }: { processorOptions: CaptureOptions }) {
    super();
    this.#pipeline = new CapturePipeline(processorOptions, this.#post);
    this.port.onmessage = ({ data }: MessageEvent<CaptureCommand>): void => {
      if (data.type === "connect") {
        this.#frames = data.port;
        this.#pipeline.mute(processorOptions.isMuted);
        this.port.postMessage({ type: "ready" });
      } else if (data.type === "mute") {
        this.#pipeline.mute(data.isMuted);
      } else if (this.#isRunning) {
        this.#isRunning = false;
        this.#pipeline.finish();
      }
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    if (this.#isRunning) this.#pipeline.push(currentFrame, inputs[0] ?? NO_CHANNELS);
    return this.#isRunning;
  }

  readonly #post = (event: CaptureEvent): void => {
    if (event.type !== "frame") return this.#frames?.postMessage(event);
    const frame = copySound(event); // the only allocation, once per 32 ms; the buffers are moved, not copied
    this.#frames?.postMessage(frame, buffersOf(frame));
  };
}

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
