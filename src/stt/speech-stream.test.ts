import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { toPcm16 } from "../audio/pcm16.ts";
import type { SocketLike } from "../net/socket.ts";
import type { TokenFunction, TokenRequest } from "../net/token.ts";
import type { Endpoint } from "./codec.ts";
import type { SpeechStream } from "./contract.ts";
import { LivekitCodec } from "./livekit/codec.ts";
import { livekitInference } from "./livekit/livekit-inference.ts";
import type { SpeechEvent } from "./speech-event.ts";
import { CodecSpeechStream, type SpeechStreamParts } from "./speech-stream.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

type Message = Readonly<Record<string, unknown>>;

/** A gateway's socket that does what a test says, and refuses, discards and closes as a browser's does. */
class ScriptedSocket implements SocketLike {
  readyState = CONNECTING;
  readonly bufferedAmount = 0;
  readonly protocols: readonly string[];
  readonly sent: Message[] = [];
  closeCode: number | undefined;
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];
  readonly #script: { readonly expected: string; readonly replies: readonly Message[] }[] = [];

  constructor(protocols: readonly string[] = []) {
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(json: string | Uint8Array): void {
    if (this.readyState === CONNECTING) throw new DOMException("Still connecting", "InvalidStateError");
    if (this.readyState !== OPEN) return;
    const message = JSON.parse(String(json)) as Message;
    this.sent.push(message);
    if (this.#script[0]?.expected === message["type"]) queueMicrotask(() => this.say(...this.#script.shift()!.replies));
  }

  close(code?: number): void {
    if (this.readyState >= CLOSING) return;
    this.readyState = CLOSING;
    this.closeCode = code;
  }

  /** When the next message of this type has been sent, the gateway answers. */
  whenSent(expected: string, ...replies: readonly Message[]): void {
    this.#script.push({ expected, replies });
  }

  open(): void {
    this.readyState = OPEN;
    this.#tell("open", {});
  }

  /** Messages arrive while the socket is closing, too. */
  say(...messages: readonly Message[]): void {
    for (const message of messages) this.#tell("message", { data: JSON.stringify(message) });
  }

  drop(code = 1006, reason = ""): void {
    this.readyState = CLOSED;
    this.#tell("close", { code, reason });
  }

  get types(): unknown[] {
    return this.sent.map(({ type }) => type);
  }

  /** All audio that was sent, as one. */
  get audio(): Int16Array {
    const whole = new Int16Array(this.packets.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const packet of this.packets) {
      whole.set(packet, at);
      at += packet.length;
    }
    return whole;
  }

  get packets(): Int16Array[] {
    return this.sent.flatMap(({ type, audio }) => {
      if (type !== "input_audio") return [];
      const bytes = Uint8Array.from(Buffer.from(String(audio), "base64"));
      return [new Int16Array(bytes.buffer)];
    });
  }

  #tell(type: string, event: object): void {
    for (const { listener } of this.#listeners.filter((one) => one.type === type)) listener(event as never);
  }
}

/** All promises that can settle by themselves have done so. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const INLINE = "pocketsphinx/en-us";
const SILENCE_ENDS = "deepgram/nova-3";

class Rig {
  readonly sockets: ScriptedSocket[] = [];
  readonly events: SpeechEvent[] = [];
  readonly tokens: TokenRequest[] = [];
  readonly session = new AbortController();
  readonly stream: SpeechStream;

  constructor(model: string, token: TokenFunction = ({ attempt }) => Promise.resolve(`t${attempt}`)) {
    this.stream = livekitInference({
      model,
      url: "ws://gateway.example/v1",
      token: (request) => (this.tokens.push(request), token(request)),
      webSocket: (_url, protocols) => {
        const socket = new ScriptedSocket(protocols);
        this.sockets.push(socket);
        return socket;
      },
    }).stream({ onEvent: (event) => this.events.push(event), signal: this.session.signal });
  }

  /** A stream whose first socket is open. */
  static async open(model: string): Promise<Rig> {
    const rig = new Rig(model);
    await quiet();
    rig.socket.open();
    await quiet();
    return rig;
  }

  get socket(): ScriptedSocket {
    const newest = this.sockets.at(-1);
    if (!newest) throw new Error("No socket was opened");
    return newest;
  }

  /** One opening of the gate, heard, flushed and, unless told otherwise, closed. */
  speak(id: number, from: number, length: number, isClosed = true): void {
    this.stream.openSegment(id, from);
    this.stream.push(from, sound(from, length));
    this.stream.flush(from + length);
    if (isClosed) this.stream.closeSegment(from + length);
  }

  /** Lets the clock run frame by frame. */
  advance(from: number, to: number): void {
    for (let now = from; now <= to; now += 512) this.stream.advance(now);
  }

  /** What was said since the last look, without what was said about sending. */
  heard(): string[] {
    return this.events.splice(0).flatMap(({ type }) => (type === "audio-sent" || type === "flush-sent" ? [] : [type]));
  }

  failures(): SpeechEvent[] {
    return this.events.filter(({ type }) => type === "failed");
  }
}

