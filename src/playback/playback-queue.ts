import { Fader } from "./fader.ts";
import type { PlaybackCommand, PlaybackQueueOptions, PlaybackReport, RenderedCount } from "./playback-messages.ts";
import { QueuedItem } from "./queued-item.ts";
import { RateConverter } from "./rate-converter.ts";

/** Between two reports of progress, in ms. */
const PROGRESS_MS = 50;
/** Frames that one render quantum takes; sound begins only when it lasts longer than that. */
const QUANTUM_FRAMES = 128;

/*
 *   silent ──the first item has enough, or its end──▶ sounding ──runs dry | pause | clear──▶ fading ──▶ silent
 *                                                        ▲                                     │
 *                                                        └──────── resume of a mere pause ─────┘
 */
type PlaybackState =
  | { readonly kind: "silent" }
  | { readonly kind: "sounding" }
  /** Towards silence; `isDry` if for want of samples, so that this counts as an underrun. */
  | { readonly kind: "fading"; readonly isDry: boolean };

const SILENT: PlaybackState = { kind: "silent" };
const SOUNDING: PlaybackState = { kind: "sounding" };
const FADING: PlaybackState = { kind: "fading", isDry: false };
const RUNNING_DRY: PlaybackState = { kind: "fading", isDry: true };

/**
 * Plays items one after another and counts, to the sample, what has left.
 *
 * While an item may still grow, as much as a fade needs is kept back: so there is always something to fade with. A fade
 * never leaves its item, and its samples count as rendered. Runs on the audio thread: allocates when it takes a command
 * or makes a report, and nothing per render quantum. Throws nothing on what the page's side sends.
 */
export class PlaybackQueue {
  readonly #report: (report: PlaybackReport) => void;
  readonly #thresholdFrames: number;
  readonly #fadeFrames: number;
  readonly #progressFrames: number;
  readonly #converters = new Map<number, RateConverter>();
  readonly #items: QueuedItem[] = [];
  readonly #fader = new Fader();
  #state: PlaybackState = SILENT;
  #isPaused = false;
  /** Clear commands whose fade is under way. */
  readonly #clears: number[] = [];
  /** The first frame that was not rendered yet. */
  #nextFrame = 0;
  #framesSinceProgress = 0;

  /** `report` receives what happens, in order, on the caller's thread. */
  constructor(
    { outputRate, startThresholdMs, fadeMs }: PlaybackQueueOptions,
    report: (report: PlaybackReport) => void,
  ) {
    this.#report = report;
    this.#fadeFrames = Math.round((fadeMs * outputRate) / 1_000);
    const wanted = Math.round((startThresholdMs * outputRate) / 1_000);
    this.#thresholdFrames = Math.max(wanted, this.#fadeFrames + QUANTUM_FRAMES);
    this.#progressFrames = Math.round((PROGRESS_MS * outputRate) / 1_000);
  }

  /** Takes a command of the page. */
  take(command: PlaybackCommand): void {
    switch (command.type) {
      case "kernel":
        return void this.#converters.set(command.kernel.inputRate, new RateConverter(command.kernel));
      case "begin":
        return this.#begin(command.item, command.rateHz);
      case "write":
        return this.#find(command.item)?.write(command.samples);
      case "end":
        return this.#find(command.item)?.end();
      case "pause":
        return this.#pause();
      case "resume":
        return this.#resume();
      case "clear":
        return this.#clear(command.clear);
      case "close":
        this.#state = SILENT;
        this.#items.length = 0;
    }
  }

  /** Fills one render quantum, mono, which begins at the context's `currentFrame`. */
  render(output: Float32Array, currentFrame: number): void {
    this.#nextFrame = currentFrame;
    let at = 0;
    while (at < output.length && this.#isAudible()) {
      const count = this.#play(output, at);
      at += count;
      this.#nextFrame += count;
      this.#settle();
    }
    output.fill(0, at);
    this.#nextFrame = currentFrame + output.length;
  }

