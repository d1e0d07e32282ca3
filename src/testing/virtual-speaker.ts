import type { AgentSpeaker, OpenSpeaker } from "../agent/agent-speaker.ts";
import { PlaybackQueue } from "../playback/playback-queue.ts";
import type { PlaybackEvent } from "../playback/playback.ts";
import { RemoteQueue } from "../playback/remote-queue.ts";
import { FakeClock } from "./fake-clock.ts";
import { settled } from "./settled.ts";

const QUANTUM_FRAMES = 128;

/**
 * A loudspeaker in virtual time: the library's own queue, on a thread that a test turns by hand. `heard` holds all that
 * left it.
 */
export class VirtualSpeaker {
  /** What left, mono, in the order in which it left. */
  readonly heard: number[] = [];
  /** What happened to items. */
  readonly events: PlaybackEvent[] = [];
  /** Rate of its context. */
  readonly rateHz: number;
  readonly #clock = new FakeClock();
  readonly #quantum = new Float32Array(QUANTUM_FRAMES);
  #queue: PlaybackQueue | undefined;
  #frame = 0;

  constructor(rateHz = 24_000) {
    this.rateHz = rateHz;
  }

  /** The time of the context, in seconds. */
  get currentTime(): number {
    return this.#frame / this.rateHz;
  }

  /** What an agent opens. */
  readonly open: OpenSpeaker = (_host, onEvent) => {
    const { rateHz } = this;
    const remote: RemoteQueue = new RemoteQueue({
      outputRate: rateHz,
      // As between threads: a command is taken when the page is done.
      post: (command) => queueMicrotask(() => queue.take(command)),
      nowSec: () => this.currentTime,
      heardSec: () => this.currentTime,
      clock: this.#clock,
      onEvent: (event) => {
        this.events.push(event);
        onEvent(event);
      },
    });
    const queue = new PlaybackQueue({ outputRate: rateHz, startThresholdMs: 80, fadeMs: 8 }, (report) =>
      remote.receive(report),
    );
    this.#queue = queue;
    return Promise.resolve(remote as unknown as AgentSpeaker);
  };

  /** Plays for so long; what agents do about it is awaited. */
  async play(ms: number): Promise<void> {
    const untilFrame = this.#frame + (ms * this.rateHz) / 1_000;
    while (this.#frame + QUANTUM_FRAMES <= untilFrame) {
      this.#quantum.fill(0);
      this.#queue?.render(this.#quantum, this.#frame);
      this.heard.push(...this.#quantum);
      this.#frame += QUANTUM_FRAMES;
      await Promise.resolve();
    }
    await settled();
  }
}
