import { designKernel } from "../audio/kernel.ts";
import type { Clock } from "../net/clock.ts";
import type { PlaybackCommand, PlaybackReport } from "./playback-messages.ts";
import type { ClearedPlayback, Playback, PlaybackEvent, PlaybackItem, PlaybackItemName } from "./playback.ts";
import { RemoteItem, type ItemHome } from "./remote-item.ts";

/** Voices reach further up than recognisers listen: the pass band ends at 0.875 of the lower Nyquist frequency. */
const MAX_PASS_EDGE_HZ = 20_000;
/** How much may wait to be played. */
const MOST_WAITING_SEC = 600;
/** How long the audio thread may take to answer a clear; a suspended context never does. */
const CLEAR_LIMIT_MS = 1_000;

/** What a {@link RemoteQueue} needs of the world. */
export interface RemoteQueueOptions {
  /** Rate of the context, in Hz. */
  readonly outputRate: number;
  /** Sends a command to the audio thread; `transfer` may be moved there. */
  readonly post: (command: PlaybackCommand, transfer: readonly ArrayBuffer[]) => void;
  /** The context's clock, in seconds. */
  readonly nowSec: () => number;
  /** The time on that clock of what is being heard. */
  readonly heardSec: () => number;
  /** For the time limit of {@link RemoteQueue.clear}. */
  readonly clock: Clock;
  /** Hears what happens, in order. Nothing is told of an item after it was cleared, but by the promise. */
  readonly onEvent: (event: PlaybackEvent) => void;
}

/** The page's side of the queue on the audio thread: names and counts here, samples there. */
export class RemoteQueue implements Playback {
  readonly #options: RemoteQueueOptions;
  readonly #rates = new Set<number>();
  /** Every item of which reports may come. */
  readonly #items = new Map<number, RemoteItem>();
  readonly #clears = new Map<number, (atSec: number) => void>();
  #itemsBegun = 0;
  #clearsBegun = 0;
  #isPaused = false;
  #isClosed = false;

  /** Nothing is sent before the first call. */
  constructor(options: RemoteQueueOptions) {
    this.#options = options;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  begin(name: PlaybackItemName, rateHz: number): PlaybackItem {
    const kernel = this.#rates.has(rateHz)
      ? undefined
      : designKernel(rateHz, this.#options.outputRate, MAX_PASS_EDGE_HZ);
    const number = ++this.#itemsBegun;
    const item = new RemoteItem(name, rateHz, number, this.#home);
    if (this.#isClosed) {
      item.giveUp();
      return item;
    }
    this.#rates.add(rateHz);
    if (kernel) this.#post({ type: "kernel", kernel });
    this.#post({ type: "begin", item: number, rateHz });
    this.#items.set(number, item);
    return item;
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    this.#post({ type: "pause" });
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    this.#post({ type: "resume" });
  }

  clear(): Promise<ClearedPlayback> {
    const fromSec = this.#options.nowSec();
    const items = this.#live();
    for (const item of items) item.giveUp();
    this.#isPaused = false;
    const clear = ++this.#clearsBegun;
    this.#post({ type: "clear", clear });
    const cleared = (atSec: number): ClearedPlayback => ({
      items: items.map((item) => item.count()),
      silentAtContextSec: atSec,
      fadeMs: Math.max(0, (atSec - fromSec) * 1_000),
    });
    const isSilent = items.length === 0 && this.#clears.size === 0;
    if (isSilent || this.#isClosed) return Promise.resolve(cleared(fromSec));
    return new Promise((resolve) => {
      const settle = (atSec: number): void => {
        callOff();
        this.#clears.delete(clear);
        resolve(cleared(atSec));
      };
      const callOff = this.#options.clock.schedule(CLEAR_LIMIT_MS, () => settle(this.#options.nowSec()));
      this.#clears.set(clear, settle);
    });
  }

  /** Takes what the audio thread told. */
  receive(report: PlaybackReport): void {
    if (this.#isClosed) return;
    const atContextSec = report.atFrame / this.#options.outputRate;
    switch (report.type) {
      case "resumed":
        return this.#options.onEvent({ type: "resumed", atContextSec });
      case "paused":
        for (const { item, renderedSamples } of report.items) this.#mark(item, renderedSamples, atContextSec, false);
        return this.#options.onEvent({
          type: "paused",
          atContextSec,
          items: this.#live().map((item) => item.count()),
        });
      case "cleared":
        for (const { item, renderedSamples } of report.items) {
          this.#mark(item, renderedSamples, atContextSec, false);
          this.#items.delete(item);
        }
        return this.#clears.get(report.clear)?.(atContextSec);
      case "started":
      case "progress":
      case "underrun":
      case "ended":
        return this.#tell(report, atContextSec);
    }
  }

  /** Gives up all items; who waits for an answer gets what is known. Nothing is told after that. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isPaused = false;
    for (const item of this.#items.values()) item.giveUp();
    const atSec = this.#options.nowSec();
    for (const settle of [...this.#clears.values()]) settle(atSec);
  }

  #tell(report: Extract<PlaybackReport, { item: number }>, atContextSec: number): void {
    const { item: number, renderedSamples } = report;
    const isSounding = report.type === "started" || report.type === "progress";
    const item = this.#mark(number, renderedSamples, atContextSec, isSounding);
    if (report.type === "ended") this.#items.delete(number);
    if (!item || item.isOver) return;
    if (report.type === "ended") item.giveUp();
    const { onEvent } = this.#options;
    if (report.type === "underrun") onEvent({ type: report.type, underruns: report.underruns, ...item.count() });
    else onEvent({ type: report.type, atContextSec, ...item.count() });
  }

  #mark(number: number, renderedSamples: number, atSec: number, isSounding: boolean): RemoteItem | undefined {
    const item = this.#items.get(number);
    item?.mark(renderedSamples, atSec, isSounding);
    return item;
  }

  #live(): RemoteItem[] {
    return [...this.#items.values()].filter(({ isOver }) => !isOver);
  }

  #post(command: PlaybackCommand, transfer: readonly ArrayBuffer[] = []): void {
    if (!this.#isClosed) this.#options.post(command, transfer);
  }

  readonly #home: ItemHome = {
    post: (command, transfer) => this.#post(command, transfer),
    hasRoomFor: (seconds) =>
      this.#live().reduce((sum, { waitingSec }) => sum + waitingSec, seconds) <= MOST_WAITING_SEC,
    heardSec: () => this.#options.heardSec(),
  };
}