/** Sound that tells where it was captured. */
function sound(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => ((from + index) % 20_000) / 32_768);
}

function final(transcript: string, start: number, duration: number): Message {
  const words = transcript === "" ? [] : [{ word: transcript, start, end: start + duration, confidence: 1 }];
  return { type: "final_transcript", transcript, start, duration, words };
}

function bytesOf({ buffer }: Int16Array): Uint8Array {
  return new Uint8Array(buffer);
}

const FINALIZED = { type: "session.finalized" };
const SECOND = 16_000;

test("the greeting goes first, then all that was pushed before the socket opened, in order, nothing lost", async () => {
  const rig = new Rig(INLINE);
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, sound(0, 2_000));
  await quiet();
  rig.stream.push(2_000, sound(2_000, 1_000));
  rig.socket.open();
  await quiet();
  rig.stream.push(3_000, sound(3_000, 1_000));
  rig.stream.flush(4_000);
  expect(rig.socket.types).toEqual([
    "session.create",
    ...Array.from({ length: 5 }, () => "input_audio"),
    "session.finalize",
  ]);
  expect(rig.socket.packets.map(({ length }) => length)).toEqual([800, 800, 800, 800, 800]);
  expect(rig.socket.audio).toEqual(toPcm16(sound(0, 4_000)));
  expect(rig.socket.protocols).toEqual(["vivavoce", "bearer.t1"]);
});

test("audio goes in messages of 50 ms, the rest before the request for its text, which is made once", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, 2_000);
  expect(rig.socket.types).toEqual(["session.create", "input_audio", "input_audio", "input_audio", "session.finalize"]);
  expect(rig.socket.packets.map(({ length }) => length)).toEqual([800, 800, 400]);
  expect(rig.events).toEqual([
    { type: "audio-sent", segmentId: 1, startSample: 0, lengthSamples: 800 },
    { type: "audio-sent", segmentId: 1, startSample: 800, lengthSamples: 800 },
    { type: "audio-sent", segmentId: 1, startSample: 1_600, lengthSamples: 400 },
    { type: "flush-sent", segmentId: 1 },
  ]);
});

test("a first and only final is told as start, usage, final, end, and settles its segment", async () => {
  const rig = await Rig.open(INLINE);
  rig.socket.whenSent("session.finalize", { ...final("go", 0, 0.1), request_id: "r" }, FINALIZED);
  rig.speak(1, 0, 2_000);
  await quiet();
  const [, , , , ...told] = rig.events;
  expect(told).toMatchObject([
    { type: "start-of-speech" },
    { type: "recognition-usage", audioSamples: 2_000, requestId: "r" },
    { type: "final-transcript", segmentId: 1, requestId: "r", data: { text: "go", startSample: 0, endSample: 1_600 } },
    { type: "end-of-speech" },
    { type: "segment-settled", segmentId: 1 },
  ]);
});

