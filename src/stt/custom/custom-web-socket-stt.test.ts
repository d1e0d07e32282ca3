import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { fromPcm16, pcm16FromBytes, toPcm16 } from "../../audio/pcm16.ts";
import { VoiceError } from "../../errors.ts";
import type { Clock } from "../../net/clock.ts";
import { systemClock } from "../../net/system-clock.ts";
import type { TokenRequest } from "../../net/token.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { settled } from "../../testing/settled.ts";
import type { SttCodec } from "../codec.ts";
import type { SpeechStream } from "../contract.ts";
import type { SpeechEvent, TranscriptEvent } from "../speech-event.ts";
import { readEvent } from "./custom-event.ts";
import { CustomWebSocketCodec, decodeMessage, type CustomCodecParts } from "./custom-web-socket-codec.ts";
import type { CustomWebSocketOptions, WebSocketContext } from "./custom-web-socket-options.ts";
import { CustomWebSocketStt } from "./custom-web-socket-stt.ts";

const FAST = { retryIntervalMs: 0 };

/** What one connection of the server's received. */
class Peer {
  readonly texts: string[] = [];
  readonly audio: Buffer[] = [];
  readonly protocol: string;
  readonly socket: WebSocket;
  isClosed = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.protocol = socket.protocol;
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.audio.push(data);
      else this.texts.push(data.toString());
    });
    socket.on("close", () => (this.isClosed = true));
  }

  say(message: unknown): void {
    this.socket.send(typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  get samples(): Int16Array {
    return pcm16FromBytes(Buffer.concat(this.audio));
  }
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real server; `onPeer` sees each connection. */
async function serve(onPeer: (peer: Peer, count: number) => void = () => undefined) {
  const peers: Peer[] = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload: 0 });
  server.on("connection", (socket) => {
    const peer = new Peer(socket);
    onPeer(peer, peers.push(peer));
  });
  await once(server, "listening");
  closing.push(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/listen`, peers };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

interface Running {
  readonly stream: SpeechStream;
  readonly events: SpeechEvent[];
  readonly abort: (reason?: unknown) => void;
  readonly finals: () => TranscriptEvent[];
}

function run(stt: CustomWebSocketStt): Running {
  const controller = new AbortController();
  const events: SpeechEvent[] = [];
  const stream = stt.stream({ onEvent: (event) => events.push(event), signal: controller.signal });
  closing.unshift(() => Promise.resolve(controller.abort()));
  const finals = (): TranscriptEvent[] =>
    events.filter((event): event is TranscriptEvent => event.type === "final-transcript");
  return { stream, events, finals, abort: (reason) => controller.abort(reason) };
}

function custom(url: string, options: Partial<CustomWebSocketOptions> = {}): CustomWebSocketStt {
  const webSocket = (to: string, protocols: string[]): WebSocket => new WebSocket(to, protocols);
  return new CustomWebSocketStt({ url, webSocket, connection: FAST, ...options });
}

function typesOf(events: readonly SpeechEvent[]): string[] {
  const told = new Set(["audio-sent", "metrics-collected", "recognition-usage"]);
  return events.map(({ type }) => type).filter((type) => !told.has(type));
}

/** Speech that is the same on both sides of the wire. */
const SPEECH = fromPcm16(toPcm16(Float32Array.from({ length: 8_000 }, (_, index) => Math.sin(index / 10) / 2)));

/** The gate opens at `startSample`, half a second passes, speech ends, the gate closes. */
function speak({ stream }: Running, segmentId: number, startSample: number): void {
  stream.openSegment(segmentId, startSample);
  stream.push(startSample, SPEECH);
  stream.flush(startSample + SPEECH.length);
  stream.closeSegment(startSample + SPEECH.length);
}

test("by default a server gets the configuration, then bare PCM, and its JSON becomes events in order", async () => {
  const { url, peers } = await serve((peer) => {
    peer.socket.on("message", () => {
      if (peer.audio.length !== 10) return;
      peer.say({ type: "ready" });
      peer.say({ type: "partial", text: "go for" });
      peer.say({ is_final: true, text: "go forward", language: "en-GB", confidence: 0.9, start: 0.1, end: 0.5 });
    });
  });
  const running = run(custom(url));
  speak(running, 1, 50_000);
  await until(() => typesOf(running.events).includes("segment-settled"));
  expect(peers[0]?.texts).toEqual(['{"type":"config","language":"en-US","sample_rate":16000}']);
  expect(peers[0]?.audio.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 1_600));
  expect(peers[0]?.samples).toEqual(toPcm16(SPEECH));
  expect(peers[0]?.protocol).toBe("");
  expect(typesOf(running.events)).toEqual([
    "start-of-speech",
    "interim-transcript",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  expect(running.finals()[0]).toMatchObject({
    segmentId: 1,
    transcriptId: 2,
    data: { text: "go forward", language: "en-GB", confidence: 0.9, startSample: 50_000, endSample: 58_000, words: [] },
  });
});

test("hooks say everything in the server's own words, and the token goes where they put it", async () => {
  const { url, peers } = await serve((peer) => {
    peer.socket.on("message", (data: Buffer) => {
      if (data.toString() === "FLUSH") peer.say("F 0 250 go,0,100 forward,100,250");
    });
  });
  const stt = custom(url, {
    token: () => Promise.resolve("abc"),
    protocols: (token) => [`t-${token}`],
    hello: ({ language, token }) => [`HELLO ${language} ${token}`],
    encodeAudio: (pcm) => `A${pcm.length}`,
    flush: "FLUSH",
    goodbye: "BYE",
    packetMs: 100,
    capabilities: { alignedTranscript: "word" },
    decode: (message) => {
      const [, startMs, endMs, ...words] = String(message).split(" ");
      return {
        type: "final",
        text: words.map((word) => word.split(",")[0]).join(" "),
        startMs: Number(startMs),
        endMs: Number(endMs),
        words: words.map((one) => {
          const [word = "", from, to] = one.split(",");
          return { word, startMs: Number(from), endMs: Number(to) };
        }),
      };
    },
  });
  expect(stt.capabilities).toMatchObject({ flush: "inline", alignedTranscript: "word" });
  const running = run(stt);
  speak(running, 1, 16_000);
  await until(() => running.finals().length === 1);
  expect(running.finals()[0]?.data).toMatchObject({
    text: "go forward",
    startSample: 16_000,
    endSample: 20_000,
    words: [
      { word: "go", startSample: 16_000, endSample: 17_600 },
      { word: "forward", startSample: 17_600, endSample: 20_000 },
    ],
  });
  running.abort();
  await until(() => peers[0]?.isClosed === true);
  const audio = Array.from({ length: 5 }, () => "A3200");
  expect(peers[0]?.texts).toEqual(["HELLO en-US abc", ...audio, "FLUSH", "BYE"]);
  expect(peers[0]?.protocol).toBe("t-abc");
});

test("fields of the app's own go along in the configuration, and a token as a bearer's subprotocol", async () => {
  const { url, peers } = await serve();
  run(
    custom(url, { token: () => Promise.resolve("abc"), language: "pt-BR", config: { model: "big", sample_rate: 8 } }),
  );
  await until(() => peers[0]?.texts.length === 1);
  expect(JSON.parse(peers[0]!.texts[0]!)).toEqual({ type: "config", language: "pt-BR", sample_rate: 8, model: "big" });
  expect(peers[0]?.protocol).toBe("vivavoce");
});

test("what a dropped connection had not answered is sent again, whole, and told once", async () => {
  const { url, peers } = await serve((peer, count) => {
    peer.socket.on("message", () => {
      if (count === 1 && peer.audio.length === 4) peer.socket.terminate();
      if (count === 2 && peer.audio.length === 10) peer.say({ text: "go forward" });
    });
  });
  const running = run(custom(url));
  speak(running, 1, 50_000);
  await until(() => running.finals().length === 1);
  expect(peers[1]?.texts).toHaveLength(1);
  expect(peers[1]?.samples).toEqual(toPcm16(SPEECH));
  expect(typesOf(running.events)).toEqual([
    "error",
    "recovered",
    "start-of-speech",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
  expect(running.events.some(({ type }) => type === "audio-lost")).toBe(false);
});

test("without a flush, silence ends an utterance, and finish asks for what is left", async () => {
  const { url, peers } = await serve((peer) => {
    peer.socket.on("message", (data: Buffer) => {
      if (data.toString() === '{"type":"eof"}') {
        peer.say({ text: "go forward" });
        peer.say({ type: "done" });
      }
    });
  });
  const running = run(custom(url, { finish: '{"type":"eof"}' }));
  speak(running, 1, 0);
  await running.stream.finish(5_000);
  expect(running.finals()[0]?.data.text).toBe("go forward");
  const { samples } = peers[0]!;
  expect(samples.subarray(0, 8_000)).toEqual(toPcm16(SPEECH));
  expect([samples.length, samples.subarray(8_000).every((sample) => sample === 0)]).toEqual([40_000, true]);
  expect(running.stream.health.connection).toBe("ended");
});

const WHOLE = JSON.stringify({ type: "final", text: "no", words: [{ word: "no", start: 0.1, end: 0.2 }] });

test("nonsense is skipped and counted, and the next text still comes", async () => {
  const nonsense = [
    ...Array.from({ length: WHOLE.length }, (_, length) => WHOLE.slice(0, length)),
    Uint8Array.of(1, 2, 3),
    "null",
    "[]",
    "5",
    "[".repeat(100_000),
    "x".repeat(5_000_000),
  ];
  const { url } = await serve((peer) => {
    peer.socket.once("message", () => {
      for (const message of nonsense) peer.say(message);
      peer.say({ type: "final", text: 5 });
      peer.say({ type: "unheard-of", text: "no" });
      peer.say('{"text":"go forward","words":[null,{"word":5},{"word":"go","start":"1","end":-5}],"start":1e999}');
    });
  });
  const running = run(custom(url));
  speak(running, 1, 0);
  await until(() => running.finals().length === 1);
  expect(running.finals()[0]?.data.text).toBe("go forward");
  expect(running.stream.health.skippedMessages).toBe(nonsense.length);
  expect(typesOf(running.events).filter((type) => type === "error")).toHaveLength(1);
});

test("a decode hook that trips skips the message; bytes reach it as an ArrayBuffer", async () => {
  const { url } = await serve((peer) => {
    peer.socket.once("message", () => {
      peer.say("odd");
      peer.say(Buffer.from("go"));
    });
  });
  const decode = (message: unknown) => {
    if (typeof message !== "string" && !(message instanceof ArrayBuffer)) throw new Error("neither text nor bytes");
    return { type: "final" as const, text: new TextDecoder().decode(message as ArrayBuffer) };
  };
  const running = run(custom(url, { decode }));
  speak(running, 1, 0);
  await until(() => running.finals().length === 1);
  expect(running.finals()[0]?.data.text).toBe("go");
  const [error] = running.events.filter((event) => event.type === "error");
  expect(error?.error).toMatchObject({ code: "protocol-violated", cause: expect.any(TypeError) });
});

const BROKEN = new Error("no codec");
function breaks(): never {
  throw BROKEN;
}

test.each<[string, Partial<CustomWebSocketOptions>]>([
  ["hello", { hello: breaks }],
  ["protocols", { protocols: breaks }],
  ["encodeAudio", { encodeAudio: breaks }],
])(
  "a %s hook that throws ends the stream with provider-failed after the retries, and nowhere else",
  async (_hook, options) => {
    const { url, peers } = await serve();
    const running = run(custom(url, { ...options, connection: { ...FAST, maxRetries: 2 } }));
    speak(running, 1, 0);
    await until(() => typesOf(running.events).includes("failed"));
    const failures = running.events.flatMap((event) => ("error" in event ? [event.error] : []));
    expect(failures).toHaveLength(3);
    for (const error of failures) expect(error).toMatchObject({ code: "provider-failed", cause: BROKEN });
    await until(() => peers.every(({ isClosed }) => isClosed));
  },
);

test("an encodeAudio hook that gives no message is told as one that throws", async () => {
  const { url } = await serve();
  const encodeAudio = (): string => 5 as unknown as string;
  const running = run(custom(url, { encodeAudio, connection: { maxRetries: 0 } }));
  speak(running, 1, 0);
  await until(() => typesOf(running.events).includes("failed"));
  expect(running.events.at(-1)).toMatchObject({ error: { code: "provider-failed" } });
});

test("an error that the server tells ends the stream if it is not worth another attempt", async () => {
  const { url, peers } = await serve((peer, count) => {
    peer.say(count === 1 ? { type: "error", message: "busy", code: 503 } : { error: { detail: "no such model" } });
  });
  const running = run(custom(url));
  await until(() => typesOf(running.events).includes("failed"));
  expect(running.events).toMatchObject([
    { type: "error", error: { code: "gateway-unavailable", gatewayCode: 503 } },
    {
      type: "failed",
      error: { code: "gateway-rejected", message: 'The recogniser failed: {"detail":"no such model"}' },
    },
  ]);
  expect(peers).toHaveLength(2);
});

test("a refused token is renewed once", async () => {
  const reasons: TokenRequest["reason"][] = [];
  const { url } = await serve((peer) => peer.socket.close(1008, "expired"));
  const token = ({ reason }: TokenRequest): Promise<string> => (reasons.push(reason), Promise.resolve("t"));
  const running = run(custom(url, { token }));
  await until(() => typesOf(running.events).includes("failed"));
  expect(reasons).toEqual(["connect", "rejected"]);
  expect(running.events.at(-1)).toMatchObject({ error: { code: "token-rejected", gatewayCode: 1008 } });
});

test("a server that is not there is gateway-unreachable", async () => {
  const { url } = await serve();
  await closing.pop()?.();
  const running = run(custom(url, { connection: { maxRetries: 0 } }));
  await until(() => running.events.length > 0);
  expect(running.events).toMatchObject([{ type: "failed", error: { code: "gateway-unreachable" } }]);
});

test("aborting closes the connection, and nothing is told after it", async () => {
  const { url, peers } = await serve((peer) => {
    peer.socket.on("message", () => peer.say({ text: "go" }));
  });
  const running = run(custom(url));
  speak(running, 1, 0);
  await until(() => running.finals().length > 0);
  running.abort("enough");
  const told = running.events.length;
  await until(() => peers[0]?.isClosed === true);
  expect(running.events).toHaveLength(told);
  expect(peers[0]?.texts).toHaveLength(1); // there is no goodbye, not even an empty one
});

test.each<[string, (reach: () => void) => Promise<Partial<CustomWebSocketOptions>>]>([
  [
    "the token is fetched",
    (reach) => Promise.resolve({ token: () => (queueMicrotask(reach), new Promise<string>(() => undefined)) }),
  ],
  [
    "the connection opens",
    async (reach) => {
      const mute = createServer((socket) => socket.on("error", () => undefined).once("data", reach));
      await once(mute.listen(0, "127.0.0.1"), "listening");
      closing.push(() => new Promise((resolve) => mute.close(resolve)));
      return { url: `ws://127.0.0.1:${(mute.address() as AddressInfo).port}` };
    },
  ],
  [
    "the next attempt is waited for",
    async (reach) => {
      const { url } = await serve((peer) => peer.socket.on("close", reach).close(4503));
      return { url };
    },
  ],
])("aborting while %s tells nothing, and leaves no timer behind", async (_phase, prepare) => {
  let isReached = false;
  const clock = new FakeClock();
  const options = await prepare(() => (isReached = true));
  const running = run(custom("ws://127.0.0.1:1", { clock, ...options }));
  await until(() => isReached);
  await until(() => clock.pending > 0);
  const told = running.events.length;
  running.abort("enough");
  await settled();
  expect(running.events).toHaveLength(told);
  expect(running.stream.health.connection).toBe("ended");
  expect(clock.pending).toBe(0);
});

