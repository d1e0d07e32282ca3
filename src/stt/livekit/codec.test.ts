import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import type { SocketLike } from "../../net/socket.ts";
import type { CodecEvent } from "../codec.ts";
import { encodeUpdate, LivekitCodec } from "./codec.ts";
import { livekitInference, type LivekitInferenceOptions } from "./livekit-inference.ts";

const CREATE = {
  settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
  model: "deepgram/nova-3",
  type: "session.create",
} as const;

const codec = new LivekitCodec(CREATE);

function decode(message: object): CodecEvent | undefined {
  return codec.decode(JSON.stringify(message));
}

/** What a stream with these options asks of the network, up to its first message. */
async function firstMessage(options: Partial<LivekitInferenceOptions>) {
  let url = "";
  let protocols: string[] = [];
  const sent = await new Promise<string>((resolve) => {
    const stt = livekitInference({
      model: "deepgram/nova-3",
      url: "https://gateway.example/v1/",
      token: () => Promise.resolve("abc"),
      webSocket: (...where) => {
        [url, protocols] = where;
        return greeted(resolve);
      },
      ...options,
    });
    stt.stream({ onEvent: () => undefined, signal: new AbortController().signal });
  });
  return { url, protocols, message: JSON.parse(sent) as unknown };
}

/** A socket that opens as soon as somebody waits for it. */
function greeted(onMessage: (message: string) => void): SocketLike {
  return {
    readyState: 1,
    bufferedAmount: 0,
    send: (message) => onMessage(String(message)),
    close: () => undefined,
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === "open") queueMicrotask(() => listener({} as never));
    },
  };
}

test("session.create is exactly what the gateway expects: the rate a string, extra always there, the language only if set", async () => {
  expect((await firstMessage({})).message).toEqual({
    settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
    model: "deepgram/nova-3",
    connection: { timeout: 10, retries: 3 },
    type: "session.create",
  });
});

test("language, extra and time limit go along, and the option wins over the model's own language", async () => {
  const extra = { keyterm: ["Vivavoce"], filler_words: false };
  const asked = await firstMessage({ model: "deepgram/nova-3:en", language: "pt-BR", extra, connectTimeoutMs: 2_500 });
  expect(asked.message).toEqual({
    settings: { sample_rate: "16000", encoding: "pcm_s16le", extra, language: "pt-BR" },
    model: "deepgram/nova-3",
    connection: { timeout: 2.5, retries: 3 },
    type: "session.create",
  });
});

test('the model "auto" is not named', async () => {
  expect((await firstMessage({ model: "auto:pt" })).message).toEqual({
    settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {}, language: "pt" },
    connection: { timeout: 10, retries: 3 },
    type: "session.create",
  });
});

test("the token travels as a subprotocol, never in the address; a token may bring an address of its own", async () => {
  const usual = await firstMessage({});
  expect(usual).toMatchObject({
    url: "wss://gateway.example/v1/stt?model=deepgram%2Fnova-3",
    protocols: ["vivavoce", "bearer.abc"],
  });
  const moved = await firstMessage({ token: () => Promise.resolve({ token: "x", url: "ws://other.example/v2" }) });
  expect(moved.url).toBe("ws://other.example/v2/stt?model=deepgram%2Fnova-3");
});

test.each([
  [{ token: "abc" }, new TypeError("stt.token must be a function that fetches a token")],
  [{ connectTimeoutMs: 0 }, new RangeError("stt.connectTimeoutMs must be in (0, 600000] ms, got 0")],
])("bad options fail at once and say why: %j", (options, error) => {
  const all = { model: "a/b", token: () => Promise.resolve(""), ...options } as LivekitInferenceOptions;
  expect(() => livekitInference(all)).toThrow(error);
});

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
    { word: "forward", start: 0.61, end: 1.3, confidence: 0.87, speaker_id: "S1", extra: {} },
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
        { word: "forward", sentStart: 9_760, sentEnd: 20_800, confidence: 0.87 },
      ],
      requestId: "r_1",
      speakerId: "S1",
    },
  });
});

const BARE = { text: "", language: "en", sentStart: 0, sentEnd: 0, confidence: 1, words: [] };

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
    { type: "preflight_transcript", transcript: "go", confidence: null, language: null, speaker_id: null },
    "preflight",
    { text: "go" },
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
])("%s", (_law, message, type, transcript) => {
  expect(decode(message)).toEqual({ type, transcript: { ...BARE, ...transcript } });
});

test("the language that was asked for stands in where the server names none", () => {
  const french = new LivekitCodec({ ...CREATE, settings: { ...CREATE.settings, language: "fr" } });
  expect(french.decode('{"type":"final_transcript"}')).toMatchObject({ transcript: { language: "fr" } });
});

test.each([
  ["a number as text", { type: "final_transcript", transcript: 5 }],
  ["a text as time", { type: "final_transcript", start: "0.4" }],
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
  [{ code: 429, message: "slow down" }, "gateway-rejected", 429, "slow down"],
  [{ code: "quota", message: "no money" }, "gateway-rejected", "quota", "no money"],
  [{}, "gateway-rejected", undefined, "no reason given"],
  [{ code: { odd: true } }, "gateway-rejected", undefined, "no reason given"],
  [{ code: 4401, message: "expired" }, "token-rejected", 4401, "expired"],
  [{ code: 401, message: "expired" }, "token-rejected", 4401, "expired"],
])("an error of %j is told by code and in words", (fields, code, gatewayCode, words) => {
  const event = decode({ type: "error", ...fields });
  const error = event?.type === "failed" ? event.error : undefined;
  expect([error?.code, error?.gatewayCode]).toEqual([code, gatewayCode]);
  expect(error?.message).toContain(words);
});

test.each([
  [4401, "", "token-rejected", "The gateway refused the token: the token was refused"],
  [1006, "", "gateway-lost", "The gateway closed the connection unexpectedly (code 1006)"],
  [1011, "oops", "gateway-lost", "The gateway closed the connection unexpectedly (code 1011: oops)"],
])("a close with %d %j means %s", (code, reason, meaning, message) => {
  expect(codec.closed(code, reason)).toMatchObject({ code: meaning, message, gatewayCode: code });
});

test("an idle session that the gateway ends (2007) is over, and no failure", () => {
  expect(decode({ type: "error", code: 2007, message: "session closed due to agent inactivity" })).toEqual({
    type: "closed",
  });
});
