import { expect, test } from "vitest";
import type { LivekitModelOptions, LivekitUpdateOptions } from "./options.ts";
import { changesBetween, LivekitSettings } from "./settings.ts";

const token = (): Promise<string> => Promise.resolve("");

function settingsOf(options: Partial<LivekitModelOptions>): LivekitSettings {
  return new LivekitSettings({ token, ...options });
}

/** What a session that began with these options is told of these changes. */
function told(options: Partial<LivekitModelOptions>, ...changes: readonly LivekitUpdateOptions[]) {
  const settings = settingsOf(options);
  return changes.map((change) => {
    const before = settings.create;
    settings.update(change);
    return changesBetween(before, settings.create);
  });
}

const CREATE = {
  settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
  connection: { timeout: 10, retries: 3 },
  type: "session.create",
};

test("session.create says what the gateway expects: the rate a string, extra always there, the rest only if set", () => {
  expect(settingsOf({ model: "deepgram/nova-3" }).create).toStrictEqual({ ...CREATE, model: "deepgram/nova-3" });
});

test.each([[{}], [{ model: "auto" }], [{ encoding: "pcm_s16le", sampleRate: 16_000, fallback: [] }] as const])(
  "a model that LiveKit is to choose is not named: %j",
  (options) => {
    const settings = settingsOf(options);
    expect(settings.create).toStrictEqual(CREATE);
    expect([settings.model, settings.provider]).toEqual(["auto", "livekit"]);
  },
);

test.each([
  [{ model: "deepgram/nova-3:en" }, "en"],
  [{ model: "deepgram/nova-3:english" }, "en"],
  [{ model: "deepgram/nova-3:en", language: "en_US" }, "en-US"],
  [{ model: "auto:pt" }, "pt"],
  [{ model: "deepgram/nova-3", language: "multi" }, "multi"],
  [{ model: "deepgram/nova-3", language: "" }, undefined],
])("the language of %j is %j: the option wins over the model's own", (options, language) => {
  expect(settingsOf(options).create.settings.language).toBe(language);
});

test("what the gateway may do towards the provider goes over the wire in seconds; what this page does, does not", () => {
  const { connection } = settingsOf({
    upstream: { timeoutMs: 30_000, maxRetries: 5 },
    connection: { timeoutMs: 2_500, maxRetries: 1 },
  }).create;
  expect(connection).toEqual({ timeout: 30, retries: 5 });
});

const NOVA = { model: "deepgram/nova-3", extra: null };

test.each([
  ["deepgram/nova-3", [NOVA]],
  ["deepgram/nova-3:en", [NOVA]],
  [{ model: "deepgram/nova-3:en" }, [NOVA]],
  [{ model: "deepgram/nova-3", extra: { keyterm: ["livekit"] } }, [{ ...NOVA, extra: { keyterm: ["livekit"] } }]],
  [{ model: "deepgram/nova-3", extra: {} }, [{ ...NOVA, extra: {} }]],
  [
    ["deepgram/nova-3", { model: "cartesia/ink-whisper", extra: { min_volume: 0.1 } }],
    [NOVA, { model: "cartesia/ink-whisper", extra: { min_volume: 0.1 } }],
  ],
] as const)(
  "fallback %j loses its language and keeps its extra, which is null if there is none",
  (fallback, models) => {
    expect(settingsOf({ fallback }).create.fallback).toStrictEqual({ models });
  },
);

test("capabilities follow the options, and every change of them", () => {
  const settings = settingsOf({ model: "deepgram/nova-3", fallback: "xai/stt-1" });
  expect(settings.capabilities).toMatchObject({ alignedTranscript: "word", diarization: false, endsTurns: false });
  settings.update({ extra: { diarize: true } });
  settings.update({ extra: { endpointing: 500 } });
  expect(settings.capabilities).toMatchObject({ alignedTranscript: "word", diarization: true });
  expect(settings.create.settings.extra).toEqual({ diarize: true, endpointing: 500 });
  settings.update({ extra: { diarize: false }, model: "cartesia/ink-2" });
  expect(settings.capabilities).toMatchObject({ alignedTranscript: false, diarization: false, endsTurns: true });
  expect([settings.model, settings.provider]).toEqual(["cartesia/ink-2", "cartesia"]);
  settings.update({ model: "deepgram/flux-general" });
  expect(settings.capabilities).toMatchObject({ alignedTranscript: "word", endsTurns: true });
});