  #begin(item: number, rateHz: number): void {
    const converter = this.#converters.get(rateHz);
    if (converter) this.#items.push(new QueuedItem(item, converter));
  }

  #find(number: number): QueuedItem | undefined {
    return this.#items.find(({ item, clearedBy }) => item === number && clearedBy === 0);
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (this.#state.kind === "silent") this.#tellPaused();
    else this.#fadeOut(FADING);
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#state === FADING && this.#clears.length === 0) {
      this.#fader.move(1, this.#fadeFrames);
      this.#state = SOUNDING;
    }
    this.#report({ type: "resumed", atFrame: this.#nextFrame });
  }

  #clear(clear: number): void {
    this.#isPaused = false;
    this.#clears.push(clear);
    for (const item of this.#items) if (item.clearedBy === 0) item.clearedBy = clear;
    if (this.#state.kind === "silent") this.#drop();
    else this.#fadeOut(FADING);
  }

  /** A fade that is under way goes on as it is. */
  #fadeOut(how: PlaybackState): void {
    const head = this.#items[0];
    if (this.#state.kind !== "sounding" || !head) return;
    this.#state = how;
    this.#fader.move(0, Math.min(this.#fadeFrames, head.availableFrames));
  }

  /** Whether there is a next frame to play; begins to, when all is there that is needed. */
  #isAudible(): boolean {
    if (this.#state.kind !== "silent") return true;
    this.#retire(); // ended while it waited, or never had a sample
    const head = this.#items[0];
    if (!head || this.#isPaused) return false;
    if (!head.isEnded && head.availableFrames < this.#thresholdFrames) return false;
    this.#state = SOUNDING;
    if (head.isFresh) {
      this.#fader.jump(1);
      this.#tell("started", head);
    } else {
      this.#fader.jump(0);
      this.#fader.move(1, this.#fadeFrames);
      this.#tell("progress", head);
    }
    this.#framesSinceProgress = 0;
    return true;
  }

  /** Plays some frames of the first item; returns how many, which may be none. */
  #play(output: Float32Array, at: number): number {
    const head = this.#items[0]!;
    const room = output.length - at;
    if (this.#state.kind === "sounding") {
      const keptBack = head.isEnded ? 0 : this.#fadeFrames;
      const playable = head.availableFrames - keptBack;
      if (playable > 0) return this.#read(head, output, at, Math.min(room, playable));
      this.#fadeOut(RUNNING_DRY);
    }
    return this.#read(head, output, at, Math.min(room, this.#fader.framesLeft));
  }

  #read(head: QueuedItem, output: Float32Array, at: number, count: number): number {
    head.read(output, at, count);
    this.#fader.apply(output, at, count);
    this.#framesSinceProgress += count;
    return count;
  }

  /** Draws the consequences of what was played. */
  #settle(): void {
    const head = this.#items[0]!;
    if (this.#state.kind === "fading") {
      if (!this.#fader.isMoving) this.#fallSilent(head, this.#state.isDry);
    } else if (head.isComplete) {
      this.#state = SILENT;
      this.#retire();
    } else if (this.#framesSinceProgress >= this.#progressFrames) {
      this.#framesSinceProgress = 0;
      this.#tell("progress", head);
    }
  }

  #fallSilent(head: QueuedItem, isDry: boolean): void {
    this.#state = SILENT;
    if (isDry && !head.isComplete && head.clearedBy === 0) {
      head.underruns += 1;
      const { item, renderedSamples, underruns } = head;
      this.#report({ type: "underrun", atFrame: this.#nextFrame, item, renderedSamples, underruns });
    }
    this.#drop();
    this.#retire();
    if (this.#isPaused) this.#tellPaused();
  }

  /** Takes away what was cleared, and answers. */
  #drop(): void {
    for (const clear of this.#clears) {
      const isDropped = ({ clearedBy }: QueuedItem): boolean => clearedBy === clear;
      const items = this.#items.filter(isDropped).map(countOf);
      this.#items.splice(0, items.length);
      this.#report({ type: "cleared", atFrame: this.#nextFrame, clear, items });
    }
    this.#clears.length = 0;
  }

  /** Takes away what has been played to its end. */
  #retire(): void {
    for (let head = this.#items[0]; head?.isComplete; head = this.#items[0]) {
      this.#tell("ended", head);
      this.#items.shift();
    }
  }

  #tell(type: "started" | "progress" | "ended", { item, renderedSamples }: QueuedItem): void {
    this.#report({ type, atFrame: this.#nextFrame, item, renderedSamples });
  }

  #tellPaused(): void {
    this.#report({ type: "paused", atFrame: this.#nextFrame, items: this.#items.map(countOf) });
  }
}

function countOf({ item, renderedSamples }: QueuedItem): RenderedCount {
  return { item, renderedSamples };
}
