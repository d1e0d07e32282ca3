/** Noise of a quiet room, RMS of full scale: -60 dBFS. */
const NOISE = 0.001;
const RATE_HZ = 48_000;

/** Somebody in a quiet room with a microphone, which `getUserMedia` gives from now on. They say what they are told. */
export class Person {
  readonly #context = new AudioContext({ sampleRate: RATE_HZ });
  readonly #voice = new GainNode(this.#context);

  constructor() {
    const noise = new AudioBufferSourceNode(this.#context, { buffer: noiseOf(this.#context), loop: true });
    noise.connect(this.#voice);
    noise.start();
    navigator.mediaDevices.getUserMedia = () => {
      const microphone = new MediaStreamAudioDestinationNode(this.#context, { channelCount: 1 });
      this.#voice.connect(microphone);
      return Promise.resolve(microphone.stream);
    };
  }

  /** Says it (mono, 16 kHz), and tells when that began and ends, in ms since 1970. */
  say(samples: readonly number[]): { readonly beginMs: number; readonly endMs: number } {
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: 16_000 });
    buffer.copyToChannel(Float32Array.from(samples), 0);
    const player = new AudioBufferSourceNode(this.#context, { buffer });
    player.connect(this.#voice);
    const atSec = this.#context.currentTime + 0.02; // the next moment that is not being rendered already
    player.start(atSec);
    const beginMs = Date.now() + (atSec - this.#context.currentTime) * 1_000;
    return { beginMs, endMs: beginMs + samples.length / 16 };
  }
}

function noiseOf(context: AudioContext): AudioBuffer {
  const buffer = new AudioBuffer({ length: 2 * context.sampleRate, sampleRate: context.sampleRate });
  const peak = NOISE * Math.sqrt(3); // of what is spread evenly
  buffer.copyToChannel(
    Float32Array.from({ length: buffer.length }, () => (2 * Math.random() - 1) * peak),
    0,
  );
  return buffer;
}
