import { CAPTURE_RATE } from "../../audio/units.ts";
import type { SpeechStream } from "../contract.ts";
import type { SpeechEvent, TranscriptEvent } from "../speech-event.ts";
import { spansWithin, type CaptureSpan } from "./capture-span.ts";
import { lostAudio, type LostAudio } from "./lost-audio.ts";

/** How much audio is kept for the next member. */
const LIMIT_SAMPLES = 30 * CAPTURE_RATE;

type Item =
  | { readonly kind: "audio"; readonly startSample: number; readonly samples: Float32Array }
  | { readonly kind: "flush"; readonly atSample: number };

/** One opening of the gate, as long as it is not settled. */
interface Segment {
  readonly id: number;
  startSample: number;
  endSample?: number;
  /** What the next member would be given. */
  items: Item[];
  /** What was pushed and is not accounted for, as told or as lost. */
  open: CaptureSpan[];
  /** What the present member says it lost; that counts only if no other member is given it. */
  losses: CaptureSpan[];
  /** How far any member has sent it. */
  sentUntil: number;
}

/** A final that stands, of speech that another member may have to tell anew. */
interface Final extends CaptureSpan {
  readonly segmentId: number;
  readonly transcriptId: number;
  /** Whether it is a former member's. */
  isStale: boolean;
}

type Superseded = Extract<SpeechEvent, { type: "transcripts-superseded" }>;

/**
 * All that was said and is not settled, for whoever has to hear it next: the audio (up to 30 s), and the finals that
 * would be told anew. A sample is told by a final up to whose end it comes, or lost, and never both. Pure.
 */
export class UnsettledSpeech {
  readonly #endsTurns: boolean;
  #segments: Segment[] = [];
  #finals: Final[] = [];
  #keptSamples = 0;

  /** `endsTurns`: a final settles what came before its end, since the gate stays open. */
  constructor(endsTurns: boolean) {
    this.#endsTurns = endsTurns;
  }

  /** How far the newest segment has come; `undefined` if all is settled. */
  get endSample(): number | undefined {
    const last = this.#segments.at(-1);
    return last?.endSample ?? last?.open.at(-1)?.endSample ?? last?.startSample;
  }

  /** The gate opened. */
  openSegment(id: number, startSample: number): void {
    this.#segments.push({ id, startSample, items: [], open: [], losses: [], sentUntil: startSample });
  }

  /** Audio of the open segment; copied. */
  push(startSample: number, samples: Float32Array): void {
    const segment = this.#openSegment;
    if (!segment) return;
    segment.items.push({ kind: "audio", startSample, samples: samples.slice() });
    const endSample = startSample + samples.length;
    const last = segment.open.at(-1);
    if (last?.endSample === startSample) segment.open[segment.open.length - 1] = { ...last, endSample };
    else segment.open.push({ startSample, endSample });
    this.#keptSamples += samples.length;
    while (this.#keptSamples > LIMIT_SAMPLES) this.#dropOldest();
  }

  /** The end of speech in the open segment. */
  flush(atSample: number): void {
    this.#openSegment?.items.push({ kind: "flush", atSample });
  }

  /** The gate closed. */
  closeSegment(endSample: number): void {
    const segment = this.#openSegment;
    if (segment) segment.endSample = endSample;
  }

  /** A member sent a stretch; tells the part of it that was never sent before. */
  sent(segmentId: number, startSample: number, lengthSamples: number): CaptureSpan | undefined {
    const segment = this.#find(segmentId);
    const endSample = startSample + lengthSamples;
    const fresh = { startSample: Math.max(startSample, segment?.sentUntil ?? startSample), endSample };
    if (fresh.startSample >= endSample) return undefined;
    if (segment) segment.sentUntil = endSample;
    return fresh;
  }

  /** The present member lost something; false if that is not for another member to hear, so that it is lost for good. */
  lost(startSample: number, lengthSamples: number): boolean {
    let isHeld = false;
    for (const segment of this.#segments) {
      const within = spansWithin(segment.open, startSample, startSample + lengthSamples);
      segment.losses.push(...within);
      isHeld ||= within.length > 0;
    }
    return isHeld;
  }

  /** A final with a text came: tells which finals of former members it replaces. */
  told({ segmentId, transcriptId, data: { startSample, endSample } }: TranscriptEvent): Superseded[] {
    const replaced = this.#finals.filter(
      (final) =>
        final.isStale &&
        (final.segmentId === segmentId || (final.startSample < endSample && startSample < final.endSample)),
    );
    this.#finals = this.#finals.filter((final) => !replaced.includes(final));
    if (this.#find(segmentId)) {
      this.#finals.push({ segmentId, transcriptId, startSample, endSample, isStale: false });
    }
    return [...new Set(replaced.map((final) => final.segmentId))].map((id) => ({
      type: "transcripts-superseded",
      segmentId: id,
      transcriptIds: replaced.filter((final) => final.segmentId === id).map((final) => final.transcriptId),
    }));
  }

  /** The member took back finals of its own. */
  withdrawn(transcriptIds: readonly number[]): void {
    this.#finals = this.#finals.filter(({ transcriptId }) => !transcriptIds.includes(transcriptId));
  }