test.each([
  ["an empty interim is dropped", [{ type: "interim_transcript", transcript: "" }], []],
  ["a preflight while nobody speaks is dropped", [{ type: "preflight_transcript", transcript: "go" }], []],
  [
    "an empty final is told",
    [final("", 0, 0)],
    ["start-of-speech", "recognition-usage", "final-transcript", "end-of-speech"],
  ],
  [
    "the start is told once",
    [{ type: "start_of_speech" }, { type: "start_of_speech" }, { type: "interim_transcript", transcript: "go" }],
    ["start-of-speech", "interim-transcript"],
  ],
  [
    "a preflight while somebody speaks is told, unless it is empty",
    [
      { type: "interim_transcript", transcript: "go" },
      { type: "preflight_transcript", transcript: "" },
      { type: "preflight_transcript", transcript: "go" },
    ],
    ["start-of-speech", "interim-transcript", "preflight-transcript"],
  ],
  [
    "audio is billed once",
    [final("go", 0, 0.1), final("on", 0.1, 0.1)],
    [
      "start-of-speech",
      "recognition-usage",
      "final-transcript",
      "end-of-speech",
      "start-of-speech",
      "final-transcript",
      "end-of-speech",
    ],
  ],
  ["what a newer gateway says is ignored", [{ type: "agent_thoughts" }], []],
])("%s", async (_law, messages, told) => {
  const rig = await Rig.open(INLINE);
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, sound(0, 1_600));
  rig.heard();
  rig.socket.say(...messages);
  expect(rig.heard()).toEqual(told);
});

test("a final settles only the speech that it covers; an answered flush settles its own", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.speak(2, 100_000, SECOND);
  rig.heard();
  rig.socket.say(final("one", 0, 0.5));
  expect(rig.heard()).not.toContain("segment-settled");
  rig.socket.say(FINALIZED);
  expect(rig.events.splice(0)).toEqual([{ type: "segment-settled", segmentId: 1 }]);
  rig.socket.say(final("two", 1, 1));
  expect(rig.events.splice(0)).toContainEqual({ type: "segment-settled", segmentId: 2 });
  rig.socket.say(FINALIZED);
  expect(rig.events).toEqual([]);
});

test("a second flush of the same segment is answered by the second answer", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND, false);
  rig.stream.push(SECOND, sound(SECOND, SECOND));
  rig.stream.flush(2 * SECOND);
  rig.stream.closeSegment(2 * SECOND);
  rig.heard();
  rig.socket.say(FINALIZED);
  expect(rig.heard()).toEqual([]);
  rig.socket.say(FINALIZED);
  expect(rig.heard()).toEqual(["segment-settled"]);
});

test("words stand where they were said when the silence between two openings was never sent", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 1_000, SECOND);
  rig.speak(2, 500_000, SECOND);
  rig.heard();
  rig.socket.say(final("two", 1.5, 0.25));
  expect(rig.events[2]).toMatchObject({
    type: "final-transcript",
    segmentId: 2,
    data: { words: [{ word: "two", startSample: 508_000, endSample: 512_000 }] },
  });
});

test("a model that takes no flush gets silence until its final covers the speech, and no request", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.advance(0);
  rig.speak(1, 0, SECOND);
  rig.advance(SECOND, SECOND + 8_192);
  const before = rig.socket.audio.length;
  expect(before).toBeGreaterThan(SECOND + 7_000);
  expect(rig.socket.audio.subarray(SECOND).every((sample) => sample === 0)).toBe(true);
  rig.heard();
  rig.socket.say(final("early", 0, 0.3));
  expect(rig.heard()).not.toContain("segment-settled");
  rig.advance(SECOND + 8_704, SECOND + 12_288);
  const between = rig.socket.audio.length;
  expect(between).toBeGreaterThan(before);
  rig.socket.say(final("covering", 0.3, 0.6));
  expect(rig.heard()).toContain("segment-settled");
  rig.advance(SECOND + 12_800, 4 * SECOND);
  expect(rig.socket.audio).toHaveLength(between);
  expect(rig.socket.types).not.toContain("session.finalize");
});

test("silence for a model that never answers stops after 2 s, and its segment is given up", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.advance(SECOND);
  rig.speak(1, 0, SECOND);
  rig.heard();
  rig.advance(SECOND, 10 * SECOND);
  const silence = rig.socket.audio.length - SECOND;
  expect(silence).toBeGreaterThan(2 * SECOND - 800 - 512);
  expect(silence).toBeLessThanOrEqual(2 * SECOND);
  expect(rig.heard()).toEqual(["segment-settled"]);
});

