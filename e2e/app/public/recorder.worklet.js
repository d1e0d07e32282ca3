// Records what it is given, in stretches of about 40 ms; asked for a mark, it says how much it has recorded.
class Recorder extends AudioWorkletProcessor {
  #samples = new Float32Array(2_048);
  #filled = 0;
  #total = 0;

  constructor() {
    super();
    this.port.onmessage = () => this.port.postMessage(this.#total);
  }

  process([[samples]]) {
    if (!samples) return true;
    this.#samples.set(samples, this.#filled);
    this.#filled += samples.length;
    this.#total += samples.length;
    if (this.#filled === this.#samples.length) {
      this.port.postMessage(this.#samples);
      this.#filled = 0;
    }
    return true;
  }
}
registerProcessor("recorder", Recorder);
