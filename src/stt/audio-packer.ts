/** A message's worth of audio. */
export interface Packet {
  readonly segmentId: number;
  /** Capture clock of its first sample; absent where it is made-up silence. */
  readonly captureStart?: number;
  readonly pcm: Int16Array;
}

/** Cuts what passes the gate into packets of equal length, each captured without a break. Pure. */
export class AudioPacker {
  readonly #packet: Int16Array;
  readonly #emit: (packet: Packet) => void;
  #filled = 0;
  #segmentId = 0;
  #captureStart: number | undefined;

  /** `packetSamples`: length of all but the last packet of a stretch. */
  constructor(packetSamples: number, emit: (packet: Packet) => void) {
    this.#packet = new Int16Array(packetSamples);
    this.#emit = emit;
  }

  /** Takes audio captured from `captureStart` on, or made-up silence if that is undefined. */
  push(segmentId: number, captureStart: number | undefined, pcm: Int16Array): void {
    const expected = this.#captureStart === undefined ? undefined : this.#captureStart + this.#filled;
    if (this.#filled > 0 && (segmentId !== this.#segmentId || captureStart !== expected)) this.flush();
    for (let read = 0; read < pcm.length;) {
      if (this.#filled === 0) {
        this.#segmentId = segmentId;
        this.#captureStart = captureStart === undefined ? undefined : captureStart + read;
      }
      const count = Math.min(pcm.length - read, this.#packet.length - this.#filled);
      this.#packet.set(pcm.subarray(read, read + count), this.#filled);
      read += count;
      this.#filled += count;
      if (this.#filled === this.#packet.length) this.flush();
    }
  }

  /** Emits what is there, if anything. */
  flush(): void {
    if (this.#filled === 0) return;
    const pcm = this.#packet.slice(0, this.#filled);
    this.#filled = 0;
    const captured = this.#captureStart === undefined ? {} : { captureStart: this.#captureStart };
    this.#emit({ segmentId: this.#segmentId, ...captured, pcm });
  }
}
