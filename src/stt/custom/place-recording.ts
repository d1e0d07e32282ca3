import type { CodecTranscript } from "../codec.ts";
import type { SpeechData } from "../speech-event.ts";
import { readTranscript } from "./custom-transcript.ts";

/** Puts a text whose times count from the recording's beginning in its place on the capture clock. */
export function placeRecording(transcript: CodecTranscript, startSample: number, lengthSamples: number): SpeechData {
  const { text, language, confidence, sentStart, sentEnd, speakerId, metadata } = transcript;
  const place = (sample: number): number => startSample + Math.min(sample, lengthSamples);
  return {
    text,
    language,
    startSample: place(sentStart),
    endSample: place(sentEnd > sentStart ? sentEnd : lengthSamples),
    confidence,
    words: transcript.words.map(({ sentStart: from, sentEnd: to, ...word }) => ({
      ...word,
      startSample: place(from),
      endSample: place(to),
    })),
    ...(speakerId === undefined ? {} : { speakerId }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The texts of one recording as one text: it is as sure as the least sure of them. */
export function joinTranscripts(transcripts: readonly CodecTranscript[], language: string): CodecTranscript {
  const [first, ...others] = transcripts.filter(({ text }) => text !== "");
  if (!first) return readTranscript("", language);
  return others.reduce(
    (whole, next) => ({
      ...whole,
      text: `${whole.text} ${next.text}`,
      sentEnd: next.sentEnd,
      confidence: Math.min(whole.confidence, next.confidence),
      words: [...whole.words, ...next.words],
    }),
    first,
  );
}