test("speech that opens the gate again ends the silence", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.advance(SECOND);
  rig.speak(1, 0, SECOND);
  rig.advance(SECOND, SECOND + 8_192);
  const length = rig.socket.audio.length;
  rig.stream.openSegment(2, 2 * SECOND);
  rig.advance(2 * SECOND, 4 * SECOND);
  expect(rig.socket.audio).toHaveLength(length);
});

test("an opening without speech owes nothing: no silence, settled by its close", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, sound(0, 800));
  rig.stream.closeSegment(800);
  expect(rig.heard()).toEqual(["segment-settled"]);
  rig.advance(1_024, 2 * SECOND);
  expect(rig.socket.audio).toHaveLength(800);
});

test("finish waits for the text that is owed, then says goodbye and closes with 1000", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  let isDone = false;
  const finished = rig.stream.finish(60_000).then(() => (isDone = true));
  await quiet();
  expect(isDone).toBe(false);
  rig.socket.say(final("go", 0, 1), FINALIZED);
  await finished;
  expect(rig.socket.types.at(-1)).toBe("session.close");
  expect([rig.socket.readyState, rig.socket.closeCode]).toEqual([CLOSING, 1000]);
  expect(rig.heard()).toContain("segment-settled");
  rig.socket.say(final("late", 0, 1));
  rig.socket.drop();
  expect(rig.heard()).toEqual([]);
});

test("finish asks for the text of a gate that is still open", async () => {
  const rig = await Rig.open(INLINE);
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, sound(0, SECOND));
  rig.socket.whenSent("session.finalize", final("go", 0, 1), FINALIZED);
  await rig.stream.finish(60_000);
  expect(rig.heard()).toContain("final-transcript");
});

test("finish gives a model that takes no flush the rest of its silence, and says that the input is over", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.advance(SECOND);
  rig.speak(1, 0, SECOND);
  rig.socket.whenSent("session.finalize", final("go", 0, 1));
  await rig.stream.finish(60_000);
  expect(rig.socket.audio.length).toBeGreaterThan(3 * SECOND - 800);
  expect(rig.socket.types.slice(-2)).toEqual(["session.finalize", "session.close"]);
});

test.each([[INLINE], [SILENCE_ENDS]])(
  "finish of %s ends at its limit, whether or not a text has come",
  async (model) => {
    const rig = await Rig.open(model);
    rig.speak(1, 0, SECOND);
    await rig.stream.finish(1);
    expect(rig.socket.closeCode).toBe(1000);
    expect(rig.failures()).toEqual([]);
  },
);

test("finish with nothing owed waits for nothing, open, connecting or dormant", async () => {
  for (const rig of [await Rig.open(INLINE), new Rig(INLINE)]) {
    await rig.stream.finish(60_000);
    await quiet();
    expect(rig.sockets.every(({ readyState }) => readyState === CLOSING)).toBe(true);
  }
  const dormant = await Rig.open(INLINE);
  dormant.socket.drop(1000);
  await dormant.stream.finish(60_000);
  expect(dormant.events).toEqual([]);
});

test("a socket that breaks while a text is awaited fails the stream once, and nothing follows", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.heard();
  rig.socket.drop(1011, "oops");
  rig.socket.say(final("go", 0, 1));
  rig.socket.drop();
  rig.speak(2, 50_000, SECOND);
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "gateway-lost", gatewayCode: 1011 } }]);
  expect(rig.sockets).toHaveLength(1);
});

test("a break ends the wait of finish", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  const finished = rig.stream.finish(60_000);
  rig.socket.drop();
  await finished;
  expect(rig.failures()).toHaveLength(1);
});

