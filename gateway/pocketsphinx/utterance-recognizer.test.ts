import { expect, it, test } from "vitest";
import type { TranscriptMessage } from "../../src/stt/livekit/wire.ts";
import { joined, noise, sliced } from "../testing/signals.ts";
import { UtteranceRecognizer } from "./utterance-recognizer.ts";
import type { Decoder, HeardWord } from "./utterance-recognizer.ts";

const SECOND = 16_000;

/** Hears a word for each half second that it was fed, among fillers. */
class CountingDecoder implements Decoder {
  #samples = 0;
  start(): void {
    this.#samples = 0;
  }
  feed(samples: Int16Array): void {
    this.#samples += samples.length;
  }
  end(): void {}
  hypothesis(): string {
    return this.words()
      .map(({ text }) => text)
      .filter((text) => text.startsWith("word"))
      .join(" ");
  }
  words(): HeardWord[] {
    const count = Math.floor(this.#samples / (SECOND / 2));
    const filler = { startFrame: 0, endFrame: 0, probability: 1 };
    const words = Array.from({ length: count }, (_, index) => ({
      text: index === 0 ? "word" : `word(${index + 1})`,
      startFrame: index * 50,
      endFrame: index * 50 + 39,
      probability: (index + 1) / 10,
    }));
    return [{ text: "<s>", ...filler }, ...words, { text: "[NOISE]", ...filler }, { text: "++UM++", ...filler }];
  }
}

function transcriptsOf(chunks: Iterable<Int16Array>): TranscriptMessage[] {
  const messages: TranscriptMessage[] = [];
  const recognizer = new UtteranceRecognizer(new CountingDecoder(), (message) => messages.push(message));
  for (const chunk of chunks) recognizer.push(chunk);
  recognizer.finalize();
  return messages;
}

const speech = noise(1.2 * SECOND, 8_000).map((sample, index) => (index % 4_000 < 3_000 ? sample : 0));
const signal = joined(speech, new Int16Array(SECOND), speech);

test.each([[[1]], [[3, 800]], [[1_600]], [[50_000]]])(
  "transcripts do not depend on how the audio was sliced (%j)",
  (sizes) => {
    const whole = transcriptsOf([signal]);
    expect(whole.filter(({ type }) => type === "final_transcript")).toHaveLength(2);
    expect(transcriptsOf(sliced(signal, sizes))).toEqual(whole);
  },
);

it("finals tile the stream: each starts where the one before ended, and words lie on the connection's clock", () => {
  const [first, second] = transcriptsOf([signal]).filter(({ type }) => type === "final_transcript");
  expect(first?.start).toBe(0);
  expect(second?.start).toBe(first?.duration);
  expect((second?.start ?? 0) + (second?.duration ?? 0)).toBeCloseTo(signal.length / SECOND, 9);
  expect(second?.words?.[1]?.start).toBeCloseTo((second?.start ?? 0) + 0.5, 9);
  expect(second?.words?.[1]?.end).toBeCloseTo((second?.start ?? 0) + 0.9, 9);
});

it("neither fillers nor the numbers of alternative pronunciations reach the text", () => {
  const [final] = transcriptsOf([signal]).filter(({ type }) => type === "final_transcript");
  expect(final?.transcript).toBe("word word word");
  expect(final?.confidence).toBeCloseTo(0.2, 9);
});

it("an interim comes only with speech, and only when the text has changed", () => {
  const messages = transcriptsOf([joined(new Int16Array(3 * SECOND), speech)]);
  const interims = messages.filter(({ type }) => type === "interim_transcript");
  expect(new Set(interims.map(({ transcript }) => transcript)).size).toBe(interims.length);
  expect(interims[0]?.duration).toBeGreaterThan(3);
});

it("an utterance without text makes no final", () => {
  expect(transcriptsOf([new Int16Array(1_000)])).toEqual([]);
});
