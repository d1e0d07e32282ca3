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
  /** End of the captured audio that was sent, and of that which was acknowledged, packets cut in the middle included. */
  #sentUntil = 0;
  #acknowledgedUntil = 0;

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

  /** Adds an item; returns what had to be given up for it before it could be sent. */
  add(item: JournalItem): CaptureSpan[] {
    this.#entries.push({ item, wasSent: false });
    this.#samples += samplesOf({ item });
    const unsent: CaptureSpan[] = [];
    while (this.#samples > LIMIT_SAMPLES) {
      const index = this.#entries.findIndex((entry) => samplesOf(entry) > 0);
      const [oldest] = this.#entries.splice(index, 1);
      if (!oldest) break;
      this.#samples -= samplesOf(oldest);
      const wasSent = index < this.#sentCount; // on this connection: what only an earlier one was sent is lost now
      if (wasSent) this.#sentCount -= 1;
      append(wasSent ? this.#forgotten : unsent, oldest.item);
    }
    return this.#unacknowledged(unsent);
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

  /** What was sent of the audio before `sample` is understood; so are requests behind it that owe nothing any more. */
  acknowledge(sample: number, isOwed: (segmentId: number) => boolean): void {
    const count = this.#entries.findIndex(({ item }, index) => index >= this.#sentCount || !isDone(item));
    this.#drop(count < 0 ? this.#sentCount : count);
    this.#acknowledgedUntil = Math.max(this.#acknowledgedUntil, Math.min(sample, this.#sentUntil));
    this.#forgotten = this.#unacknowledged(this.#forgotten);

    function isDone(item: JournalItem): boolean {
      if (item.kind === "flush") return !isOwed(item.segmentId);
      if (item.kind !== "audio") return false;
      const { captureStart, pcm, segmentId } = item.packet;
      return captureStart === undefined ? !isOwed(segmentId) : captureStart + pcm.length <= sample;
    }
  }

  /** A request was answered: all that was said before it is understood. */
  acknowledgeThrough(flush: FlushItem): void {
    const index = this.#entries.findIndex(({ item }) => item === flush);
    if (index < 0) return;
    for (const { item } of this.#entries.slice(0, index)) {
      this.#acknowledgedUntil = Math.max(this.#acknowledgedUntil, endOf(item));
    }
    this.#drop(index + 1);
    this.#forgotten = [];
  }

  /** The connection is gone: everything is to be sent again. Returns what cannot be. */
  rewind(): CaptureSpan[] {
    const lost = this.#unacknowledged(this.#forgotten);
    this.#forgotten = [];
    this.#sentCount = 0;
    this.#entries = this.#entries.filter(({ item }) => item.kind !== "message");
    return lost;
  }

  /** Forgets everything; returns the captured audio in it, by whether it was ever sent. */
  clear(): { readonly unsent: readonly CaptureSpan[]; readonly unanswered: readonly CaptureSpan[] } {
    const unsent: CaptureSpan[] = [];
    for (const { item, wasSent } of this.#entries) append(wasSent ? this.#forgotten : unsent, item);
    const unanswered = this.#unacknowledged(this.#forgotten);
    this.#forgotten = [];
    this.#drop(this.#entries.length);
    return { unsent, unanswered };
  }

  #unacknowledged(spans: readonly CaptureSpan[]): CaptureSpan[] {
    return spans.flatMap((span) => after(span, this.#acknowledgedUntil));
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

function after({ startSample, lengthSamples }: CaptureSpan, sample: number): CaptureSpan[] {
  const skip = Math.max(0, sample - startSample);
  return skip >= lengthSamples ? [] : [{ startSample: startSample + skip, lengthSamples: lengthSamples - skip }];
}

function samplesOf({ item }: { readonly item: JournalItem }): number {
  return item.kind === "audio" ? item.packet.pcm.length : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