test.each([
  ["a close", (socket: ScriptedSocket) => socket.drop(1006)],
  [
    "the end of an idle session",
    (socket: ScriptedSocket) => socket.say({ type: "error", code: 2007, message: "idle" }),
  ],
  ["a goodbye", (socket: ScriptedSocket) => socket.say({ type: "session.closed" })],
])(
  "%s while nothing is awaited is no error; the next opening connects with a fresh token and counts from 0",
  async (_how, end) => {
    const rig = await Rig.open(INLINE);
    rig.speak(1, 0, SECOND);
    rig.socket.say(final("one", 0, 1), FINALIZED);
    rig.heard();
    end(rig.socket);
    await quiet();
    expect([rig.events, rig.sockets.length]).toEqual([[], 1]);
    rig.speak(2, 500_000, SECOND);
    await quiet();
    rig.socket.open();
    await quiet();
    expect(rig.tokens.map(({ attempt, reason }) => [attempt, reason])).toEqual([
      [1, "connect"],
      [2, "reconnect"],
    ]);
    expect(rig.socket.protocols).toEqual(["vivavoce", "bearer.t2"]);
    expect(rig.socket.types[0]).toBe("session.create");
    expect(rig.socket.audio).toEqual(toPcm16(sound(500_000, SECOND)));
    rig.heard();
    rig.socket.say(final("two", 0.25, 0.25));
    expect(rig.events[2]).toMatchObject({ data: { words: [{ startSample: 504_000, endSample: 508_000 }] } });
  },
);

test("what an old connection still says, or owes, has no effect on the next", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.socket.say(final("one", 0, 1)); // the answer to the request itself never comes
  rig.socket.say({ type: "session.closed" });
  rig.heard();
  const old = rig.socket;
  rig.speak(2, 500_000, SECOND);
  await quiet();
  rig.socket.open();
  await quiet();
  rig.heard();
  old.say(final("late", 0, 1), FINALIZED);
  old.drop();
  expect(rig.heard()).toEqual([]);
  rig.socket.say(FINALIZED);
  expect(rig.heard()).toEqual(["segment-settled"]);
});

test("a text that was given up is asked for at the end, unless one came after all", async () => {
  for (const isLate of [false, true]) {
    const rig = await Rig.open(SILENCE_ENDS);
    rig.stream.advance(SECOND);
    rig.speak(1, 0, SECOND);
    rig.advance(SECOND, 5 * SECOND);
    if (isLate) rig.socket.say(final("late", 0, 1));
    rig.socket.whenSent("session.finalize", FINALIZED);
    await rig.stream.finish(60_000);
    expect(rig.socket.types.includes("session.finalize")).toBe(!isLate);
  }
});

test("a request that was never answered is made once more at the end", async () => {
  const rig = await Rig.open(INLINE);
  rig.stream.advance(SECOND);
  rig.speak(1, 0, SECOND);
  rig.advance(SECOND, 40 * SECOND);
  rig.socket.whenSent("session.finalize", final("late", 0, 1));
  await rig.stream.finish(60_000);
  expect(rig.socket.types.filter((type) => type === "session.finalize")).toHaveLength(2);
});

test("an endpoint that is found too late opens no socket", async () => {
  const session = new AbortController();
  let find: (endpoint: Endpoint) => void = () => undefined;
  const opened: string[] = [];
  const parts: SpeechStreamParts = {
    capabilities: { interimResults: true, alignedTranscript: false, flush: "inline", endsTurns: false },
    packetSamples: 800,
    connectTimeoutMs: 10_000,
    endpoint: () => new Promise((resolve) => (find = resolve)),
    makeCodec: () =>
      new LivekitCodec({
        type: "session.create",
        settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
      }),
    openSocket: (url) => (opened.push(url), new ScriptedSocket()),
  };
  const stream = new CodecSpeechStream(parts, { onEvent: () => undefined, signal: session.signal });
  session.abort();
  find({ url: "ws://gateway.example", protocols: [] });
  await quiet();
  await stream.finish(1);
  expect(opened).toEqual([]);
});

test("a refusal that arrives in the same breath as the opening is told as one", async () => {
  const rig = new Rig(INLINE);
  await quiet();
  rig.socket.open();
  rig.socket.say({ type: "error", code: 4401, message: "expired" });
  rig.socket.drop(4401);
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "token-rejected" } }]);
});