test.each<[string, LivekitUpdateOptions, object | undefined]>([
  ["nothing", {}, undefined],
  ["what is so already", { model: "deepgram/nova-3:en", language: "English", extra: { endpointing: 25 } }, undefined],
  ["a language", { language: "fr" }, { language: "fr" }],
  ["an extra", { extra: { endpointing: 500, punctuate: false } }, { extra: { endpointing: 500, punctuate: false } }],
  ["one extra of two", { extra: { endpointing: 25, punctuate: false } }, { extra: { punctuate: false } }],
  ["a model", { model: "xai/stt-1" }, { model: "xai/stt-1" }],
  ["a model with its language", { model: "xai/stt-1:de" }, { model: "xai/stt-1", language: "de" }],
  [
    "a language beside a model's own",
    { model: "xai/stt-1:de", language: "fr" },
    { model: "xai/stt-1", language: "fr" },
  ],
  ["that LiveKit chooses", { model: "auto" }, { model: "auto" }],
])("of %s, a session is told what changes and nothing else", (_what, change, message) => {
  expect(told({ model: "deepgram/nova-3:en", extra: { endpointing: 25 } }, change)).toStrictEqual([message]);
});

test.each([
  ["deepgram/nova-3", { keyterm: ["Acme"] }, "keyterm", ["Acme", "Niamh"], ["Acme", "Other"], ["Acme"]],
  ["deepgram/flux-general", { keyterm: "Acme" }, "keyterm", ["Acme", "Niamh"], ["Acme", "Other"], ["Acme"]],
  ["deepgram/nova-3", {}, "keyterm", ["Niamh"], ["Other"], []],
  [
    "assemblyai/u3-rt-pro",
    { keyterms_prompt: ["Acme"] },
    "keyterms_prompt",
    ["Acme", "Niamh"],
    ["Acme", "Other"],
    ["Acme"],
  ],
  [
    "speechmatics/enhanced",
    { additional_vocab: [{ content: "Acme", sounds_like: ["ack me"] }] },
    "additional_vocab",
    [{ content: "Acme", sounds_like: ["ack me"] }, { content: "Niamh" }],
    [{ content: "Acme", sounds_like: ["ack me"] }, { content: "Other" }],
    [{ content: "Acme", sounds_like: ["ack me"] }],
  ],
])(
  "%s with %j: a session's key terms join the app's as %s, are replaced by the next ones, and never become the app's",
  (model, extra, key, first, second, none) => {
    expect(
      told({ model, extra }, { keyterms: ["Niamh", "Niamh"] }, { keyterms: ["Other"] }, { keyterms: [] }),
    ).toStrictEqual([{ extra: { [key]: first } }, { extra: { [key]: second } }, { extra: { [key]: none } }]);
  },
);

test("a term that the app has named already is not named twice", () => {
  expect(told({ model: "deepgram/nova-3", extra: { keyterm: ["Acme"] } }, { keyterms: ["Acme"] })).toEqual([undefined]);
  const vocabulary = { additional_vocab: [{ content: "Acme" }] };
  expect(told({ model: "speechmatics/standard", extra: vocabulary }, { keyterms: ["Acme"] })).toEqual([undefined]);
});

test("new extras of the app's keep the session's key terms", () => {
  expect(
    told(
      { model: "deepgram/nova-3", extra: { keyterm: ["Acme"] } },
      { keyterms: ["Niamh"] },
      { extra: { punctuate: false } },
      { extra: { keyterm: ["Umbrella"] } },
    ),
  ).toEqual([
    { extra: { keyterm: ["Acme", "Niamh"] } },
    { extra: { punctuate: false } },
    { extra: { keyterm: ["Umbrella", "Niamh"] } },
  ]);
});

test("a model that takes no key terms is told none; the next one that does is told them", () => {
  expect(
    told({ model: "cartesia/ink-whisper" }, { keyterms: ["Niamh"] }, { model: "assemblyai/universal-streaming" }),
  ).toEqual([undefined, { model: "assemblyai/universal-streaming", extra: { keyterms_prompt: ["Niamh"] } }]);
});

test.each([["assemblyai/u3-rt-pro"], ["assemblyai/universal-3-5-pro:en"]])(
  "%s is told the last 1750 characters of what the agent said",
  (model) => {
    expect(
      told({ model }, { agentContext: "a".repeat(2_000) + "b".repeat(1_750) }, { agentContext: "Hello." }),
    ).toStrictEqual([{ extra: { agent_context: "b".repeat(1_750) } }, { extra: { agent_context: "Hello." } }]);
  },
);

