import { expect, test } from "vitest";
import { capabilitiesOf, parseModel } from "./models.ts";

test.each([
  ["deepgram/nova-3:en", { model: "deepgram/nova-3", provider: "deepgram", language: "en" }],
  ["deepgram/nova-3", { model: "deepgram/nova-3", provider: "deepgram" }],
  ["auto:pt", { model: "auto", provider: "auto", language: "pt" }],
  ["auto", { model: "auto", provider: "auto" }],
  ["some:model:part:fr", { model: "some:model:part", provider: "some:model:part", language: "fr" }],
  ["deepgram/nova-3:", { model: "deepgram/nova-3", provider: "deepgram" }],
])("%s is taken apart at its last colon", (text, name) => {
  expect(parseModel(text)).toEqual(name);
});

test.each([[""], ["  "], [undefined]])("%j is no model", (text) => {
  expect(() => parseModel(text as string)).toThrow(
    new TypeError(`stt.model must be "provider/model" or "provider/model:language", got ${JSON.stringify(text)}`),
  );
});

test.each([
  ["deepgram/nova-3", "word", "none", false],
  ["deepgram/nova-2-medical", "word", "none", false],
  ["deepgram/flux-general", "word", "none", true],
  ["assemblyai/universal-streaming", "word", "none", false],
  ["elevenlabs/scribe_v2_realtime", "word", "none", false],
  ["speechmatics/enhanced", "word", "inline", false],
  ["cartesia/ink-whisper", "word", "none", false],
  ["cartesia/ink-2", false, "none", true],
  ["inworld/inworld-stt-1", false, "none", false],
  ["auto", false, "none", false],
  ["new/model", false, "none", false],
] as const)(
  "%s: words aligned %s, flush %s, ends turns %s; the unknown is taken to need silence",
  (model, alignedTranscript, flush, endsTurns) => {
    expect(capabilitiesOf(model)).toMatchObject({ alignedTranscript, flush, endsTurns });
  },
);
