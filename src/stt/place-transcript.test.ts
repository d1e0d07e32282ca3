import { describe, expect, test } from "vitest";
import { ConnectionLedger } from "../net/connection-ledger.ts";
import type { CodecTranscript } from "./codec.ts";
import { cutReplayed, placeTranscript } from "./place-transcript.ts";
import { SegmentBook } from "./segment-book.ts";

const ALIGNED = {
  streaming: true,
  interimResults: true,
  diarization: false,
  alignedTranscript: "word",
  offlineRecognize: false,
  flush: "inline",
  endsTurns: false,
} as const;
const UNALIGNED = { ...ALIGNED, alignedTranscript: false } as const;

const NOW = 99_999;

/** Two openings, at 1,000 and at 50,000, with silence never sent between, and 500 samples of it made up. */
function scene(): { ledger: ConnectionLedger; book: SegmentBook } {
  const ledger = new ConnectionLedger();
  ledger.append(1_000, 2_000);
  ledger.append(undefined, 500);
  ledger.append(50_000, 3_000);
  const book = new SegmentBook(() => undefined);
  book.open(1, 1_000);
  book.flush(1, 2_800);
  book.close(1, 3_000);
  book.open(2, 50_000);
  return { ledger, book };
}

function transcript(words: readonly (readonly [string, number, number])[]): CodecTranscript {
  return {
    text: words.map(([word]) => word).join(" "),
    language: "en",
    sentStart: words[0]?.[1] ?? 0,
    sentEnd: words.at(-1)?.[2] ?? 0,
    confidence: 0.5,
    words: words.map(([word, sentStart, sentEnd]) => ({ word, sentStart, sentEnd, confidence: 0.9 })),
  };
}

function placed(said: CodecTranscript, capabilities: typeof ALIGNED | typeof UNALIGNED = ALIGNED) {
  const { ledger, book } = scene();
  return placeTranscript(said, ledger, book, capabilities, NOW);
}

test("words stand where they were said, also behind silence that was never sent or was made up", () => {
  const { segmentId, data } = placed(
    transcript([
      ["one", 0, 2_000],
      ["two", 2_500, 3_000],
      ["three", 3_100, 5_500],
    ]),
  );
  expect(data.words.map(({ word, startSample, endSample }) => [word, startSample, endSample])).toEqual([
    ["one", 1_000, 3_000],
    ["two", 50_000, 50_500],
    ["three", 50_600, 53_000],
  ]);
  expect(segmentId).toBe(2);
  expect([data.startSample, data.endSample]).toEqual([1_000, 53_000]);
});

test("a word that ends on a seam ends where the sound before it did", () => {
  const ledger = new ConnectionLedger();
  ledger.append(0, 1_000);
  ledger.append(50_000, 1_000);
  const { data } = placeTranscript(transcript([["one", 500, 1_000]]), ledger, scene().book, ALIGNED, NOW);
  expect(data.words).toMatchObject([{ startSample: 500, endSample: 1_000 }]);
});

test("a word that ends in made-up silence ends where the capture ended", () => {
  const { segmentId, data } = placed(transcript([["one", 1_800, 2_300]]));
  expect(data.words).toEqual([{ word: "one", startSample: 2_800, endSample: 3_000, confidence: 0.9 }]);
  expect(segmentId).toBe(1);
});

test("a model that does not align takes its segment's bounds, never the server's, and tells no words", () => {
  const { segmentId, data } = placed(transcript([["one", 2_600, 5_000]]), UNALIGNED);
  expect([segmentId, data.startSample, data.endSample, data.words]).toEqual([1, 1_000, 3_000, []]);
});

test("an aligned model's text without words takes its segment's bounds; while it is open, until now", () => {
  const { ledger, book } = scene();
  book.answer(1);
  const { segmentId, data } = placeTranscript(transcript([]), ledger, book, ALIGNED, NOW);
  expect([segmentId, data.startSample, data.endSample]).toEqual([2, 50_000, NOW]);
});

test("a speaker is told if the server told one", () => {
  expect(placed(transcript([])).data).not.toHaveProperty("speakerId");
  expect(placed({ ...transcript([]), speakerId: "S1" }).data.speakerId).toBe("S1");
});

describe("after a replay", () => {
  const { data } = placed(
    transcript([
      ["go", 100, 200],
      ["Forward,", 300, 700],
      ["ten", 800, 1_000],
      ["meters.", 1_000, 1_900],
    ]),
  );
  const said = { ...data, text: "Go forward, ten meters." };
  const kept = (cutSample: number, text = said.text): [string, string[]] => {
    const cut = cutReplayed({ ...said, text }, cutSample);
    return [cut.text, cut.words.map(({ word }) => word)];
  };

  test("words that were told before the cut are dropped, and the rest keeps its punctuation", () => {
    expect(kept(0)).toEqual(["Go forward, ten meters.", ["go", "Forward,", "ten", "meters."]]);
    expect(kept(1_700)).toEqual(["ten meters.", ["ten", "meters."]]);
    expect(kept(5_000)).toEqual(["", []]);
  });

  test("a word stays if its middle lies behind the cut: a fragment of the last one goes", () => {
    expect(kept(1_899)).toEqual(["ten meters.", ["ten", "meters."]]);
    expect(kept(1_901)).toEqual(["meters.", ["meters."]]);
  });

  test("a text in which its words are not found is joined from them", () => {
    expect(kept(1_700, "$10m")).toEqual(["ten meters.", ["ten", "meters."]]);
  });

  test("a text without words is left alone", () => {
    expect(cutReplayed({ ...said, words: [] }, 5_000).text).toBe(said.text);
  });
});
