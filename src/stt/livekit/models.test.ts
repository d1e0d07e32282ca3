import { expect, test } from "vitest";
import { capabilitiesOf, familyOf, MODEL_FAMILIES, parseModel } from "./models.ts";

test.each([
  ["deepgram/nova-3:en", { model: "deepgram/nova-3", provider: "deepgram", language: "en" }],
  ["deepgram/nova-3:english", { model: "deepgram/nova-3", provider: "deepgram", language: "en" }],
  ["deepgram/nova-3:en_us", { model: "deepgram/nova-3", provider: "deepgram", language: "en-US" }],
  ["deepgram/nova-3", { model: "deepgram/nova-3", provider: "deepgram" }],
  ["auto:pt", { model: "auto", provider: "livekit", language: "pt" }],
  ["auto", { model: "auto", provider: "livekit" }],
  [undefined, { model: "auto", provider: "livekit" }],
  ["some:model:part:fr", { model: "some:model:part", provider: "some:model:part", language: "fr" }],
  ["deepgram/nova-3:", { model: "deepgram/nova-3", provider: "deepgram" }],
])("%s is taken apart at its last colon", (text, name) => {
  expect(parseModel(text)).toEqual(name);
});

test.each([[""], ["  "], [null], [5]])("%j is no model", (text) => {
  expect(() => parseModel(text as string)).toThrow(
    new TypeError(`stt.model must be "provider/model" or "provider/model:language", got ${JSON.stringify(text)}`),
  );
});

test.each([
  ["deepgram/nova-3", "word", "none", false],
  ["deepgram/nova-3-medical", "word", "none", false],
  ["deepgram/nova-2", "word", "none", false],
  ["deepgram/nova-2-medical", "word", "none", false],
  ["deepgram/nova-2-conversationalai", "word", "none", false],
  ["deepgram/nova-2-phonecall", "word", "none", false],
  ["deepgram/nova-4", false, "none", false],
  ["deepgram/flux-general", "word", "none", true],
  ["deepgram/flux-general-en", "word", "none", true],
  ["deepgram/flux-general-multi", "word", "none", true],
  ["deepgram/flux-next", false, "none", true],
  ["assemblyai/universal-streaming", "word", "none", false],
  ["assemblyai/universal-streaming-multilingual", "word", "none", false],
  ["assemblyai/u3-rt-pro", "word", "none", false],
  ["assemblyai/universal-3-5-pro", "word", "none", false],
  ["elevenlabs/scribe_v2_realtime", "word", "none", false],
  ["speechmatics/enhanced", "word", "inline", false],
  ["speechmatics/standard", "word", "inline", false],
  ["speechmatics/next", false, "inline", false],
  ["xai/stt-1", "word", "none", false],
  ["cartesia/ink-whisper", "word", "none", false],
  ["cartesia/ink-2", false, "none", true],
  ["inworld/inworld-stt-1", false, "none", false],
  ["auto", false, "none", false],
  ["new/model", false, "none", false],
  ["pocketsphinx/en-us", "word", "inline", false],
  ["ledger/words", "word", "inline", false],
  ["ledger", false, "inline", false],
  ["script/late-final", false, "inline", false],
] as const)(
  "%s: words aligned %s, flush %s, ends turns %s; what is not known needs silence, and its times count for nothing",
  (model, alignedTranscript, flush, endsTurns) => {
    expect(capabilitiesOf(model)).toEqual({
      streaming: true,
      interimResults: true,
      diarization: false,
      alignedTranscript,
      offlineRecognize: false,
      flush,
      endsTurns,
    });
  },
);

test.each([
  ["deepgram/nova-3", ["deepgram/nova-2", "xai/stt-1"], "word", "none"],
  ["deepgram/nova-3", ["cartesia/ink-2"], false, "none"],
  ["deepgram/nova-3", ["deepgram/nova-2", "new/model"], false, "none"],
  ["cartesia/ink-2", ["deepgram/nova-3"], false, "none"],
  ["speechmatics/enhanced", ["speechmatics/standard"], "word", "inline"],
  ["speechmatics/enhanced", ["deepgram/nova-3"], "word", "none"],
] as const)(
  "%s with %j in its place: aligned %s, flush %s, as all of them can",
  (model, fallbacks, alignedTranscript, flush) => {
    expect(capabilitiesOf(model, {}, fallbacks)).toMatchObject({ alignedTranscript, flush });
  },
);

test.each([
  [{}, false],
  [{ diarize: true }, true],
  [{ diarize: false }, false],
  [{ speaker_labels: true }, true],
  [{ diarization: "speaker" }, true],
  [{ diarization: "none" }, false],
  [{ diarization: "NONE" }, false],
  [{ diarization: "" }, false],
  [{ diarize: false, speaker_labels: true }, true],
])("with %j speakers are told apart: %s", (extra, diarization) => {
  expect(capabilitiesOf("any/model", extra).diarization).toBe(diarization);
});

test("interims that were turned off are not promised", () => {
  expect(capabilitiesOf("xai/stt-1", { interim_results: false }).interimResults).toBe(false);
});

test("each model that is named belongs to one family only, and is found in it", () => {
  const names = MODEL_FAMILIES.flatMap((family) => family.models.map((name) => [name, family] as const));
  expect(new Set(names.map(([name]) => name)).size).toBe(names.length);
  for (const [name, family] of names) {
    const model = name.replace("*", "one-of-them");
    expect([name, familyOf(model)]).toEqual([name, family]);
  }
});
