import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import type { CodecEvent, CodecTranscript } from "../codec.ts";
import { encodeUpdate, LivekitCodec } from "./codec.ts";

const CREATE = {
  settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
  model: "deepgram/nova-3",
  type: "session.create",
} as const;

function newCodec(language?: string): LivekitCodec {
  return new LivekitCodec({ language, requestId: "stt_request_1", greet: () => CREATE });
}

const codec = newCodec();

function decode(message: object): CodecEvent | undefined {
  return newCodec().decode(JSON.stringify(message));
}

test("what the client says, to the byte", () => {
  expect(codec.hello()).toEqual([JSON.stringify(CREATE)]);
  expect(codec.encodeAudio(Uint8Array.of(0x01, 0x80, 0xff, 0x7f))).toBe('{"type":"input_audio","audio":"AYD/fw=="}');
  expect(codec.flush()).toBe('{"type":"session.finalize"}');
  expect(codec.finish()).toBe('{"type":"session.finalize"}');
  expect(codec.goodbye()).toBe('{"type":"session.close"}');
  expect(encodeUpdate({ language: "fr" })).toBe('{"type":"session.update","settings":{"language":"fr"}}');
});

test.each([
  ["session.created", { type: "created" }],
  ["session.finalized", { type: "flushed" }],
  ["session.closed", { type: "closed" }],
  ["start_of_speech", { type: "speech-started" }],
])("%s is understood, whatever else it carries", (type, event) => {
  expect(decode({ type, session_id: "s_1", extra: { new: true } })).toEqual(event);
});

const FINAL = {
  type: "final_transcript",
  transcript: "go forward",
  language: "en",
  start: 0.4,
  duration: 0.9,
  confidence: 0.93,
  words: [
    { word: "go", start: 0.4, end: 0.61, confidence: 0.99 },
    { word: "forward", start: 0.61, end: 1.3, confidence: 0.87, speaker_id: "S1", extra: { odd: 1 } },
  ],
  speaker_id: "S1",
  request_id: "r_1",
  extra: { is_eou: true },
};

test("a final comes with its words, in samples of what was sent", () => {
  expect(decode(FINAL)).toEqual({
    type: "final",
    transcript: {
      text: "go forward",
      language: "en",
      sentStart: 6_400,
      sentEnd: 20_800,
      confidence: 0.93,
      words: [
        { word: "go", sentStart: 6_400, sentEnd: 9_760, confidence: 0.99 },
        { word: "forward", sentStart: 9_760, sentEnd: 20_800, confidence: 0.87, speakerId: "S1" },
      ],
      requestId: "r_1",
      speakerId: "S1",
      metadata: { is_eou: true },
    },
  });
});

const BARE = {
  text: "",
  language: "en",
  sentStart: 0,
  sentEnd: 0,
  confidence: 1,
  words: [],
  requestId: "stt_request_1",
};

test.each([
  ["what is missing has its default", { type: "interim_transcript" }, "interim", {}],
  [
    "words of null are no words",
    { type: "interim_transcript", transcript: "go", words: null },
    "interim",
    { text: "go" },
  ],
  [
    "null counts as missing",
    { type: "preflight_transcript", transcript: "go", confidence: null, language: null, speaker_id: null, extra: null },
    "preflight",
    { text: "go" },
  ],
  [
    "an empty language, request or speaker counts as missing",
    { type: "interim_transcript", transcript: "go", language: " ", request_id: "", speaker_id: "" },
    "interim",
    { text: "go" },
  ],
  [
    "languages are written one way",
    { type: "interim_transcript", language: "pt_br" },
    "interim",
    { language: "pt-BR" },
  ],
  ["languages may have names", { type: "interim_transcript", language: "Spanish" }, "interim", { language: "es" }],
  ["an extra that is empty tells nothing", { type: "final_transcript", extra: {} }, "final", {}],
  ["an extra that is no object tells nothing", { type: "final_transcript", extra: [1] }, "final", {}],
  [
    "a request's id wins over its session's",
    { type: "final_transcript", request_id: "r_1", session_id: "s_1" },
    "final",
    { requestId: "r_1" },
  ],
  [
    "a session's id stands in for a request's",
    { type: "final_transcript", session_id: "s_1" },
    "final",
    { requestId: "s_1" },
  ],
  [
    "Ink-2 bills 12.5 s and tells no words",
    { type: "final_transcript", transcript: "go", start: 0, duration: 12.5, words: [] },
    "final",
    { text: "go", sentEnd: 200_000 },
  ],
  [
    "a word without times stands at 0",
    { type: "final_transcript", words: [{ word: "go" }] },
    "final",
    { words: [{ word: "go", sentStart: 0, sentEnd: 0, confidence: 0 }] },
  ],
  [
    "a time before the beginning is the beginning",
    { type: "final_transcript", start: -0.1, duration: 0.05 },
    "final",
    {},
  ],
  [
    "what ends before it starts ends there",
    { type: "final_transcript", start: 2, duration: -1, words: [{ word: "go", start: 1, end: 0.5 }] },
    "final",
    {
      sentStart: 32_000,
      sentEnd: 32_000,
      words: [{ word: "go", sentStart: 16_000, sentEnd: 16_000, confidence: 0 }],
    },
  ],
  [
    "a time later than any connection lasts is as good as none",
    { type: "final_transcript", start: 1e300, duration: 1, words: [{ word: "go", start: 1, end: 1e300 }] },
    "final",
    { words: [{ word: "go", sentStart: 16_000, sentEnd: 16_000, confidence: 0 }] },
  ],
  [
    "a confidence is between 0 and 1",
    { type: "final_transcript", confidence: 97, words: [{ confidence: -1 }] },
    "final",
    { words: [{ word: "", sentStart: 0, sentEnd: 0, confidence: 0 }] },
  ],
])("%s", (_law, message, type, transcript) => {
  expect(decode(message)).toEqual({ type, transcript: { ...BARE, ...transcript } });
});

