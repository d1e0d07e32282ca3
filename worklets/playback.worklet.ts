import {
  PLAYBACK_PROCESSOR,
  type PlaybackCommand,
  type PlaybackQueueOptions,
} from "../src/playback/playback-messages.ts";
import { PlaybackQueue } from "../src/playback/playback-queue.ts";

/** Audio thread: allocates nothing per render quantum, and one message per report. */
class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #queue: PlaybackQueue;
  #isRunning = true;

  constructor({ processorOptions }: { processorOptions: PlaybackQueueOptions }) {
    super();
    this.#queue = new PlaybackQueue(processorOptions, (report) => this.port.postMessage(report));
    this.port.onmessage = ({ data }: MessageEvent<PlaybackCommand>): void => {
      if (data.type === "close") this.#isRunning = false;
      this.#queue.take(data);
    };
    this.port.postMessage({ type: "ready" });
  }

  process(_inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean {
    const output = outputs[0]?.[0];
    if (output && this.#isRunning) this.#queue.render(output, currentFrame);
    return this.#isRunning;
  }
}

registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