  /** Nothing more is awaited for a segment: returns what its member had lost of it; `undefined` if there is none such. */
  settle(segmentId: number): LostAudio[] | undefined {
    const segment = this.#find(segmentId);
    if (!segment) return undefined;
    this.#remove(segment);
    // Those of former members that were not replaced stand, but a text that comes late may still replace them.
    this.#finals = this.#finals.filter((final) => final.segmentId !== segmentId || final.isStale);
    return spansWithin(
      segment.losses,
      endOf(this.#finals.filter((final) => final.segmentId === segmentId)),
      Infinity,
    ).flatMap((span) => lostAudio(span, segment.sentUntil));
  }

  /** The present member is gone. Returns what no other can be given, and the segments of which nothing is left. */
  change(): { readonly lost: readonly LostAudio[]; readonly settledIds: readonly number[] } {
    const ids = new Set(this.#segments.map(({ id }) => id));
    this.#finals = this.#finals.filter(({ segmentId }) => ids.has(segmentId));
    const lost = this.#segments.flatMap((segment) => this.#resumeAt(segment, this.#resumeSample(segment)));
    for (const final of this.#finals) final.isStale = true;
    const settled = this.#segments.filter(({ endSample, open }) => endSample !== undefined && open.length === 0);
    for (const segment of settled) this.#remove(segment);
    return { lost, settledIds: settled.map(({ id }) => id) };
  }

  /** There is no other member: returns all that no final tells, and forgets it. */
  abandon(): LostAudio[] {
    const lost = this.#segments.flatMap((segment) => this.#resumeAt(segment, Infinity));
    this.#segments = [];
    return lost;
  }

  /** Gives everything to a stream that has heard nothing yet. */
  replay(stream: SpeechStream): void {
    for (const { id, startSample, endSample, items } of this.#segments) {
      stream.openSegment(id, startSample);
      for (const item of items) {
        if (item.kind === "flush") stream.flush(item.atSample);
        else {
          stream.push(item.startSample, item.samples);
          stream.advance(item.startSample + item.samples.length);
        }
      }
      if (endSample !== undefined) stream.closeSegment(endSample);
    }
  }

  /** Where the next member begins: with the first sample that is kept, and not within a final that will stand. */
  #resumeSample({ id, startSample, items, open }: Segment): number {
    const first = open[0]?.startSample ?? startSample;
    const kept = items.find((item) => item.kind === "audio")?.startSample ?? open.at(-1)?.endSample ?? first;
    const finals = this.#finals.filter(({ segmentId }) => segmentId === id);
    if (this.#endsTurns) return Math.max(kept, endOf(finals));
    if (kept === first) return kept;
    finals.sort((one, other) => one.startSample - other.startSample);
    return finals.reduce((from, final) => (final.startSample < from ? Math.max(from, final.endSample) : from), kept);
  }

  /** Accounts for everything before `fromSample`: told by the finals that begin there, which now stand for good, or lost. */
  #resumeAt(segment: Segment, fromSample: number): LostAudio[] {
    const first = segment.open[0]?.startSample ?? segment.startSample;
    const standing = this.#finals.filter(
      (final) => fromSample > first && final.segmentId === segment.id && final.startSample < fromSample,
    );
    const toldUntil = Math.max(first, endOf(standing));
    // What the present member lost may have been told by a former one.
    const staleUntil = endOf(standing.filter(({ isStale }) => isStale));
    const lost = [
      ...spansWithin(segment.losses, staleUntil, Math.min(toldUntil, fromSample)),
      ...spansWithin(segment.open, toldUntil, fromSample),
    ];
    this.#finals = this.#finals.filter((final) => !standing.includes(final));
    segment.losses = [];
    segment.open = spansWithin(segment.open, fromSample, Infinity);
    segment.startSample = Math.max(segment.startSample, fromSample);
    this.#trim(segment, fromSample);
    return lost.flatMap((span) => lostAudio(span, segment.sentUntil));
  }

  #trim(segment: Segment, fromSample: number): void {
    const items: Item[] = [];
    for (const item of segment.items) {
      if (item.kind === "flush") {
        if (items.length > 0) items.push(item);
        continue;
      }
      const skip = Math.min(Math.max(0, fromSample - item.startSample), item.samples.length);
      this.#keptSamples -= skip;
      const samples = item.samples.subarray(skip);
      if (samples.length > 0) items.push({ kind: "audio", startSample: item.startSample + skip, samples });
    }
    segment.items = items;
  }

  #dropOldest(): void {
    const segment = this.#segments.find(({ items }) => items.some(({ kind }) => kind === "audio"));
    const index = segment?.items.findIndex(({ kind }) => kind === "audio") ?? -1;
    const dropped = segment?.items.splice(0, index + 1).at(-1);
    if (dropped?.kind === "audio") this.#keptSamples -= dropped.samples.length;
  }

  #remove(segment: Segment): void {
    this.#trim(segment, Infinity);
    this.#segments = this.#segments.filter((other) => other !== segment);
  }

  get #openSegment(): Segment | undefined {
    return this.#segments.find(({ endSample }) => endSample === undefined);
  }

  #find(segmentId: number): Segment | undefined {
    return this.#segments.find(({ id }) => id === segmentId);
  }
}

function endOf(spans: readonly CaptureSpan[]): number {
  return Math.max(0, ...spans.map(({ endSample }) => endSample));
}