test("the language that was asked for stands in where the server names none", () => {
  const french = newCodec("fr");
  expect(french.decode('{"type":"final_transcript"}')).toMatchObject({ transcript: { language: "fr" } });
  expect(french.decode('{"type":"final_transcript","language":""}')).toMatchObject({ transcript: { language: "fr" } });
});

test("a session's id, once told, stands in for the ids of its requests", () => {
  const told = newCodec();
  expect(told.decode('{"type":"session.created","session_id":"inference_1"}')).toEqual({ type: "created" });
  expect(told.decode('{"type":"final_transcript"}')).toMatchObject({ transcript: { requestId: "inference_1" } });
  expect(told.decode('{"type":"final_transcript","request_id":"r"}')).toMatchObject({ transcript: { requestId: "r" } });
});

test.each([
  ["a number as text", { type: "final_transcript", transcript: 5 }],
  ["a text as time", { type: "final_transcript", start: "0.4" }],
  ["a text as length", { type: "final_transcript", duration: "NaN" }],
  ["a number as language", { type: "interim_transcript", language: 5 }],
  ["a number as speaker", { type: "final_transcript", speaker_id: 1 }],
  ["a list as confidence", { type: "final_transcript", confidence: [1] }],
  ["a number as a session's id", { type: "session.created", session_id: 1 }],
  ["words that are no list", { type: "final_transcript", words: { word: "go" } }],
  ["a word that is no object", { type: "final_transcript", words: ["go"] }],
  ["a word that is a list", { type: "final_transcript", words: [[]] }],
  ["a word that is null", { type: "interim_transcript", words: [null] }],
  ["a word whose time is a text", { type: "final_transcript", words: [{ word: "go", start: "0" }] }],
])("%s violates the protocol", (_what, message) => {
  expect(() => decode(message)).toThrow(expect.objectContaining({ code: "protocol-violated" }));
});

test.each([
  [""],
  ["null"],
  ["[]"],
  ["5"],
  ['"final_transcript"'],
  ["{"],
  ["[".repeat(100_000)],
  ['{"type":"final_transcript","start":1e999}'],
])("a message of %.20j is a violation, not a crash", (message) => {
  expect(() => codec.decode(message)).toThrow(expect.objectContaining({ code: "protocol-violated" }));
});

test.each([FINAL, { type: "error", message: "busy", code: 429 }, { type: "session.created" }])(
  "every prefix of %.40j is a violation, and nothing else is ever thrown",
  (message) => {
    const json = JSON.stringify(message);
    for (let length = 0; length < json.length; length++) {
      try {
        codec.decode(json.slice(0, length));
        throw new Error(`understood ${json.slice(0, length)}`);
      } catch (error) {
        if (!(error instanceof VoiceError && error.code === "protocol-violated")) throw error;
      }
    }
  },
);

test.each([[{ type: "agent_thoughts" }], [{}], [{ type: 5 }], [{ type: null, message: "?" }]])(
  "a kind that we do not know is ignored: %j",
  (message) => {
    expect(decode(message)).toBeUndefined();
  },
);

test("a message that is not text is ignored", () => {
  expect(codec.decode(new ArrayBuffer(8))).toBeUndefined();
});

test.each([
  [{ code: 429, message: "slow down" }, "gateway-unavailable", 429, "slow down"],
  [{ code: "429", message: "slow down" }, "gateway-unavailable", "429", "slow down"],
  [{ code: 503, message: "full" }, "gateway-unavailable", 503, "full"],
  [{ code: 4503, message: "full" }, "gateway-unavailable", 4503, "full"],
  [{ code: 400, message: "what?" }, "gateway-rejected", 400, "what?"],
  [{ code: 4415, message: "bad audio" }, "gateway-rejected", 4415, "bad audio"],
  [{ code: "quota", message: "no money" }, "gateway-rejected", "quota", "no money"],
  [{}, "gateway-unavailable", undefined, "no reason given"],
  [{ code: { odd: true } }, "gateway-unavailable", undefined, "no reason given"],
  [{ code: 4401, message: "expired" }, "token-rejected", 4401, "expired"],
  [{ code: 401, message: "expired" }, "token-rejected", 401, "expired"],
])("an error of %j is told by code and in words", (fields, code, gatewayCode, words) => {
  const event = decode({ type: "error", ...fields });
  const error = event?.type === "failed" ? event.error : undefined;
  expect([error?.code, error?.gatewayCode]).toEqual([code, gatewayCode]);
  expect(error?.message).toContain(words);
  expect(error?.cause).toEqual({ type: "error", ...fields });
});

