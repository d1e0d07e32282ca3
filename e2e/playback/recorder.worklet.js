// Hears what a node puts out, with its place on the context's clock. Says it when asked to, and answers a ping.
const MOST_FRAMES = 20 * 48_000;

class Recorder extends AudioWorkletProcessor {
  #samples = new Float32Array(MOST_FRAMES);
  #gaps = 0;
  #lastFrame;

  constructor() {
    super();
    this.port.onmessage = ({ data }) =>
      this.port.postMessage(data === "give" ? { samples: this.#samples, gaps: this.#gaps } : data);
  }

  process([input]) {
    // Chromium's clock often jumps right after the first quantum: only what happens to sound counts.
    if (this.#lastFrame !== undefined && currentFrame !== this.#lastFrame + 128) this.#gaps += 1;
    if (this.#lastFrame !== undefined || input[0]?.[0]) this.#lastFrame = currentFrame;
    if (input[0] && currentFrame + 128 <= MOST_FRAMES) this.#samples.set(input[0], currentFrame);
    return true;
  }
}

registerProcessor("recorder", Recorder);
