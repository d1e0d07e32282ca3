import type { Clock } from "../../net/clock.ts";
import type { PlaybackCommand, PlaybackReport } from "../playback-messages.ts";
import { PlaybackQueue } from "../playback-queue.ts";
import type { PlaybackEvent } from "../playback.ts";
import { RemoteQueue } from "../remote-queue.ts";
import { resolveSpeakerOptions, type SpeakerOptions } from "../speaker-options.ts";

/** How many frames a render quantum has. */
export const QUANTUM = 128;

/** For those who wait for nothing. */
const NO_CLOCK: Clock = { nowMs: () => 0, schedule: () => () => undefined };

/** Both sides of a playback in one thread, without a browser: messages arrive between two render quanta. */
export class WiredPlayback {
  readonly events: PlaybackEvent[] = [];
  readonly reports: PlaybackReport[] = [];
  readonly page: RemoteQueue;
  readonly #queue: PlaybackQueue;
  readonly #outputRate: number;
  readonly #rendered: Float32Array[] = [];
  readonly #commands: PlaybackCommand[] = [];
  readonly #unread: PlaybackReport[] = [];
  #frame = 0;
  /** Of what is heard, against the context's clock. */
  latencySec = 0;

  constructor(outputRate: number, options?: SpeakerOptions, clock = NO_CLOCK) {
    this.#outputRate = outputRate;
    this.#queue = new PlaybackQueue({ ...resolveSpeakerOptions(options), outputRate }, (report) => {
      this.reports.push(report);
      this.#unread.push(report);
    });
    this.page = new RemoteQueue({
      outputRate,
      post: (command) => this.#commands.push(command),
      nowSec: () => this.#frame / outputRate,
      heardSec: () => this.#frame / outputRate - this.latencySec,
      clock,
      onEvent: (event) => this.events.push(event),
    });
  }

  /** Where the context's clock is, in frames. */
  get frame(): number {
    return this.#frame;
  }

  /** All that was rendered so far. */
  get output(): Float32Array {
    const output = new Float32Array(this.#frame);
    this.#rendered.forEach((quantum, index) => output.set(quantum, index * QUANTUM));
    return output;
  }

  /** Renders so many quanta; messages are delivered before each and after the last. */
  render(quanta = 1): void {
    for (let count = 0; count < quanta; count++) {
      this.#deliver();
      this.renderUndelivered();
    }
    this.#deliver();
  }

  /** Renders for so long, rounded up to whole quanta. */
  renderMs(ms: number): void {
    this.render(Math.ceil((ms * this.#outputRate) / 1_000 / QUANTUM));
  }

  /** Renders a quantum while no message gets through. */
  renderUndelivered(): void {
    const quantum = new Float32Array(QUANTUM).fill(NaN);
    this.#queue.render(quantum, this.#frame);
    this.#rendered.push(quantum);
    this.#frame += QUANTUM;
  }

  #deliver(): void {
    for (const command of this.#commands.splice(0)) this.#queue.take(command);
    for (const report of this.#unread.splice(0)) this.page.receive(report);
  }
}