/** Time that goes on when it is told to, for keep-alives only. */
class KeepAliveClock implements Clock {
  readonly waiting = new Map<() => void, number>();

  nowMs(): number {
    return systemClock.nowMs();
  }

  schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs !== 4_321) return systemClock.schedule(delayMs, callback);
    this.waiting.set(callback, delayMs);
    return () => this.waiting.delete(callback);
  }

  pass(): void {
    for (const callback of [...this.waiting.keys()]) {
      this.waiting.delete(callback);
      callback();
    }
  }
}

test("a quiet connection is kept alive, a busy one needs it not, and a closed one has no timer", async () => {
  const clock = new KeepAliveClock();
  const { url, peers } = await serve();
  const running = run(custom(url, { clock, keepAlive: { everyMs: 4_321, message: "PING" } }));
  await until(() => peers[0]?.texts.length === 1);
  expect(clock.waiting.size).toBe(1);
  clock.pass();
  clock.pass();
  await until(() => peers[0]?.texts.length === 3);
  const [waiting] = clock.waiting.keys();
  speak(running, 1, 0);
  expect(clock.waiting.size).toBe(1);
  expect(clock.waiting.has(waiting!)).toBe(false); // each message starts it anew
  await until(() => peers[0]?.audio.length === 10);
  expect(peers[0]?.texts.slice(1)).toEqual(["PING", "PING"]);
  running.abort();
  expect(clock.waiting.size).toBe(0);
});

