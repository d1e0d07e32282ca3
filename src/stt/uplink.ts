import { toPcm16 } from "../audio/pcm16.ts";
import { CAPTURE_RATE } from "../audio/units.ts";
import { AudioPacker } from "./audio-packer.ts";
import type { SttCapabilities } from "./contract.ts";
import { Journal, type FlushItem, type JournalItem, type Losses } from "./journal.ts";
import { SegmentBook } from "./segment-book.ts";
import type { SpeechEvent } from "./speech-event.ts";
import type { StandingFinals } from "./standing-finals.ts";

/** What an uplink needs to know of its model. */
export interface UplinkParts {
  readonly capabilities: SttCapabilities;
  /** Length of an audio message, in samples at 16 kHz. */
  readonly packetSamples: number;
}

/** Where an uplink sends. */
export interface UplinkTarget {
  /** True while it takes more. */
  readonly isReady: boolean;
  /** Sends an item. */
  send(item: JournalItem): void;
}

/** How long made-up silence goes on, after the gate has closed, for a model that takes no flush. */
const TAIL_SAMPLES = 2 * CAPTURE_RATE;

/** So much from right before an opening is sent again with it: speech begins before it is noticed. */
const LEAD_SAMPLES = CAPTURE_RATE / 2;
/** So much of what was sent while nobody spoke is kept: it may hold a beginning not yet noticed. */
const QUIET_LEAD_SAMPLES = CAPTURE_RATE;

/** The way to the recogniser: what passes the gate, cut into packets, kept until it is answered. Pure. */
export class Uplink {
  /** What the recogniser still owes. */
  readonly book: SegmentBook;
  readonly #parts: UplinkParts;
  readonly #finals: StandingFinals;
  readonly #emit: (event: SpeechEvent) => void;
  readonly #journal = new Journal();
  readonly #packer: AudioPacker;
  /** Requests that were sent on this connection and are not answered, oldest first. */
  #asked: FlushItem[] = [];
  #hasAskedAll = false;
  #openSegmentId: number | undefined;
  #tail: { readonly segmentId: number; madeSamples: number } | undefined;
  #nowSample = 0;
  #quietSince = 0;
  #unbilledSamples = 0;

  /** `finals`: what was told of the audio that is kept. */
  constructor(parts: UplinkParts, finals: StandingFinals, emit: (event: SpeechEvent) => void) {
    this.#parts = parts;
    this.#finals = finals;
    this.#emit = emit;
    this.book = new SegmentBook((segmentId) => emit({ type: "segment-settled", segmentId }));
    this.#packer = new AudioPacker(parts.packetSamples, (packet) => this.#add({ kind: "audio", packet }));
  }

  /** True if nothing is to be sent or awaited. */
  get isIdle(): boolean {
    return this.book.unsettled.length === 0 && this.#journal.isSent;
  }

  /** The oldest segment whose request was sent and not answered. */
  get askedSegmentId(): number | undefined {
    return this.#asked.find(({ segmentId }) => this.book.owes(segmentId))?.segmentId;
  }

  /** The segment whose made-up silence was all sent, without an answer. */
  get unansweredTail(): number | undefined {
    const tail = this.#tail;
    return tail && tail.madeSamples >= TAIL_SAMPLES && this.#journal.isSent ? tail.segmentId : undefined;
  }

  /** Where the audio begins that would be sent again; infinite if there is none. */
  get oldestSample(): number {
    return this.#journal.oldestSample;
  }

  /** Captured audio that waits, and that was sent and is unanswered, in samples. */
  get lengths(): Journal["lengths"] {
    return this.#journal.lengths;
  }

  /** The clock, as it was last told. */
  get nowSample(): number {
    return this.#nowSample;
  }

  /** The gate opened. */
  openSegment(segmentId: number, startSample: number): void {
    this.#openSegmentId = segmentId;
    this.#tail = undefined;
    if (this.book.unsettled.length === 0) {
      const lead = Math.max(this.book.answeredUntil, startSample - LEAD_SAMPLES);
      this.#journal.discard(lead, (id) => this.book.owes(id));
    }
    this.book.open(segmentId, startSample);
  }

