// In the worklet, before the library: times `process`, watches the context's clock, stamps the frames.
import { noteFrames } from "./rows.js";

let rows;
let audioMs = 0; // at the end of this render quantum
let quantumMs = 0; // wall time at its begin
// oxlint-disable-next-line typescript/unbound-method -- it is called on the port at hand
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (message, ...rest) {
  if (rows) noteFrames(rows, message, audioMs, quantumMs);
  postMessage.call(this, message, ...rest);
};

/** Whether the clock's thread is running now: asked for some microseconds at most. */
function isTurning(clock) {
  const turn = Atomics.load(clock, 2);
  for (let tries = 0; tries < 500; tries++) if (Atomics.load(clock, 2) !== turn) return true;
  return false;
}

const register = globalThis.registerProcessor;
globalThis.registerProcessor = (name, Processor) => {
  class TimedProcessor extends Processor {
    #clock;
    #times;
    #stats;
    #expectedFrame;

    constructor(options) {
      super(options);
      const { instruments } = options.processorOptions;
      rows = new Float64Array(instruments.rows);
      this.#clock = instruments.clock && new Int32Array(instruments.clock);
      this.#times = new Int32Array(instruments.times);
      this.#stats = new Float64Array(instruments.stats);
    }

    process(inputs, outputs, parameters) {
      const length = inputs[0]?.[0]?.length ?? 128;
      audioMs = ((currentFrame + length) * 1000) / sampleRate;
      quantumMs = Date.now();
      this.#watch(length, inputs[0]?.length > 0);
      if (!this.#clock) return super.process(inputs, outputs, parameters);
      const wasTurning = isTurning(this.#clock);
      const [stalls, before] = [Atomics.load(this.#clock, 1), Atomics.load(this.#clock, 0)];
      const isAlive = super.process(inputs, outputs, parameters);
      const spent = (Atomics.load(this.#clock, 0) - before) | 0;
      const isWorth = wasTurning && isTurning(this.#clock) && stalls === Atomics.load(this.#clock, 1);
      const at = 1 + this.#times[0];
      if (at < this.#times.length) this.#times[at] = isWorth ? spent : ~spent; // negative: worth nothing
      this.#times[0] = at;
      return isAlive;
    }

    /** Stats: quanta, jumps, frames missing in them, and frames jumped at the very start. */
    #watch(length, hasChannel) {
      const stats = this.#stats;
      const missing = this.#expectedFrame === undefined ? 0 : currentFrame - this.#expectedFrame;
      if (missing !== 0 && stats[0] > 1) {
        stats[1] += 1;
        stats[2] += missing;
      } else if (missing !== 0) stats[3] += missing;
      if (!hasChannel && this.#expectedFrame === undefined) return;
      this.#expectedFrame = currentFrame + length;
      stats[0] += 1;
    }
  }
  register(name, TimedProcessor);
};
