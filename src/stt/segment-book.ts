/**
 * One opening of the gate, as the recogniser's side sees it.
 *
 *   open ──flush sent──▶ flushed ──answered, and the gate closed──▶ settled
 *     ▲                     │
 *     └── speech resumes ───┘
 */
export interface Segment {
  readonly id: number;
  readonly startSample: number;
  /** Where the gate closed; absent while it is open. */
  readonly endSample?: number;
  readonly state: "open" | "flushed" | "settled";
}

interface OpenSegment {
  id: number;
  startSample: number;
  endSample?: number;
  state: Segment["state"];
  /** End of the newest speech that the recogniser owes a text for, and how many ends of speech that makes. */
  owedUntil?: number;
  owedTexts: number;
  /** End of the newest speech whose text was given, or given up. */
  answeredUntil?: number;
}

/** A final may end this long before the detector's end of speech and still be the text of that speech. */
const COVERING_SLACK_SAMPLES = 4_800; // 300 ms

/** Keeps account of what the recogniser still owes. Pure. */
export class SegmentBook {
  readonly #segments: OpenSegment[] = [];
  readonly #onSettled: (segmentId: number) => void;
  #hasGivenUp = false;

  /** `onSettled` is called once for each segment, when nothing more is awaited for it. */
  constructor(onSettled: (segmentId: number) => void) {
    this.#onSettled = onSettled;
  }

  /** The gate opened. */
  open(id: number, startSample: number): void {
    this.#segments.push({ id, startSample, state: "open", owedTexts: 0 });
  }

  /** A request for the text of the speech that ended at `speechEndSample` is on its way, by message or by silence. */
  flush(id: number, speechEndSample: number): void {
    const segment = this.#find(id);
    if (!segment) return;
    segment.state = "flushed";
    segment.owedUntil = speechEndSample;
    segment.owedTexts += 1;
    // A recogniser that ends utterances itself may have answered before it was asked.
    if (speechEndSample <= this.#textedUntil) this.answer(id, this.#textedUntil);
  }

  /** The gate closed. */
  close(id: number, endSample: number): void {
    const segment = this.#find(id);
    if (!segment) return;
    segment.endSample = endSample;
    this.#settleIfDone(segment);
  }

  /** The text of this segment has been given, up to `endSample` where that is known, or given up. */
  answer(id: number, endSample = Number.POSITIVE_INFINITY): void {
    const segment = this.#find(id);
    if (segment?.owedUntil === undefined) return;
    segment.answeredUntil = Math.min(segment.owedUntil, endSample);
    delete segment.owedUntil;
    segment.owedTexts = 0;
    this.#settleIfDone(segment);
  }

  /** A text came that does not say what it covers: it answers one end of speech, and the last of them all. */
  answerOne(id: number): void {
    const segment = this.#find(id);
    if (segment && --segment.owedTexts === 0) this.answer(id);
    else if (segment) segment.owedTexts = Math.max(0, segment.owedTexts);
  }

  /** Nothing is waited for any more; a text that comes all the same is welcome. */
  giveUp(id: number): void {
    this.#hasGivenUp = true;
    this.answer(id);
  }

  /** A final text came: what was given up before it is not missed any more. */
  texted(): void {
    this.#hasGivenUp = false;
  }

  /** The recogniser has told all it heard. */
  answerAll(): void {
    for (const { id } of [...this.#segments]) this.answer(id);
    this.texted();
  }

  /** True if a segment is unsettled, or was given up and no final text has come since. */
  get isOwed(): boolean {
    return this.#segments.length > 0 || this.#hasGivenUp;
  }

  /** A final text reaches up to `endSample`: answers every speech that ended by then. */
  answerUpTo(endSample: number): void {
    this.#textedUntil = Math.max(this.#textedUntil, endSample);
    for (const segment of [...this.#segments]) {
      if (segment.owedUntil !== undefined && segment.owedUntil <= endSample + COVERING_SLACK_SAMPLES)
        this.answer(segment.id, endSample);
    }
  }

  /** Segments that are open or still owed a text, oldest first. */
  get unsettled(): readonly Segment[] {
    return this.#segments;
  }

  /** Where the oldest unsettled segment begins; infinite if there is none. */
  get oldestStartSample(): number {
    return this.#segments[0]?.startSample ?? Number.POSITIVE_INFINITY;
  }

  /** The text of all speech before it was given, or given up. What follows it may hold the beginning of the next speech. */
  get answeredUntil(): number {
    const [oldest] = this.#segments;
    return oldest?.answeredUntil ?? Math.min(this.#settledUntil, oldest?.startSample ?? Number.POSITIVE_INFINITY);
  }

  /** How much of a segment no final text covers, up to the end of its speech, in samples. */
  untoldSamplesOf(id: number): number {
    const { owedUntil = 0, startSample = 0 } = this.#find(id) ?? {};
    return Math.max(0, owedUntil - Math.max(startSample, this.#textedUntil));
  }

  /** True if a text of this segment was asked for and has not come. */
  owes(id: number): boolean {
    return this.#find(id)?.owedUntil !== undefined;
  }

  /** True if a text was asked for and has not come. */
  get isAwaiting(): boolean {
    return this.#segments.some((segment) => segment.owedUntil !== undefined);
  }

  /** The newest unsettled segment that begins before `captureSample`, or the oldest, or the last one there was. */
  idAt(captureSample: number | undefined): number {
    const within =
      captureSample === undefined ? undefined : this.#segments.findLast((s) => s.startSample < captureSample);
    return (within ?? this.#segments[0])?.id ?? this.#lastSettledId;
  }

  #lastSettledId = 0;
  /** How far on the capture clock the final texts reach. */
  #textedUntil = 0;
  /** Answered speech of settled segments reaches up to here. */
  #settledUntil = 0;

  #find(id: number): OpenSegment | undefined {
    return this.#segments.find((segment) => segment.id === id);
  }

  #settleIfDone(segment: OpenSegment): void {
    if (segment.endSample === undefined || segment.owedUntil !== undefined) return;
    segment.state = "settled";
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    this.#lastSettledId = segment.id;
    this.#settledUntil = Math.max(this.#settledUntil, segment.answeredUntil ?? 0);
    this.#onSettled(segment.id);
  }
}