test.each([
  [4401, "", "token-rejected", "code 4401"],
  [4503, "full", "gateway-unavailable", "code 4503: full"],
  [4415, "bad audio", "gateway-rejected", "code 4415: bad audio"],
  [1006, "", "gateway-lost", "code 1006"],
  [1011, "oops", "gateway-lost", "code 1011: oops"],
  [4999, "", "gateway-lost", "code 4999"],
])("a close with %d %j means %s", (code, reason, meaning, why) => {
  const message = `The gateway closed the connection unexpectedly (${why})`;
  expect(codec.closed(code, reason)).toMatchObject({ code: meaning, message, gatewayCode: code });
});

test("an idle session that the gateway ends (2007) is over, and no failure", () => {
  expect(decode({ type: "error", code: 2007, message: "session closed due to agent inactivity" })).toEqual({
    type: "closed",
  });
  expect(decode({ type: "error", code: "2007" })).toEqual({ type: "closed" });
});

/** What a transcript's fields could hold, were a gateway to lose its mind. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-1, 0, -0, 1e300, -1e300, 1e-300, Number.MAX_SAFE_INTEGER, "", "NaN", null),
);
const oddWord = fc.oneof(
  anything,
  fc.record(
    { word: anything, start: anything, end: anything, confidence: anything, speaker_id: anything },
    { requiredKeys: [] },
  ),
);
const time = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -10, max: 100, noNaN: true }),
);
const soundWord = fc.record({ word: fc.string(), start: time, end: time }, { requiredKeys: [] });
const oddMessage = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom("interim_transcript", "preflight_transcript", "final_transcript", "error", "session.created"),
      anything,
    ),
    transcript: anything,
    language: anything,
    start: anything,
    duration: anything,
    confidence: anything,
    words: fc.oneof(anything, fc.array(oddWord)),
    speaker_id: anything,
    request_id: anything,
    session_id: anything,
    extra: anything,
    code: anything,
    message: anything,
  },
  { requiredKeys: [] },
);
const soundMessage = fc.record(
  {
    type: fc.constantFrom("interim_transcript", "preflight_transcript", "final_transcript"),
    transcript: fc.string(),
    start: time,
    duration: time,
    confidence: time,
    words: fc.option(fc.array(soundWord)),
  },
  { requiredKeys: ["type"] },
);

function expectSound({ text, language, sentStart, sentEnd, confidence, words, requestId }: CodecTranscript): void {
  expect([typeof text, typeof requestId, language === ""]).toEqual(["string", "string", false]);
  for (const span of [{ sentStart, sentEnd, confidence }, ...words]) {
    expect(Number.isSafeInteger(span.sentStart) && Number.isSafeInteger(span.sentEnd)).toBe(true);
    expect(Object.is(span.sentStart, -0)).toBe(false);
    expect(span.sentStart).toBeGreaterThanOrEqual(0);
    expect(span.sentEnd).toBeGreaterThanOrEqual(span.sentStart);
    expect(span.confidence >= 0 && span.confidence <= 1).toBe(true);
  }
}

test("whatever comes is understood with sound times, ignored, or a violation of the protocol: nothing else", () => {
  fc.assert(
    fc.property(fc.oneof(oddMessage, fc.jsonValue(), fc.string()), (message) => {
      const json = typeof message === "string" ? message : JSON.stringify(message);
      try {
        const event = newCodec().decode(json);
        if (event && "transcript" in event) expectSound(event.transcript);
        if (event?.type === "failed") expect(event.error).toBeInstanceOf(VoiceError);
      } catch (error) {
        if (!(error instanceof VoiceError && error.code === "protocol-violated")) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("no text is given up for its times, whatever they are", () => {
  fc.assert(
    fc.property(soundMessage, (message) => {
      const event = newCodec().decode(JSON.stringify(message));
      if (!event || !("transcript" in event)) throw new Error("It was ignored");
      expect(event.transcript.text).toBe(message.transcript ?? "");
      expect(event.transcript.words).toHaveLength(message.words?.length ?? 0);
      expectSound(event.transcript);
    }),
    { numRuns: 1_000 },
  );
});

test("what is not text is ignored, whatever it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.integer(), fc.object()), (data) => {
      expect(newCodec().decode(data)).toBeUndefined();
    }),
  );
});
