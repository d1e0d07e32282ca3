import { VoiceError } from "../errors.ts";
import type { LegacySegment, TextStream } from "./room-port.ts";
import { TimedTextReader, type TimedWord } from "./timed-text.ts";
import { IS_FINAL, SEGMENT_ID } from "./topics.ts";

/** Who was transcribed. */
export type TranscribedSide = "user" | "agent";

/** A segment of a transcript as it is now: it replaces what was told of the same segment. */
export interface RoomTranscript {
  readonly side: TranscribedSide;
  readonly segmentId: string;
  readonly text: string;
  readonly isFinal: boolean;
  /** Where the agent tells when its words are said. */
  readonly words: readonly TimedWord[];
}

/** What transcripts need. */
export interface TranscriptsParts {
  readonly onTranscript: (transcript: RoomTranscript) => void;
  /** A stream made no sense, or broke. */
  readonly onSkipped: (error: VoiceError) => void;
}

interface Segment {
  /** Text of the streams before the newest one. */
  before: string;
  /** The newest stream; what older ones still bring is out of date. */
  stream: number;
  text: string;
  isFinal: boolean;
}

/**
 * Puts together what the streams of transcriptions bring. A person's segment comes whole with each stream, and replaces
 * what was there; an agent's comes in pieces, which are appended. The packets of older agents, whose segments have other
 * names, count only on a side of which no stream has come.
 *
 * @see https://docs.livekit.io/agents/build/text/#transcriptions
 */
export class Transcripts {
  readonly #parts: TranscriptsParts;
  readonly #segments: Record<TranscribedSide, Map<string, Segment>> = { user: new Map(), agent: new Map() };
  readonly #hasStreams = new Set<TranscribedSide>();
  #streams = 0;

  constructor(parts: TranscriptsParts) {
    this.#parts = parts;
  }

  /** Whether a side is told by streams, so that its packets are of no use. */
  hasStreams(side: TranscribedSide): boolean {
    return this.#hasStreams.has(side);
  }

  /** Reads a stream to its end; never rejects. */
  async read(side: TranscribedSide, stream: TextStream): Promise<void> {
    this.#hasStreams.add(side);
    this.#streams += 1;
    const segmentId = stream.attributes()[SEGMENT_ID] ?? "";
    if (segmentId === "") this.#skip(`A transcription has no ${SEGMENT_ID}: it stands by itself`);
    const name = segmentId === "" ? stream.id : segmentId;
    const segment = this.#begin(side, name, this.#streams);
    const mine = this.#streams;
    const reader = new TimedTextReader(() => this.#skip("A line of a timed transcription is not what it must be"));
    const tell = (isFinal: boolean): void => {
      if (segment.stream !== mine || segment.isFinal) return;
      const isNew = segment.text !== segment.before + reader.text || isFinal;
      segment.text = segment.before + reader.text;
      segment.isFinal = isFinal;
      if (isNew) this.#tell(side, name, segment, reader.words);
    };
    let isBroken = false;
    try {
      for await (const piece of stream.pieces) if (reader.push(piece)) tell(false);
    } catch (cause) {
      isBroken = true;
      this.#skip("A transcription broke off", cause);
    }
    reader.end();
    // An agent's segment ends with its stream, whether or not that says so; a person's goes on until it is final.
    tell(side === "agent" || (!isBroken && stream.attributes()[IS_FINAL] === "true"));
    if (segment.isFinal) this.#forgetOld(side);
  }

  /** Takes what older agents send, and newer ones send as well. */
  takeLegacy(side: TranscribedSide, segments: readonly LegacySegment[]): void {
    if (this.#hasStreams.has(side)) return;
    for (const { id, text, isFinal } of segments) {
      if (this.#segments[side].get(id)?.isFinal) continue;
      const segment = this.#begin(side, id, ++this.#streams);
      segment.text = text;
      segment.isFinal = isFinal;
      this.#tell(side, id, segment, []);
      if (isFinal) this.#forgetOld(side);
    }
  }

  #begin(side: TranscribedSide, name: string, stream: number): Segment {
    const known = this.#segments[side].get(name);
    if (known) {
      known.stream = stream;
      known.before = side === "agent" ? known.text : "";
      // An agent that goes on with a segment has not ended it; a person's final text stands.
      if (side === "agent") known.isFinal = false;
      return known;
    }
    const segment = { before: "", stream, text: "", isFinal: false };
    this.#segments[side].set(name, segment);
    return segment;
  }

  /** A stream of a final segment may still come, so the last few are remembered. */
  #forgetOld(side: TranscribedSide): void {
    const segments = this.#segments[side];
    for (const [name, { isFinal }] of segments) {
      if (segments.size <= REMEMBERED_SEGMENTS) return;
      if (isFinal) segments.delete(name);
    }
  }

  #tell(side: TranscribedSide, segmentId: string, { text, isFinal }: Segment, words: readonly TimedWord[]): void {
    this.#parts.onTranscript({ side, segmentId, text, isFinal, words: [...words] });
  }

  #skip(message: string, cause?: unknown): void {
    this.#parts.onSkipped(new VoiceError("protocol-violated", message, cause === undefined ? {} : { cause }));
  }
}

const REMEMBERED_SEGMENTS = 64;