/** A language that has to remember something: it numbers its messages. */
class NumberingStt extends CustomWebSocketStt {
  protected override makeCodec(context: WebSocketContext): SttCodec {
    const usual = super.makeCodec(context);
    let count = 0;
    return {
      hello: () => usual.hello(),
      encodeAudio: () => `audio ${++count}`,
      flush: () => `flush ${++count}`,
      finish: () => "",
      goodbye: () => `bye ${context.token}`,
      decode: (message) => usual.decode(message),
      closed: (code, reason) => usual.closed(code, reason),
    };
  }
}

test("a subclass may bring a codec that remembers, made anew for each connection", async () => {
  const { url, peers } = await serve((peer, count) => {
    peer.socket.on("message", () => {
      if (count === 1 && peer.texts.length === 5) peer.socket.terminate();
      if (count === 2 && peer.texts.at(-1) === "flush 11") peer.say({ text: "go" });
    });
  });
  const webSocket = (to: string, protocols: string[]): WebSocket => new WebSocket(to, protocols);
  const token = ({ attempt }: TokenRequest): Promise<string> => Promise.resolve(`t${attempt}`);
  const stt = new NumberingStt({ url, webSocket, token, connection: FAST, capabilities: { flush: "inline" } });
  const running = run(stt);
  speak(running, 1, 0);
  await until(() => running.finals().length === 1);
  expect(peers[1]?.texts.slice(1, 3)).toEqual(["audio 1", "audio 2"]);
  running.abort();
  await until(() => peers[1]?.isClosed === true);
  expect(peers[1]?.texts.at(-1)).toBe("bye t2");
});

