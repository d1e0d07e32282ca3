import { CAPTURE_RATE } from "../audio/units.ts";
import type { Packet } from "./audio-packer.ts";

/** A request for the text of one segment. */
export interface FlushItem {
  readonly kind: "flush";
  readonly segmentId: number;
}

/** Something to send, in order. */
export type JournalItem =
  | { readonly kind: "audio"; readonly packet: Packet }
  | FlushItem
  /** Any other message, already in the provider's language. */
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "finish" };

/** A stretch of the capture clock, in samples at 16 kHz. */
export interface CaptureSpan {
  readonly startSample: number;
  readonly lengthSamples: number;
}

/** Audio that is given up: never sent, or sent to a connection that broke. */
export interface Losses {
  readonly unsent: readonly CaptureSpan[];
  readonly unanswered: readonly CaptureSpan[];
}

/** How much audio is kept, sent or not. */
const LIMIT_SAMPLES = 30 * CAPTURE_RATE;

interface Entry {
  readonly item: JournalItem;
  wasSent: boolean;
}

/**
 * All that was to be said to the recogniser and is not yet known to be understood, in order: what was sent waits for its
 * acknowledgement, the rest for a connection. Keeps up to 30 s of audio. Pure.
 *
 *   … acknowledged │ sent, unanswered │ waiting
 *                  ▲ a lost connection: all of this is sent again
 */
export class Journal {
  #entries: Entry[] = [];
  /** How many of the entries were sent on the present connection. */
  #sentCount = 0;
  #samples = 0;
  /** Sent, not acknowledged, and kept no more: lost if the connection breaks. */
  #forgotten: CaptureSpan[] = [];
  /** End of the captured audio that was sent, and of that which was told: not always where a packet ends. */
  #sentUntil = 0;
  #toldUntil = 0;

  /** True if nothing is kept. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** True if nothing waits to be sent. */
  get isSent(): boolean {
    return this.#sentCount === this.#entries.length;
  }