  /** Audio of the open segment. */
  push(startSample: number, samples: Float32Array): void {
    if (this.#openSegmentId !== undefined) this.#packer.push(this.#openSegmentId, startSample, toPcm16(samples));
  }

  /** Speech has ended. */
  flush(speechEndSample: number): void {
    const segmentId = this.#openSegmentId;
    if (segmentId === undefined) return;
    // A recogniser that ends turns hears silences too, about which there is nothing to be said.
    if (this.#parts.capabilities.endsTurns && this.#nowSample - this.#quietSince > QUIET_LEAD_SAMPLES) return;
    this.book.flush(segmentId, speechEndSample);
    if (this.#parts.capabilities.flush === "none") return;
    this.#packer.flush();
    this.#add({ kind: "flush", segmentId });
  }

  /** The gate closed. */
  closeSegment(endSample: number): void {
    const segmentId = this.#openSegmentId;
    if (segmentId === undefined) return;
    this.#packer.flush();
    this.#openSegmentId = undefined;
    this.book.close(segmentId, endSample);
    this.#acknowledge();
    if (this.#parts.capabilities.flush === "none" && this.book.isAwaiting) this.#tail = { segmentId, madeSamples: 0 };
  }

  /** The clock has moved on. */
  advance(nowSample: number, isQuiet: boolean): void {
    const elapsed = nowSample - this.#nowSample;
    this.#nowSample = nowSample;
    if (!isQuiet) this.#quietSince = nowSample;
    if (isQuiet && !this.book.isAwaiting) this.acknowledge(nowSample - QUIET_LEAD_SAMPLES);
    if (this.book.isAwaiting) this.#makeSilence(elapsed);
    else this.#tail = undefined;
  }

  /** A message in the provider's language, in its place between the audio. */
  say(text: string): void {
    this.#add({ kind: "message", text });
  }

  /** No more input; asks for what is owed. */
  finish(): void {
    if (this.#openSegmentId !== undefined) {
      this.flush(this.#nowSample);
      this.closeSegment(this.#nowSample);
    }
    if (!this.book.isOwed) return;
    this.#makeSilence(TAIL_SAMPLES);
    this.#tail = undefined;
    if (this.#parts.capabilities.flush === "none" || !this.book.isAwaiting) this.#add({ kind: "finish" });
  }

  /** Sends what waits, as far as the target takes it. */
  drain(target: UplinkTarget): void {
    while (target.isReady) {
      const next = this.#journal.next();
      if (!next) return;
      const { item, isReplay } = next;
      target.send(item);
      if (item.kind === "audio") {
        const { segmentId, captureStart, pcm } = item.packet;
        this.#unbilledSamples += pcm.length;
        if (captureStart === undefined || isReplay) continue;
        this.#emit({ type: "audio-sent", segmentId, startSample: captureStart, lengthSamples: pcm.length });
      } else if (item.kind === "flush") {
        this.#asked.push(item);
        if (!isReplay) this.#emit({ type: "flush-sent", segmentId: item.segmentId });
      } else if (item.kind === "finish") this.#hasAskedAll = true;
    }
  }

  /** The connection is gone: what is unanswered will be sent again, and what cannot be is reported. */
  rewind(): void {
    this.#asked = [];
    this.#hasAskedAll = false;
    this.#lose({ unsent: [], unanswered: this.#journal.rewind() });
  }

  /** Nothing will be sent any more: reports what was never answered, and if `isCut`, never could be. */
  abandon(isCut: boolean): void {
    this.#packer.flush();
    const { answeredUntil, oldestStartSample } = this.book;
    const told = this.#finals.settle(Number.POSITIVE_INFINITY);
    this.#lose(this.#journal.clear(Math.max(isCut ? answeredUntil : oldestStartSample, told)));
  }

  /** The recogniser answered a request, the oldest first, or the end of the input. */
  answered(): void {
    const flush = this.#asked.shift();
    // What was given up may stay unanswered; then this is the answer to the end of the input.
    const isStale = flush && !this.book.owes(flush.segmentId) && this.#asked.length === 0;
    if (flush && !(isStale && this.#hasAskedAll)) {
      this.#journal.acknowledgeThrough(flush);
      if (!this.#journal.asksFor(flush.segmentId)) this.book.answer(flush.segmentId);
    } else if (this.#hasAskedAll) this.book.answerAll();
    this.#acknowledge();
  }

  /** A final text came for a segment, up to `endSample` where that is known. */
  texted(segmentId: number, endSample: number | undefined): void {
    this.book.texted();
    if (endSample === undefined) this.book.answerOne(segmentId);
    else this.book.answerUpTo(endSample);
    this.#acknowledge();
  }

  /** What was sent of the audio before `sample` will not be sent again; it was told up to `toldUntil`. */
  acknowledge(sample: number, toldUntil = sample): void {
    this.#journal.acknowledge(sample, (segmentId) => this.book.owes(segmentId), toldUntil);
  }

  /** Nothing is waited for any more in segments up to this one; a text that comes all the same is welcome. */
  giveUp(segmentId: number): void {
    for (const { id } of [...this.book.unsettled]) if (id <= segmentId) this.book.giveUp(id);
    this.#acknowledge();
  }

  /** Samples sent since this was last read, silence and replays included. */
  takeUnbilledSamples(): number {
    const samples = this.#unbilledSamples;
    this.#unbilledSamples = 0;
    return samples;
  }

  #acknowledge(): void {
    this.acknowledge(this.book.answeredUntil);
  }

  #add(item: JournalItem): void {
    this.#lose(this.#journal.add(item, (sample) => this.#finals.settle(sample + 1)));
  }

  #lose({ unanswered, unsent }: Losses): void {
    for (const span of unanswered) this.#emit({ type: "audio-lost", ...span, cause: "unanswered" });
    for (const span of unsent) this.#emit({ type: "audio-lost", ...span, cause: "unsent" });
  }

  #makeSilence(lengthSamples: number): void {
    const tail = this.#tail;
    if (!tail) return;
    const count = Math.min(lengthSamples, TAIL_SAMPLES - tail.madeSamples);
    if (count <= 0) return;
    tail.madeSamples += count;
    this.#packer.push(tail.segmentId, undefined, new Int16Array(count));
  }
}