const CODEC = new CustomWebSocketCodec({ language: "en-US" } as CustomCodecParts);

test.each([
  [1000, "gateway-lost"],
  [1001, "gateway-lost"],
  [1006, "gateway-lost"],
  [1011, "gateway-lost"],
  [1003, "gateway-rejected"],
  [1007, "gateway-rejected"],
  [1009, "gateway-rejected"],
  [1008, "token-rejected"],
  [4000, "gateway-lost"],
  [4401, "token-rejected"],
  [4404, "gateway-rejected"],
  [4429, "gateway-unavailable"],
  [4503, "gateway-unavailable"],
])("a close with %d means %s", (code, meaning) => {
  expect(CODEC.closed(code, "why")).toMatchObject({ code: meaning, gatewayCode: code });
  expect(CODEC.closed(code, "").message).toBe(`The server closed the connection (${code})`);
});

test.each([
  [{ text: "go" }, "final"],
  [{ transcript: "go", is_final: false }, "interim"],
  [{ transcript: { text: "go" }, isFinal: true }, "final"],
  [{ type: "partial_transcript", text: "go" }, "interim"],
  [{ type: "Interim", text: "go" }, "interim"],
  [{ type: "preflight_transcript", text: "go" }, "preflight"],
  [{ type: "transcript", text: "go", is_final: false }, "interim"],
  [{ type: "final_transcript", transcript: "go" }, "final"],
  [{ type: "result", text: "go" }, "final"],
  [{ type: "start_of_speech" }, "speech-started"],
  [{ type: "done" }, "flushed"],
  [{ type: "finalized" }, "flushed"],
  [{ type: "error", message: "no" }, "failed"],
  [{ error: "no" }, "failed"],
  [{ type: "welcome", text: "hello there" }, undefined],
  [{ type: "metadata" }, undefined],
  [{}, undefined],
])("%j is %s", (message, type) => {
  expect(CODEC.decode(JSON.stringify(message))?.type).toBe(type);
});