test("a close in the same breath as the opening leaves no stream behind that waits for ever", async () => {
  const rig = new Rig(INLINE);
  await quiet();
  rig.speak(1, 0, SECOND);
  rig.socket.open();
  rig.socket.drop(4401);
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "token-rejected" } }]);
});

test("a close with 4401 is a refused token even while nothing is awaited", async () => {
  const rig = await Rig.open(INLINE);
  rig.socket.drop(4401);
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "token-rejected" } }]);
});

test("a token function that fails, fails the stream with its reason", async () => {
  const rig = new Rig(INLINE, () => Promise.reject(new Error("503")));
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "token-failed", cause: new Error("503") } }]);
  expect(rig.sockets).toEqual([]);
});

test.each([
  ["the token never comes", () => new Promise<string>(() => undefined), "the gateway"],
  ["the socket never opens", () => Promise.resolve("abc"), "ws://gateway.example/stt?model=a%2Fb"],
])("a connection takes no longer than it may, if %s", async (_why, token, who) => {
  const error = await new Promise<unknown>((resolve) => {
    livekitInference({
      model: "a/b",
      url: "ws://gateway.example",
      token,
      connectTimeoutMs: 1,
      webSocket: () => new ScriptedSocket(),
    }).stream({
      onEvent: (event) => event.type === "failed" && resolve(event.error),
      signal: new AbortController().signal,
    });
  });
  expect(error).toMatchObject({ code: "gateway-timeout", message: `${who} did not answer within 1 ms` });
});

test("a socket that closes before it opens is unreachable", async () => {
  const rig = new Rig(INLINE);
  await quiet();
  rig.socket.drop();
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "gateway-unreachable" } }]);
});

test("a gateway that speaks nonsense, or says no, fails the stream", async () => {
  for (const [message, code] of [
    [{ type: "final_transcript", words: 5 }, "protocol-violated"],
    [{ type: "error", code: 429, message: "slow down" }, "gateway-rejected"],
  ] as const) {
    const rig = await Rig.open(INLINE);
    rig.socket.say(message);
    expect(rig.events).toMatchObject([{ type: "failed", error: { code } }]);
    expect(rig.socket.closeCode).toBe(1000);
  }
});

test("aborting closes the socket, tells nothing, and leaves no listener on the signal", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.events.length = 0;
  const finished = rig.stream.finish(60_000);
  rig.session.abort(new Error("the page left"));
  await finished;
  rig.socket.say(final("go", 0, 1));
  rig.socket.drop();
  expect([rig.events, rig.socket.closeCode]).toEqual([[], 1000]);
  expect(getEventListeners(rig.session.signal, "abort")).toEqual([]);
});

test("aborting while the token is fetched, or the socket opens, tells nothing and opens nothing", async () => {
  const early = new Rig(INLINE);
  early.session.abort();
  const opening = new Rig(INLINE);
  await quiet();
  opening.session.abort();
  opening.socket.drop();
  await quiet();
  expect([early.events, early.sockets, opening.events]).toEqual([[], [], []]);
  expect(opening.socket.readyState).toBe(CLOSED);
});

test("what waits longer than 30 s for its connection is told as lost, and the rest is sent", async () => {
  const rig = new Rig(INLINE);
  rig.stream.openSegment(1, 0);
  for (let second = 0; second < 31; second++) rig.stream.push(second * SECOND, sound(second * SECOND, SECOND));
  const lost = rig.events.flatMap((event) => (event.type === "audio-lost" ? [event] : []));
  expect(lost).toHaveLength(20);
  expect(lost[0]).toEqual({ type: "audio-lost", startSample: 0, lengthSamples: 800 });
  await quiet();
  rig.socket.open();
  await quiet();
  expect(Buffer.compare(bytesOf(rig.socket.audio), bytesOf(toPcm16(sound(SECOND, 30 * SECOND))))).toBe(0);
});

test("a segment that nobody answers is given up after 30 s, so that an idle close is none to mourn", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.heard();
  rig.stream.advance(31 * SECOND);
  expect(rig.heard()).toEqual([]);
  rig.stream.advance(31 * SECOND + 1);
  expect(rig.heard()).toEqual(["segment-settled"]);
});
