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
  const { text, language, confidence, speakerId, metadata } = transcript;
  const isAligned = capabilities.alignedTranscript === "word" && transcript.words.length > 0;
  const words = transcript.words.map((word) => ({
    word: word.word,
    startSample: ledger.captureStartOf(word.sentStart) ?? 0,
    endSample: ledger.captureEndOf(word.sentEnd) ?? 0,
    confidence: word.confidence,
    ...(word.speakerId === undefined ? {} : { speakerId: word.speakerId }),
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
      ...(metadata === undefined ? {} : { metadata }),
    },
  };
}

/**
 * Drops the words whose middle lies before `cutSample`: after a replay they were told on an earlier connection. The text
 * keeps what stands behind them, with its punctuation. A text without words is left alone.
 */
export function cutReplayed(data: SpeechData, cutSample: number): SpeechData {
  const words = data.words.filter(({ startSample, endSample }) => (startSample + endSample) / 2 >= cutSample);
  const [first] = words;
  if (words.length === data.words.length) return data;
  if (!first) return { ...data, text: "", words };
  return { ...data, text: textAfter(data, data.words.length - words.length), words, startSample: first.startSample };
}

/** The text without its first `count` words; joined anew where the words cannot be found in it. */
function textAfter({ text, words }: SpeechData, count: number): string {
  const searched = text.toLowerCase();
  let at = 0;
  for (const { word } of words.slice(0, count)) {
    const found = searched.indexOf(word.toLowerCase(), at);
    if (found < 0)
      return words
        .slice(count)
        .map((one) => one.word)
        .join(" ");
    at = found + word.length;
  }
  return text.slice(at).replace(/^[\s\p{P}]+/u, "");
}