test("no message and no event of a hook causes anything but a VoiceError, and times never run backwards", () => {
  const value = fc.jsonValue();
  const time = fc.oneof(fc.integer({ min: -9, max: 99 }), value);
  const word = fc.record({ word: fc.oneof(fc.string(), value), start: time, end: time }, { requiredKeys: ["word"] });
  const kinds = fc.constantFrom("final", "partial", "error", "result", "done", "ready");
  const fields = {
    type: fc.oneof(kinds, value),
    text: fc.oneof(fc.string(), value),
    transcript: value,
    is_final: value,
  };
  const times = { start: time, end: time, duration: fc.double(), words: fc.array(word) };
  const message = fc.record({ ...fields, ...times }, { requiredKeys: [] });
  const texts = fc.oneof(
    message.map((one) => JSON.stringify(one)),
    value.map((one) => JSON.stringify(one)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.oneof(texts, fc.uint8Array()), (given) => only(() => CODEC.decode(given))),
    { numRuns: 500 },
  );

  const event = fc.record({ type: fc.oneof(kinds, fc.anything()), text: fc.anything(), words: fc.anything() });
  const given = fc.oneof(event, fc.anything());
  fc.assert(
    fc.property(given, (one) => only(() => readEvent(one, "en"))),
    { numRuns: 500 },
  );

  function only(job: () => ReturnType<typeof readEvent>): void {
    let told: ReturnType<typeof readEvent>;
    try {
      told = job();
    } catch (error) {
      if (error instanceof VoiceError) return;
      throw error;
    }
    if (!told || !("transcript" in told)) return;
    const { sentStart, sentEnd, words } = told.transcript;
    const starts = words.map((one) => one.sentStart);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    for (const span of [{ sentStart, sentEnd }, ...words]) {
      expect(Number.isInteger(span.sentStart) && Number.isInteger(span.sentEnd)).toBe(true);
      expect(span.sentStart >= 0 && span.sentStart <= span.sentEnd).toBe(true);
    }
  }
});

