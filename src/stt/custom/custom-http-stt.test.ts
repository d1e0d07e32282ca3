import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { pcm16FromBytes } from "../../audio/pcm16.ts";
import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import type { TokenRequest } from "../../net/token.ts";
import type { CustomHttpOptions, HttpContext, HttpRecording } from "./custom-http-options.ts";
import { CustomHttpStt } from "./custom-http-stt.ts";

const SPEECH = Float32Array.from({ length: 16_000 }, (_, index) => Math.sin(index / 10) / 2);

interface Asked {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real server that answers each request as the next of `answers` says, and the last one for ever. */
async function serve(...answers: readonly Answer[]): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const { method, url = "", headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks) };
      asked.push(one);
      answers[Math.min(asked.length, answers.length) - 1]?.(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/transcribe`, asked };
}

function json(value: unknown, status = 200): Answer {
  return (response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function says(body: string | Buffer, status = 200): Answer {
  return (response) => response.writeHead(status).end(body);
}

/** Pauses are over at once; a time limit only when a test says so. */
class TestClock implements Clock {
  readonly pausesMs: number[] = [];
  readonly #limits = new Set<() => void>();
  readonly #longestPauseMs: number;

  constructor(longestPauseMs = 3_000) {
    this.#longestPauseMs = longestPauseMs;
  }

  nowMs(): number {
    return 0;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs > this.#longestPauseMs) {
      this.#limits.add(callback);
      return () => this.#limits.delete(callback);
    }
    this.pausesMs.push(delayMs);
    let isOff = false;
    setImmediate(() => isOff || callback());
    return () => (isOff = true);
  }

  get limits(): number {
    return this.#limits.size;
  }

  timesUp(): void {
    for (const callback of [...this.#limits]) callback();
  }
}

function custom(url: string, options: Partial<CustomHttpOptions> = {}): CustomHttpStt {
  return new CustomHttpStt({ url, clock: new TestClock(), ...options });
}

/** What a form's body holds, by the names of its fields. */
async function formOf({ headers, body }: Asked): Promise<FormData> {
  return new Response(new Uint8Array(body), { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
}

async function failureOf(promise: Promise<unknown>): Promise<VoiceError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (cause: unknown) => cause,
  );
  if (error instanceof VoiceError) return error;
  throw error;
}

test("by default the recording is a form's WAV file beside the language, and the token a bearer's", async () => {
  const { url, asked } = await serve(json({ transcript: { text: "go forward" } }));
  const stt = custom(url, { token: () => Promise.resolve("abc") });
  await expect(stt.recognize(SPEECH)).resolves.toEqual({
    text: "go forward",
    language: "en-US",
    startSample: 0,
    endSample: 16_000,
    confidence: 1,
    words: [],
  });
  const [request] = asked;
  expect(request).toMatchObject({ method: "POST", path: "/transcribe", headers: { authorization: "Bearer abc" } });
  const form = await formOf(request!);
  expect([...form.keys()]).toEqual(["audio", "language"]);
  expect(form.get("language")).toBe("en-US");
  const file = form.get("audio") as File;
  expect([file.name, file.type]).toEqual(["audio.wav", "audio/wav"]);
  const wav = new Uint8Array(await file.arrayBuffer());
  expect(Buffer.from(wav.subarray(0, 4)).toString()).toBe("RIFF");
  const pcm = pcm16FromBytes(wav.subarray(44));
  expect(pcm).toEqual(Int16Array.from(SPEECH, (sample) => Math.round(sample * 32_767)));
});

test.each([
  ["wav", "audio/wav", "/transcribe?language=pt-BR", 32_044],
  ["pcm16", "application/octet-stream", "/transcribe?language=pt-BR&sample_rate=16000", 32_000],
] as const)(
  "format %s sends the bare recording, and the language in the address",
  async (format, type, path, length) => {
    const { url, asked } = await serve(json({ text: "vai" }));
    await custom(url, { format, headers: { "x-app": "1" } }).recognize(SPEECH, { language: "pt-BR" });
    expect(asked[0]).toMatchObject({ method: "POST", path, headers: { "content-type": type, "x-app": "1" } });
    expect(asked[0]?.body.length).toBe(length);
    expect(asked[0]?.headers.authorization).toBeUndefined();
  },
);

test.each([
  ["a transcript with a text", { transcript: { text: "go" } }],
  ["a transcript", { transcript: "go" }],
  ["a text", { text: "go" }],
  ["more than we know", { text: " go ", usage: { seconds: 1 }, words: null, language: null, confidence: "high" }],
])("%s is understood", async (_what, reply) => {
  const { url } = await serve(json(reply));
  await expect(custom(url).recognize(SPEECH)).resolves.toMatchObject({ text: "go", language: "en-US", confidence: 1 });
});

test("words and times are put on the capture clock, and never leave the recording", async () => {
  const reply = {
    text: "go forward",
    language: "english",
    confidence: 0.9,
    start: 0.25,
    duration: 0.5,
    words: [{ word: "go", start: 0.25, end: 0.5, confidence: 0.8 }, { text: "forward", start: 0.5, end: 7 }, "odd"],
  };
  const { url } = await serve(json(reply));
  await expect(custom(url).recognize(SPEECH, { startSample: 100_000 })).resolves.toEqual({
    text: "go forward",
    language: "en",
    confidence: 0.9,
    startSample: 104_000,
    endSample: 112_000,
    words: [
      { word: "go", startSample: 104_000, endSample: 108_000, confidence: 0.8 },
      { word: "forward", startSample: 108_000, endSample: 116_000, confidence: 0.9 },
    ],
  });
});

test("hooks make the request and read the reply", async () => {
  const { url, asked } = await serve((response, { path }) => response.end(`${path} go|0.5`));
  const stt = custom(url, {
    token: () => Promise.resolve("abc"),
    request: (recording, { url: where, token, language }) => ({
      method: "PUT",
      headers: { "x-key": `${token}` },
      body: JSON.stringify({ language, bytes: recording.pcm16().size, where }),
    }),
    reply: async (reply) => {
      const [text = "", confidence] = (await reply.text()).split("|");
      return { text, confidence: Number(confidence) };
    },
  });
  await expect(stt.recognize(SPEECH)).resolves.toMatchObject({ text: "/transcribe go", confidence: 0.5 });
  expect(asked[0]).toMatchObject({ method: "PUT", headers: { "x-key": "abc" } });
  expect(JSON.parse(String(asked[0]?.body))).toEqual({ language: "en-US", bytes: 32_000, where: url });
});

class ShoutingStt extends CustomHttpStt {
  protected override async buildRequest(recording: HttpRecording, context: HttpContext): Promise<Request> {
    const init = await super.buildRequest(recording, context);
    return new Request(`${context.url}/v2`, { method: "POST", ...(init as RequestInit) });
  }

  protected override async readReply(reply: Response): Promise<string> {
    return (await reply.text()).toUpperCase();
  }
}

test("a subclass overrides either side, and may build on what it inherits", async () => {
  const { url, asked } = await serve(says("go"));
  await expect(new ShoutingStt({ url }).recognize(SPEECH)).resolves.toMatchObject({ text: "GO" });
  expect(asked[0]?.path).toBe("/transcribe/v2");
  expect((await formOf(asked[0]!)).get("language")).toBe("en-US");
});

test("a token may bring an address of its own", async () => {
  const { url, asked } = await serve(json({ text: "go" }));
  const stt = custom("https://nowhere.example/", { token: () => Promise.resolve({ token: "x", url }) });
  await expect(stt.recognize(SPEECH)).resolves.toMatchObject({ text: "go" });
  expect(asked).toHaveLength(1);
});

test.each([
  [400, "gateway-rejected", 1],
  [401, "token-rejected", 2],
  [403, "token-rejected", 2],
  [404, "gateway-rejected", 1],
  [413, "gateway-rejected", 1],
  [429, "gateway-unavailable", 4],
  [500, "gateway-unavailable", 4],
  [503, "gateway-unavailable", 4],
])("status %d is told as %s, after %d attempts, with the server's words", async (status, code, attempts) => {
  const { url, asked } = await serve(json({ error: "out of llamas" }, status));
  const error = await failureOf(custom(url).recognize(SPEECH));
  expect(error).toMatchObject({ code, gatewayCode: status });
  expect(error.message).toContain("out of llamas");
  expect(asked).toHaveLength(attempts);
});

test("what passes is retried: soon, and then at intervals, each time with a fresh token", async () => {
  const clock = new TestClock();
  const tokens: Omit<TokenRequest, "signal">[] = [];
  const { url, asked } = await serve(says("", 503), (response) => response.destroy(), json({ text: "go" }));
  const stt = custom(url, {
    clock,
    token: ({ attempt, reason }) => (tokens.push({ attempt, reason }), Promise.resolve(`t${attempt}`)),
  });
  await expect(stt.recognize(SPEECH)).resolves.toMatchObject({ text: "go" });
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2", "Bearer t3"]);
  expect(tokens.map(({ reason }) => reason)).toEqual(["connect", "reconnect", "reconnect"]);
  const [first, second] = clock.pausesMs;
  expect(Math.abs(first! - 100)).toBeLessThanOrEqual(20);
  expect(Math.abs(second! - 2_000)).toBeLessThanOrEqual(400);
  expect(clock.limits).toBe(0);
});

test("a refused token is renewed once, at once", async () => {
  const reasons: string[] = [];
  const { url } = await serve(says("", 401), json({ text: "go" }));
  const stt = custom(url, { token: ({ reason }) => (reasons.push(reason), Promise.resolve("t")) });
  await expect(stt.recognize(SPEECH)).resolves.toMatchObject({ text: "go" });
  expect(reasons).toEqual(["connect", "rejected"]);
});

test("options of the call win over those of the provider, field by field", async () => {
  const { url, asked } = await serve(says("", 503));
  const stt = custom(url, { connection: { maxRetries: 5, timeoutMs: 20_000 } });
  await failureOf(stt.recognize(SPEECH, { connection: { maxRetries: 0 } }));
  expect(asked).toHaveLength(1);
  await failureOf(stt.recognize(SPEECH));
  expect(asked).toHaveLength(7);
});

test("nobody there is gateway-unreachable; the address is told without its query", async () => {
  const { url } = await serve(says(""));
  await closing.pop()?.();
  const error = await failureOf(custom(`${url}?key=secret`).recognize(SPEECH));
  expect(error).toMatchObject({ code: "gateway-unreachable", cause: expect.any(TypeError) });
  expect(error.message).toBe(`No answer from ${url}`);
});

test("a connection that is reset before an answer is gateway-unreachable, and within one gateway-lost", async () => {
  const before = await serve((response) => void response.socket?.resetAndDestroy());
  expect(await failureOf(custom(before.url).recognize(SPEECH))).toMatchObject({ code: "gateway-unreachable" });
  const within = await serve((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"text":"g', () => response.destroy());
  });
  expect(await failureOf(custom(within.url).recognize(SPEECH))).toMatchObject({ code: "gateway-lost" });
  expect(within.asked).toHaveLength(4);
});

test("silence is gateway-timeout, before the answer and within it", async () => {
  const clock = new TestClock();
  const { url, asked } = await serve(
    () => clock.timesUp(),
    (response) => {
      response.writeHead(200).write('{"text":', () => clock.timesUp());
    },
  );
  const error = await failureOf(custom(url, { clock, connection: { maxRetries: 1 } }).recognize(SPEECH));
  expect(error).toMatchObject({ code: "gateway-timeout", message: "No answer came within 30000 ms" });
  expect(asked).toHaveLength(2);
  expect(clock.limits).toBe(0);
});

test.each([
  ["nothing", ""],
  ["HTML", "<html>"],
  ["null", "null"],
  ["a list", "[]"],
  ["a bare text", '"go"'],
  ["no text", '{"words":[]}'],
  ["a number as text", '{"text":5}'],
  ["a transcript of null", '{"transcript":null}'],
  ["bytes", Buffer.of(0xff, 0xfe, 0x00)],
  ["a deep nest", "[".repeat(100_000)],
])("an answer of %s violates the protocol, and is not asked for again", async (_what, body) => {
  const { url, asked } = await serve(says(body));
  expect(await failureOf(custom(url).recognize(SPEECH))).toMatchObject({ code: "protocol-violated" });
  expect(asked).toHaveLength(1);
});

test("every prefix of an answer violates the protocol", async () => {
  const whole = JSON.stringify({ transcript: { text: "go" }, words: [{ word: "go", start: 0 }] });
  let length = 0;
  const { url } = await serve((response) => response.end(whole.slice(0, length)));
  for (; length < whole.length; length++) {
    expect(await failureOf(custom(url).recognize(SPEECH))).toMatchObject({ code: "protocol-violated" });
  }
});

test("an answer without end is cut off", async () => {
  let isCut = false;
  const { url } = await serve((response) => {
    response.on("close", () => (isCut = true));
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  });
  expect(await failureOf(custom(url).recognize(SPEECH))).toMatchObject({
    code: "protocol-violated",
    message: "The answer is longer than 4194304 bytes",
  });
  await expect.poll(() => isCut).toBe(true);
});

test("a reply hook that trips over an answer tells of nonsense, with its cause", async () => {
  const { url, asked } = await serve(json({ results: [] }));
  const stt = custom(url, {
    reply: async (reply) =>
      ((await reply.json()) as { results: { alternatives: string[] }[] }).results[0]!.alternatives[0]!,
  });
  expect(await failureOf(stt.recognize(SPEECH))).toMatchObject({
    code: "protocol-violated",
    cause: expect.any(TypeError),
  });
  expect(asked).toHaveLength(1);
});

test("a request hook that throws is provider-failed, with its cause; an error of ours stays what it is", async () => {
  const { url, asked } = await serve(says(""));
  const cause = new Error("no upload address");
  const failing = custom(url, { request: () => Promise.reject(cause), connection: { maxRetries: 0 } });
  expect(await failureOf(failing.recognize(SPEECH))).toMatchObject({ code: "provider-failed", cause });
  const own = new VoiceError("gateway-rejected", "too long");
  const refusing = custom(url, { request: () => Promise.reject(own) });
  await expect(refusing.recognize(SPEECH)).rejects.toBe(own);
  expect(asked).toHaveLength(0);
});

test("hooks never cause anything but a VoiceError or a text, whatever they give", async () => {
  const { url } = await serve(says("{}"));
  const given = fc.oneof(
    fc.anything(),
    fc.record(
      {
        text: fc.oneof(fc.string(), fc.anything()),
        words: fc.oneof(
          fc.array(fc.record({ word: fc.string(), startMs: fc.double(), endMs: fc.double() })),
          fc.anything(),
        ),
        startMs: fc.anything(),
        endMs: fc.double(),
        confidence: fc.anything(),
        language: fc.oneof(fc.string(), fc.anything()),
        speakerId: fc.anything(),
        metadata: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(given, async (reply) => {
      const outcome = custom(url, { reply: () => reply as string, connection: { maxRetries: 0 } }).recognize(SPEECH);
      const { text, startSample, endSample, words, confidence } = await outcome.catch((error: unknown) => {
        if (error instanceof VoiceError) return { text: "", startSample: 0, endSample: 0, words: [], confidence: 0 };
        throw error;
      });
      const times = [startSample, endSample, ...words.flatMap((word) => [word.startSample, word.endSample])];
      expect(typeof text).toBe("string");
      expect(times.every((time) => Number.isInteger(time) && time >= 0 && time <= 16_000)).toBe(true);
      expect(startSample).toBeLessThanOrEqual(endSample);
      for (const word of words) expect(word.startSample).toBeLessThanOrEqual(word.endSample);
      expect(confidence >= 0 && confidence <= 1).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("answers of any JSON never cause anything but a VoiceError or a text", async () => {
  let body = "";
  const { url } = await serve((response) => response.end(body));
  const value = fc.jsonValue();
  const fields = fc.record(
    { text: value, transcript: value, words: value, start: value, end: value },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fields, value), async (reply) => {
      body = JSON.stringify(reply);
      const outcome = await custom(url)
        .recognize(SPEECH)
        .catch((error: unknown) => error);
      expect(outcome instanceof VoiceError || typeof (outcome as { text: unknown }).text === "string").toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("with onFailure empty-final a failure is an empty text, after the retries", async () => {
  const { url, asked } = await serve(says("", 500));
  const stt = custom(url, { onFailure: "empty-final" });
  await expect(stt.recognize(SPEECH, { startSample: 5 })).resolves.toEqual({
    text: "",
    language: "en-US",
    startSample: 5,
    endSample: 16_005,
    confidence: 0,
    words: [],
  });
  expect(asked).toHaveLength(4);
});

test("a recording without a sample is an empty text, and not sent", async () => {
  const { url, asked } = await serve(json({ text: "go" }));
  await expect(custom(url).recognize(new Float32Array())).resolves.toMatchObject({ text: "", endSample: 0 });
  expect(asked).toHaveLength(0);
});

/** Aborts as soon as a phase is reached. */
const PHASES: readonly [phase: string, options: (abort: () => void) => Partial<CustomHttpOptions>, answer?: Answer][] =
  [
    ["the token is fetched", (abort) => ({ token: () => (abort(), new Promise<string>(() => undefined)) })],
    ["the request is made", (abort) => ({ request: () => (abort(), new Promise<RequestInit>(() => undefined)) })],
    ["the server thinks", () => ({}), () => undefined],
    ["the answer comes", () => ({}), (response) => void response.writeHead(200).write('{"text":')],
    ["the reply is read", (abort) => ({ reply: () => (abort(), new Promise<string>(() => undefined)) }), says("{}")],
  ];

test.each(PHASES)(
  "aborting while %s rejects with the signal's reason, unchanged, whatever hooks do",
  async (_phase, options, answer) => {
    const controller = new AbortController();
    const clock = new TestClock();
    const reason = new Error("the page left");
    const abort = (): void => controller.abort(reason);
    const { url } = await serve((response, asked) => {
      answer?.(response, asked);
      if (!options(() => undefined).reply) setImmediate(abort);
    });
    const stt = custom(url, { clock, onFailure: "empty-final", ...options(abort) });
    await expect(stt.recognize(SPEECH, { signal: controller.signal })).rejects.toBe(reason);
    expect(clock.limits).toBe(0);
  },
);

test("aborting between attempts rejects at once, and nothing more is asked", async () => {
  const controller = new AbortController();
  const clock = new TestClock(50); // pauses do not end by themselves
  const { url, asked } = await serve(says("", 503));
  const outcome = custom(url, { clock }).recognize(SPEECH, { signal: controller.signal });
  await expect.poll(() => asked.length === 1 && clock.limits === 1).toBe(true);
  controller.abort("enough");
  await expect(outcome).rejects.toBe("enough");
  expect(clock.limits).toBe(0);
  expect(asked).toHaveLength(1);
});

test("a signal that was aborted before asks nobody", async () => {
  const { url, asked } = await serve(says(""));
  await expect(custom(url).recognize(SPEECH, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  expect(asked).toHaveLength(0);
});

test("it streams not, and says what does", () => {
  const stt = custom("/transcribe");
  expect(stt.capabilities).toMatchObject({ streaming: false, offlineRecognize: true });
  expect(() => stt.stream()).toThrow(expect.objectContaining({ code: "not-supported" }));
  expect(() => stt.stream()).toThrow("streamAdapter()");
});

test("a relative address waits for a page: making the provider on a server is fine, using it is not", async () => {
  expect(await failureOf(custom("/transcribe").recognize(SPEECH))).toMatchObject({ code: "invalid-state" });
});

test.each([
  [{ url: "" }, TypeError, "stt.url must be an address"],
  [{ url: "http://" }, TypeError, "stt.url must be an address"],
  [{ url: undefined }, TypeError, "stt.url must be an address"],
  [{ url: "/", token: "sk-123" }, TypeError, "stt.token must be a function"],
  [{ url: "/", connection: { timeoutMs: 0 } }, RangeError, "stt.connection.timeoutMs"],
])("bad options fail at once and say why: %j", (options, kind, message) => {
  const make = (): unknown => new CustomHttpStt(options as CustomHttpOptions);
  expect(make).toThrow(kind);
  expect(make).toThrow(message);
});