  /** Captured audio that waits to be sent, and that was sent and is unanswered, in samples. */
  get lengths(): { readonly waitingSamples: number; readonly unansweredSamples: number } {
    const waitingSamples = sum(this.#entries.slice(this.#sentCount).map(samplesOf));
    return { waitingSamples, unansweredSamples: this.#samples - waitingSamples };
  }

  /** Where the kept audio begins on the capture clock; infinite if none is kept. */
  get oldestSample(): number {
    for (const { item } of this.#entries) {
      if (item.kind === "audio" && item.packet.captureStart !== undefined) return item.packet.captureStart;
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * Adds an item; returns what had to be given up for it. `toldUntil` says how far the text reaches that was told of the
   * audio at a sample, if there is one: instead of a part of it all of it is let go.
   */
  add(item: JournalItem, toldUntil: (sample: number) => number = () => 0): Losses {
    this.#entries.push({ item, wasSent: false });
    this.#samples += samplesOf({ item });
    const unsent: CaptureSpan[] = [];
    const unanswered: CaptureSpan[] = [];
    while (this.#samples > LIMIT_SAMPLES) {
      const told = toldUntil(this.oldestSample);
      if (told > this.oldestSample) {
        this.#toldUntil = Math.max(this.#toldUntil, told);
        this.discard(told, () => true);
        continue;
      }
      const index = this.#entries.findIndex(isCaptured);
      const isUnderway = index < this.#sentCount; // what only an earlier connection was sent is lost now
      const oldest = this.#remove(index);
      append(isUnderway ? this.#forgotten : oldest.wasSent ? unanswered : unsent, oldest.item);
    }
    return { unsent, unanswered: this.#untold(unanswered) };
  }

  /** Takes the next item to send, and whether a connection before this one was sent it too. */
  next(): { readonly item: JournalItem; readonly isReplay: boolean } | undefined {
    const entry = this.#entries[this.#sentCount];
    if (!entry) return undefined;
    const isReplay = entry.wasSent;
    entry.wasSent = true;
    this.#sentUntil = Math.max(this.#sentUntil, endOf(entry.item));
    // Other messages are not repeated: the greeting of the next connection covers them.
    if (entry.item.kind === "message") this.#entries.splice(this.#sentCount, 1);
    else this.#sentCount += 1;
    return { item: entry.item, isReplay };
  }

  /**
   * What was sent of the audio before `sample` will not be sent again; nor will requests before it that owe nothing any
   * more. `toldUntil`: how far it is understood, which may be further.
   */
  acknowledge(sample: number, isOwed: (segmentId: number) => boolean, toldUntil = sample): void {
    this.#release(sample, isOwed, false);
    this.#toldUntil = Math.max(this.#toldUntil, Math.min(toldUntil, this.#sentUntil));
    this.#forgotten = this.#untold(this.#forgotten);
  }

  /** Audio before `sample` is of no more use, whether it was sent or not; nor are requests before it that owe nothing. */
  discard(sample: number, isOwed: (segmentId: number) => boolean): void {
    this.#release(sample, isOwed, true);
    this.#forgotten = this.#forgotten.flatMap((span) => after(span, sample));
  }

  /** True if a request for a segment's text waits or is unanswered. */
  asksFor(segmentId: number): boolean {
    return this.#entries.some(({ item }) => item.kind === "flush" && item.segmentId === segmentId);
  }

  /** A request was answered: all that was said before it is understood. */
  acknowledgeThrough(flush: FlushItem): void {
    const index = this.#entries.findIndex(({ item }) => item === flush);
    if (index < 0) return;
    for (const { item } of this.#entries.slice(0, index)) this.#toldUntil = Math.max(this.#toldUntil, endOf(item));
    this.#drop(index + 1);
    this.#forgotten = [];
  }

  /** The connection is gone: everything is to be sent again. Returns what cannot be. */
  rewind(): CaptureSpan[] {
    const lost = this.#untold(this.#forgotten);
    this.#forgotten = [];
    this.#sentCount = 0;
    this.#entries = this.#entries.filter(({ item }) => item.kind !== "message");
    return lost;
  }

  /** Forgets everything; returns what of it was captured from `fromSample` on and not told. */
  clear(fromSample = 0): Losses {
    const unsent: CaptureSpan[] = [];
    for (const { item, wasSent } of this.#entries) append(wasSent ? this.#forgotten : unsent, item);
    this.#toldUntil = Math.max(this.#toldUntil, fromSample);
    const unanswered = this.#untold(this.#forgotten);
    this.#forgotten = [];
    this.#drop(this.#entries.length);
    return { unsent: unsent.flatMap((span) => after(span, fromSample)), unanswered };
  }

  #untold(spans: readonly CaptureSpan[]): CaptureSpan[] {
    return spans.flatMap((span) => after(span, this.#toldUntil));
  }

  #release(sample: number, isOwed: (segmentId: number) => boolean, isUnsentToo: boolean): void {
    for (let index = 0; ;) {
      const entry = this.#entries[index];
      if (!entry || !(entry.wasSent || isUnsentToo)) return;
      const { item } = entry;
      if (isCaptured(entry)) {
        if (endOf(item) > sample) return this.#trim(index, sample);
        this.#remove(index);
      } else if (segmentOf(item) !== undefined && !isOwed(segmentOf(item) ?? 0)) this.#remove(index);
      else index += 1;
    }
  }

  /** Cuts off what lies before `sample` in a packet. */
  #trim(index: number, sample: number): void {
    const entry = this.#entries[index];
    if (entry?.item.kind !== "audio") return;
    const { captureStart = sample, pcm, segmentId } = entry.item.packet;
    if (sample <= captureStart) return;
    const rest = pcm.subarray(sample - captureStart);
    this.#samples -= pcm.length - rest.length;
    this.#entries[index] = {
      ...entry,
      item: { kind: "audio", packet: { segmentId, captureStart: sample, pcm: rest } },
    };
  }

  #remove(index: number): Entry {
    const [entry] = this.#entries.splice(index, 1);
    if (!entry) throw new RangeError(`The journal has no entry ${index}`);
    this.#samples -= samplesOf(entry);
    if (index < this.#sentCount) this.#sentCount -= 1;
    return entry;
  }

  #drop(count: number): void {
    this.#samples -= sum(this.#entries.splice(0, count).map(samplesOf));
    this.#sentCount = Math.max(0, this.#sentCount - count);
  }
}

/** Adds the captured audio of an item to spans, joined to the last one where it follows on it. */
function append(spans: CaptureSpan[], item: JournalItem): void {
  if (item.kind !== "audio" || item.packet.captureStart === undefined) return;
  const { captureStart: startSample, pcm } = item.packet;
  const last = spans.at(-1);
  const follows = last && last.startSample + last.lengthSamples === startSample;
  if (follows) spans[spans.length - 1] = { ...last, lengthSamples: last.lengthSamples + pcm.length };
  else spans.push({ startSample, lengthSamples: pcm.length });
}

function endOf(item: JournalItem): number {
  return item.kind === "audio" ? (item.packet.captureStart ?? -Infinity) + item.packet.pcm.length : 0;
}

function segmentOf(item: JournalItem): number | undefined {
  return item.kind === "audio" ? item.packet.segmentId : item.kind === "flush" ? item.segmentId : undefined;
}

function after({ startSample, lengthSamples }: CaptureSpan, sample: number): CaptureSpan[] {
  const skip = Math.max(0, sample - startSample);
  return skip >= lengthSamples ? [] : [{ startSample: startSample + skip, lengthSamples: lengthSamples - skip }];
}

function isCaptured({ item }: { readonly item: JournalItem }): boolean {
  return item.kind === "audio" && item.packet.captureStart !== undefined;
}

function samplesOf(entry: { readonly item: JournalItem }): number {
  return entry.item.kind === "audio" && isCaptured(entry) ? entry.item.packet.pcm.length : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
