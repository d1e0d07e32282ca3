import type { ConnectionLedger } from "../net/connection-ledger.ts";
import type { CodecTranscript } from "./codec.ts";
import type { SttCapabilities } from "./contract.ts";
import type { SegmentBook } from "./segment-book.ts";
import type { SpeechData } from "./speech-event.ts";

/** A transcript in its place on the capture clock. */
export interface PlacedTranscript {
  readonly segmentId: number;
  readonly data: SpeechData;
}

/**
 * Turns the server's times, which count what was sent, into capture times. Words are placed one by one where the model
 * aligns them; other texts take the bounds of their segment, since such servers' times are not to be trusted.
 */
export function placeTranscript(
  transcript: CodecTranscript,
  ledger: ConnectionLedger,
  book: SegmentBook,
  capabilities: SttCapabilities,
  nowSample: number,
): PlacedTranscript {
  const { text, language, confidence, speakerId } = transcript;
  const isAligned = capabilities.alignedTranscript === "word" && transcript.words.length > 0;
  const words = transcript.words.map((word) => ({
    word: word.word,
    startSample: ledger.captureStartOf(word.sentStart) ?? 0,
    endSample: ledger.captureEndOf(word.sentEnd) ?? 0,
    confidence: word.confidence,
  }));
  const first = words[0];
  const last = words.at(-1);
  const segmentId = book.idAt(isAligned && last ? last.endSample : undefined);
  const segment = book.unsettled.find(({ id }) => id === segmentId);
  const startSample =
    (isAligned ? first?.startSample : undefined) ??
    segment?.startSample ??
    ledger.captureStartOf(transcript.sentStart) ??
    0;
  const endSample = (isAligned ? last?.endSample : undefined) ?? segment?.endSample ?? nowSample;
  return {
    segmentId,
    data: {
      text,
      language,
      startSample,
      endSample: Math.max(startSample, endSample),
      confidence,
      words: isAligned ? words : [],
      ...(speakerId === undefined ? {} : { speakerId }),
    },
  };
}
