import { Framer } from "../../audio/framer.ts";
import { rmsDbfs } from "../../audio/level.ts";

interface Frame {
  readonly startSample: number;
  readonly rms: number;
}

/** Remembers how loud the audio was, frame by frame, at its place on the capture clock; gaps are no frames. Pure. */
export class LoudnessTrack {
  readonly #frameSamples: number;
  readonly #maxFrames: number;
  readonly #framer: Framer;
  #frames: Frame[] = [];
  #nextSample = 0;

  /** Keeps the newest `maxFrames` frames of `frameSamples` each. */
  constructor(frameSamples: number, maxFrames: number) {
    this.#frameSamples = frameSamples;
    this.#maxFrames = maxFrames;
    this.#framer = new Framer(frameSamples);
  }

  /** Takes the next chunk; a frame never spans a gap. */
  push(startSample: number, samples: Float32Array): void {
    if (startSample !== this.#nextSample) this.#framer.reset();
    let frameStart = startSample - this.#framer.pendingSamples;
    this.#nextSample = startSample + samples.length;
    this.#framer.push(samples, (frame) => {
      this.#frames.push({ startSample: frameStart, rms: 10 ** (rmsDbfs(frame) / 20) });
      frameStart += this.#frameSamples;
    });
    // In slices, since dropping one by one would copy the rest each time.
    if (this.#frames.length > 2 * this.#maxFrames) this.#frames = this.#frames.slice(-this.#maxFrames);
  }

  /** Median RMS, in [0, 1], of the frames that touch a span; `undefined` if they are fewer than `minFrames`. */
  medianWithin(startSample: number, endSample: number, minFrames: number): number | undefined {
    const touching = this.#frames
      .slice(-this.#maxFrames)
      .filter((frame) => frame.startSample < endSample && frame.startSample + this.#frameSamples > startSample)
      .map(({ rms }) => rms)
      .toSorted((one, other) => one - other);
    if (touching.length < minFrames) return undefined;
    const [below, above] = [touching[(touching.length - 1) >> 1], touching[touching.length >> 1]];
    return below === undefined || above === undefined ? undefined : (below + above) / 2;
  }
}