test("a context that is cut begins with a whole character", () => {
  const [update] = told({ model: "assemblyai/u3-rt-pro" }, { agentContext: `🙂${"b".repeat(1_749)}` });
  expect(update).toEqual({ extra: { agent_context: "b".repeat(1_749) } });
});

test.each([["assemblyai/universal-streaming"], ["deepgram/nova-3"], ["auto"]])(
  "%s is told nothing of what the agent said",
  (model) => {
    expect(told({ model }, { agentContext: "Hello." })).toEqual([undefined]);
  },
);

test("what the caller changes in its own objects later does not count", () => {
  const extra = { keyterm: ["Acme"] };
  const settings = settingsOf({ model: "deepgram/nova-3", extra });
  extra.keyterm.push("Umbrella");
  expect(settings.create.settings.extra).toEqual({ keyterm: ["Acme"] });
  const before = settings.create;
  settings.update({ extra });
  expect(changesBetween(before, settings.create)).toEqual({ extra });
});

const NOT_A_MODEL = 'must be "provider/model" or "provider/model:language"';

test.each<[unknown, Error]>([
  [{ token: "abc" }, new TypeError("stt.token must be a function that fetches a token")],
  [{ model: "" }, new TypeError(`stt.model ${NOT_A_MODEL}, got ""`)],
  [{ language: 5 }, new TypeError("stt.language must be a string, got 5")],
  [{ extra: 5 }, new TypeError("stt.extra must be an object, got 5")],
  [{ extra: ["keyterm"] }, new TypeError('stt.extra must be an object, got ["keyterm"]')],
  [{ extra: null }, new TypeError("stt.extra must be an object, got null")],
  [{ encoding: "opus" }, new RangeError('stt.encoding must be "pcm_s16le", got "opus"')],
  [{ sampleRate: 8_000 }, new RangeError("stt.sampleRate must be 16000, got 8000")],
  [{ fallback: 5 }, new TypeError("stt.fallback must be an object, got 5")],
  [{ fallback: [""] }, new TypeError(`stt.fallback ${NOT_A_MODEL}, got ""`)],
  [{ fallback: {} }, new TypeError(`stt.fallback ${NOT_A_MODEL}, got ""`)],
  [{ fallback: { model: "a/b", extra: 5 } }, new TypeError("stt.fallback.extra must be an object, got 5")],
  [{ connection: 5 }, new TypeError("stt.connection must be an object, got 5")],
  [{ connection: { timeoutMs: 0 } }, new RangeError("stt.connection.timeoutMs must be in [1, 600000], got 0")],
  [{ upstream: "10 s" }, new TypeError('stt.upstream must be an object, got "10 s"')],
  [{ upstream: { timeoutMs: 0 } }, new RangeError("stt.upstream.timeoutMs must be in (0, 600000] ms, got 0")],
  [
    { upstream: { maxRetries: 0.5 } },
    new RangeError("stt.upstream.maxRetries must be a whole number in [0, 1000], got 0.5"),
  ],
])("bad options fail at once and say why: %j", (options, error) => {
  expect(() => settingsOf(options as LivekitModelOptions)).toThrow(error);
});

test.each([[undefined], [null], ["deepgram/nova-3"]])("options of %j are none", (options) => {
  expect(() => new LivekitSettings(options as unknown as LivekitModelOptions)).toThrow(
    new TypeError(`stt must be an object, got ${options === undefined ? "undefined" : JSON.stringify(options)}`),
  );
});

test.each<[unknown, TypeError]>([
  [{ model: "" }, new TypeError(`stt.model ${NOT_A_MODEL}, got ""`)],
  [{ language: 5 }, new TypeError("stt.language must be a string, got 5")],
  [{ extra: [] }, new TypeError("stt.extra must be an object, got []")],
  [{ keyterms: "Acme" }, new TypeError('stt.keyterms must be a list of strings, got "Acme"')],
  [{ keyterms: [5] }, new TypeError("stt.keyterms must be a string, got 5")],
  [{ agentContext: {} }, new TypeError("stt.agentContext must be a string, got {}")],
])("a bad update fails at once, says why, and changes nothing: %j", (bad, error) => {
  const settings = settingsOf({ model: "deepgram/nova-3" });
  const before = settings.create;
  const update = { model: "xai/stt-1", language: "fr", ...(bad as LivekitUpdateOptions) };
  expect(() => settings.update(update)).toThrow(error);
  expect([settings.create, settings.model]).toEqual([before, "deepgram/nova-3"]);
});