test("a text's times are taken from start and end, or start and duration, in seconds", () => {
  expect(decodeMessage('{"text":"go","start":0.5,"duration":0.25}')).toMatchObject({ startMs: 500, endMs: 750 });
  expect(decodeMessage('{"text":"go","start":0.5,"end":1,"duration":9}')).toMatchObject({ startMs: 500, endMs: 1_000 });
});

test("it recognises no recordings, and says so", async () => {
  await expect(custom("/listen").recognize()).rejects.toMatchObject({ code: "not-supported" });
  expect(custom("/listen").capabilities).toEqual({
    streaming: true,
    interimResults: true,
    diarization: false,
    alignedTranscript: false,
    offlineRecognize: false,
    flush: "none",
    endsTurns: false,
  });
});

test.each([
  [{ url: " " }, TypeError, "stt.url must be an address"],
  [{ url: "/", token: "sk-123" }, TypeError, "stt.token must be a function"],
  [{ url: "/", sampleRate: 8_000 }, RangeError, "stt.sampleRate must be 16000 Hz, got 8000"],
  [{ url: "/", packetMs: 5 }, RangeError, "stt.packetMs must be in [10, 1000] ms, got 5"],
  [{ url: "/", keepAlive: { everyMs: 0, message: "" } }, RangeError, "stt.keepAlive.everyMs must be above 0 ms"],
  [{ url: "/", connection: { maxRetries: -1 } }, RangeError, "stt.connection.maxRetries"],
  [{ url: "/", capabilities: { flush: "inline" } }, TypeError, "needs a stt.flush message"],
])("bad options fail at once and say why: %j", (options, kind, message) => {
  const make = (): unknown => new CustomWebSocketStt(options as CustomWebSocketOptions);
  expect(make).toThrow(kind);
  expect(make).toThrow(message);
});
