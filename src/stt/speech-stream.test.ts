import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { toPcm16 } from "../audio/pcm16.ts";
import type { SocketLike } from "../net/socket.ts";
import { fetchToken, type TokenFunction, type TokenRequest } from "../net/token.ts";
import type { Endpoint } from "./codec.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type { SttCapabilities } from "./contract.ts";
import { LivekitCodec } from "./livekit/codec.ts";
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
  bufferedAmount = 0;
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

const ALIGNED: SttCapabilities = {
  streaming: true,
  interimResults: true,
  diarization: false,
  alignedTranscript: "word",
  offlineRecognize: false,
  flush: "inline",
  endsTurns: false,
};
const INLINE = ALIGNED;
const UNALIGNED: SttCapabilities = { ...ALIGNED, alignedTranscript: false };
const SILENCE_ENDS: SttCapabilities = { ...ALIGNED, flush: "none" };

interface RigOptions {
  readonly token?: TokenFunction;
  readonly connection?: ConnectionOptions;
}

class Rig {
  readonly sockets: ScriptedSocket[] = [];
  readonly events: SpeechEvent[] = [];
  readonly tokens: TokenRequest[] = [];
  readonly session = new AbortController();
  readonly clock = new FakeClock();
  readonly stream: CodecSpeechStream;

  constructor(capabilities: SttCapabilities, { token, connection }: RigOptions = {}) {
    const give = token ?? (({ attempt }) => Promise.resolve(`t${attempt}`));
    const parts: SpeechStreamParts = {
      model: "m",
      provider: "p",
      capabilities,
      packetSamples: 800,
      clock: this.clock,
      random: () => 0.5,
      endpoint: async (request) => {
        this.tokens.push(request);
        const given = await fetchToken(give, request);
        return { url: "ws://gateway.example/stt", protocols: ["vivavoce", `bearer.${given.token}`] };
      },
      makeCodec: () => new LivekitCodec({ language: undefined, requestId: "stt_request", greet: () => HELLO }),
      openSocket: (_url, protocols) => {
        const socket = new ScriptedSocket(protocols);
        this.sockets.push(socket);
        return socket;
      },
    };
    this.stream = new CodecSpeechStream(parts, {
      onEvent: (event) => this.events.push(event),
      signal: this.session.signal,
      ...(connection ? { connection } : {}),
    });
  }

  /** A stream whose first socket is open. */
  static async open(capabilities: SttCapabilities, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(capabilities, options);
    await rig.connect();
    return rig;
  }

  /** Opens the socket that is being opened. */
  async connect(): Promise<void> {
    await quiet();
    this.socket.open();
    await quiet();
  }

  /** Lets the retry that is due come, and opens its socket. */
  async reconnect(afterMs = 100): Promise<void> {
    this.clock.advance(afterMs);
    await this.connect();
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

  /** Lets both clocks run frame by frame. */
  advance(from: number, to: number): void {
    for (let now = from; now <= to; now += 512) {
      this.clock.advance(32);
      this.stream.advance(now);
    }
  }

  /** What was said since the last look, without what was said about sending. */
  heard(): string[] {
    return this.events.splice(0).flatMap(({ type }) => (SILENT.has(type) ? [] : [type]));
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

const SILENT: ReadonlySet<string> = new Set(["audio-sent", "flush-sent", "metrics-collected"]);
const HELLO = {
  type: "session.create",
  settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} },
} as const;
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
    {
      type: "metrics-collected",
      metrics: { provider: "p", model: "m", requestId: "r", audioMs: 125, durationMs: 0, isStreamed: true },
    },
    {
      type: "final-transcript",
      segmentId: 1,
      transcriptId: 1,
      requestId: "r",
      data: { text: "go", startSample: 0, endSample: 1_600 },
    },
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
  expect(rig.events.find(({ type }) => type === "final-transcript")).toMatchObject({
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

test("finish ends at its limit, and says what was never answered", async () => {
  for (const capabilities of [INLINE, SILENCE_ENDS]) {
    const rig = await Rig.open(capabilities);
    rig.speak(1, 0, SECOND);
    rig.heard();
    const finished = rig.stream.finish(1_000);
    rig.clock.advance(999);
    expect(rig.heard()).toEqual([]);
    rig.clock.advance(1);
    await finished;
    expect([rig.heard(), rig.socket.closeCode, rig.clock.pending]).toEqual([["audio-lost"], 1000, 0]);
  }
});

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

test("a socket that breaks while a text is awaited is replaced, and its unanswered speech is sent again", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.heard();
  const broken = rig.socket;
  broken.drop(1011, "oops");
  broken.say(final("go", 0, 1));
  expect(rig.events.splice(0)).toMatchObject([
    { type: "error", retryInMs: 100, error: { code: "gateway-lost", gatewayCode: 1011 } },
  ]);
  expect(rig.stream.health).toMatchObject({ connection: "waiting", waitingSamples: SECOND, unansweredSamples: 0 });
  rig.clock.advance(99);
  expect(rig.sockets).toHaveLength(1);
  await rig.reconnect(1);
  expect(rig.tokens.at(-1)).toMatchObject({ attempt: 2, reason: "reconnect" });
  expect(rig.socket.types[0]).toBe("session.create");
  expect(rig.socket.types.at(-1)).toBe("session.finalize");
  expect(rig.socket.audio).toEqual(toPcm16(sound(0, SECOND)));
  expect(rig.events.splice(0)).toEqual([{ type: "recovered" }]); // and no second audio-sent or flush-sent
  rig.socket.say(final("go", 0.25, 0.5), FINALIZED);
  expect(rig.heard()).toEqual([
    "start-of-speech",
    "recognition-usage",
    "final-transcript",
    "end-of-speech",
    "segment-settled",
  ]);
});

test("words of a replay stand where they were said, and those that were told before are not told twice", async () => {
  const rig = await Rig.open(ALIGNED);
  rig.stream.openSegment(1, 100_000);
  rig.stream.push(100_000, sound(100_000, 2 * SECOND));
  rig.socket.say(final("one", 0.5, 0.5)); // up to 116,000
  rig.socket.drop();
  rig.heard();
  await rig.reconnect();
  // 300 ms before the end of the last word, in whole packets
  expect(rig.socket.audio).toEqual(toPcm16(sound(111_200, 20_800)));
  rig.socket.say({
    ...final("ne two", 0.1, 1),
    words: [
      { word: "ne", start: 0.1, end: 0.32, confidence: 1 },
      { word: "two", start: 0.5, end: 0.75, confidence: 1 },
    ],
  });
  expect(rig.events.filter(({ type }) => type.endsWith("transcript"))).toMatchObject([
    { data: { text: "two", words: [{ word: "two", startSample: 119_200, endSample: 123_200 }] } },
  ]);
});

test("a text of which every word was told before is not told, and answers what it covers", async () => {
  const rig = await Rig.open(ALIGNED);
  rig.speak(1, 0, SECOND, false);
  rig.socket.say(final("one", 0, 0.6));
  rig.socket.drop();
  await rig.reconnect();
  rig.heard();
  rig.socket.say({ ...final("one", 0, 0.2), type: "interim_transcript" }, final("one", 0, 0.2), FINALIZED);
  rig.stream.closeSegment(SECOND);
  expect(rig.heard()).toEqual(["segment-settled"]);
});

test("finals without word times are withdrawn when the replay tells them anew", async () => {
  const rig = await Rig.open(UNALIGNED);
  rig.stream.openSegment(1, 0);
  rig.stream.push(0, sound(0, SECOND));
  rig.socket.say(final("one", 0, 0.4), final("two", 0.4, 0.4));
  rig.socket.drop();
  rig.heard();
  await rig.reconnect();
  expect(rig.socket.audio).toEqual(toPcm16(sound(0, SECOND)));
  rig.events.length = 0;
  rig.socket.say({ ...final("one", 0, 0.4), type: "interim_transcript" });
  rig.socket.say(final("one two", 0, 0.8));
  expect(rig.heard()).toEqual([
    "start-of-speech",
    "interim-transcript",
    "recognition-usage",
    "transcripts-superseded",
    "final-transcript",
    "end-of-speech",
  ]);
});

test("finals stand if the replay tells nothing, or can not be made", async () => {
  const rig = await Rig.open(UNALIGNED, { connection: { maxRetries: 1 } });
  rig.speak(1, 0, SECOND, false);
  rig.socket.say(final("one", 0, 0.4));
  rig.socket.drop();
  await rig.reconnect();
  rig.socket.say(FINALIZED);
  rig.socket.drop();
  rig.clock.advance(2_000);
  expect(rig.events.some(({ type }) => type === "transcripts-superseded")).toBe(false);
});

test("an answered request acknowledges what was said before it, also while the gate stays open", async () => {
  const rig = await Rig.open(UNALIGNED);
  rig.speak(1, 0, SECOND, false);
  rig.socket.say(final("one", 0, 1), FINALIZED);
  rig.stream.push(SECOND, sound(SECOND, 1_600));
  rig.socket.drop();
  await rig.reconnect();
  expect(rig.socket.audio).toEqual(toPcm16(sound(SECOND, 1_600)));
  rig.socket.say(final("two", 0, 0.1));
  expect(rig.events.some(({ type }) => type === "transcripts-superseded")).toBe(false);
});

test("a model that takes no flush is sent its silence again too", async () => {
  const rig = await Rig.open(SILENCE_ENDS);
  rig.stream.advance(SECOND);
  rig.speak(1, 0, SECOND);
  rig.advance(SECOND, SECOND + 8_192);
  rig.socket.drop();
  rig.advance(SECOND + 8_192, 9 * SECOND); // the outage costs it nothing
  await rig.reconnect();
  expect(rig.socket.audio.subarray(0, SECOND)).toEqual(toPcm16(sound(0, SECOND)));
  expect(rig.socket.audio.length).toBeGreaterThan(3 * SECOND - 800);
  rig.heard();
  rig.socket.say(final("one", 0, 1));
  expect(rig.heard()).toContain("segment-settled");
});

test("audio that fell out of the ring while it was unanswered is lost when the connection breaks, to the sample", async () => {
  const rig = await Rig.open(UNALIGNED);
  rig.stream.openSegment(1, 0);
  for (let second = 0; second < 33; second++) rig.stream.push(second * SECOND, sound(second * SECOND, SECOND));
  rig.socket.say(final("the first second", 0, 1));
  rig.events.length = 0;
  rig.socket.drop();
  expect(rig.events[0]).toEqual({
    type: "audio-lost",
    startSample: SECOND,
    lengthSamples: 2 * SECOND,
    cause: "unanswered",
  });
  await rig.reconnect();
  expect(rig.socket.audio.length).toBe(30 * SECOND);
});

test("what passes an open gate while nobody speaks is not missed when a connection breaks", async () => {
  for (const isQuiet of [true, false]) {
    const rig = await Rig.open(UNALIGNED);
    rig.stream.openSegment(1, 0);
    for (let second = 0; second < 60; second++) {
      rig.stream.push(second * SECOND, sound(second * SECOND, SECOND));
      rig.stream.advance((second + 1) * SECOND, isQuiet);
    }
    rig.heard();
    rig.socket.drop();
    expect(rig.heard()).toEqual(isQuiet ? ["error"] : ["audio-lost", "error"]);
    await rig.reconnect();
    expect(rig.socket.audio).toHaveLength((isQuiet ? 1 : 30) * SECOND);
  }
});

test("attempts come after 0.1 s and then every 2 s, and the last real error ends the stream", async () => {
  const rig = new Rig(INLINE, { connection: { maxRetries: 3 }, token: () => Promise.reject(new Error("503")) });
  rig.speak(1, 0, SECOND);
  for (const afterMs of [100, 2_000, 2_000]) {
    await quiet();
    rig.clock.advance(afterMs - 1);
    await quiet();
    const attempts = rig.tokens.length;
    rig.clock.advance(1);
    await quiet();
    expect(rig.tokens).toHaveLength(attempts + 1);
  }
  expect(rig.events.flatMap((event) => (event.type === "error" ? [event.retryInMs] : []))).toEqual([100, 2_000, 2_000]);
  expect(rig.events.slice(-2)).toMatchObject([
    { type: "audio-lost", startSample: 0, lengthSamples: SECOND, cause: "unsent" },
    { type: "failed", error: { code: "token-failed", cause: new Error("503") } },
  ]);
  expect([rig.clock.pending, rig.stream.health.connection]).toEqual([0, "ended"]);
});

test("a final restores the attempts, and so does a connection that was healthy", async () => {
  for (const isFinal of [true, false]) {
    const rig = await Rig.open(INLINE, { connection: { maxRetries: 1 } });
    rig.stream.openSegment(1, 0);
    for (let time = 0; time < 5; time++) {
      rig.stream.push(time * 800, sound(time * 800, 800));
      if (!isFinal) rig.clock.advance(10_000);
      rig.socket.say(isFinal ? final("go", 0, 0.01) : { type: "session.created" });
      rig.socket.drop();
      expect(rig.failures()).toEqual([]);
      await rig.reconnect();
    }
    rig.socket.drop();
    expect(rig.failures()).toHaveLength(1);
  }
});

test("a connection that is dead without a close is noticed by a question that nobody answers", async () => {
  const rig = await Rig.open(INLINE);
  rig.clock.advance(3_600_000);
  rig.speak(1, 0, SECOND);
  rig.stream.advance(SECOND);
  rig.clock.advance(10_000);
  rig.stream.advance(2 * SECOND);
  expect(rig.sockets).toHaveLength(1);
  rig.clock.advance(1);
  rig.stream.advance(2 * SECOND);
  expect(rig.events.at(-1)).toMatchObject({ type: "error", error: { code: "gateway-timeout" } });
  await rig.reconnect();
  expect(rig.socket.audio).toEqual(toPcm16(sound(0, SECOND)));
});

test("a question that two connections leave unanswered is given up", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  for (let time = 0; time < 2; time++) {
    rig.stream.advance(SECOND);
    rig.clock.advance(10_001);
    rig.stream.advance(SECOND);
    if (time === 0) await rig.reconnect();
  }
  expect(rig.heard().at(-1)).toBe("segment-settled");
  expect(rig.sockets).toHaveLength(2);
});

test("speech for which a recogniser that takes no flush has no word is sent once more; a click is not", async () => {
  for (const length of [2 * SECOND, 11_000]) {
    const rig = await Rig.open(SILENCE_ENDS);
    rig.stream.openSegment(1, 0);
    rig.stream.push(0, sound(0, length));
    rig.socket.say({ ...final("he", 0, 0.1), type: "interim_transcript" });
    rig.clock.advance(1);
    rig.stream.advance(length);
    rig.stream.flush(length);
    rig.stream.closeSegment(length);
    rig.heard();
    rig.advance(length, length + 6 * SECOND);
    expect(rig.heard()).toEqual([length > SECOND ? "error" : "segment-settled"]);
    if (length < SECOND) continue;
    await rig.reconnect();
    rig.advance(length + 6 * SECOND, length + 10 * SECOND);
    expect(rig.heard()).toEqual(["recovered", "segment-settled"]);
  }
});

test("sounds without words never use up the attempts of a gateway that lives", async () => {
  const rig = await Rig.open(SILENCE_ENDS, { connection: { maxRetries: 1 } });
  let now = 0;
  for (let id = 1; id < 5; id++) {
    rig.clock.advance(1);
    rig.speak(id, now, SECOND);
    rig.advance(now + SECOND, now + 7 * SECOND);
    rig.clock.advance(100);
    await quiet();
    rig.socket.open();
    await quiet();
    rig.clock.advance(1);
    rig.socket.say({ type: "session.created" });
    rig.advance(now + 7 * SECOND, now + 11 * SECOND);
    now += 11 * SECOND;
  }
  expect(rig.heard().filter((type) => type === "segment-settled")).toHaveLength(4);
});

test("what the network does not take off waits where it can be sent again, not in the socket", async () => {
  const rig = await Rig.open(INLINE, { connection: { maxBufferedBytes: 1_000 } });
  rig.socket.bufferedAmount = 1_000;
  rig.speak(1, 0, SECOND);
  expect([rig.socket.types, rig.stream.health.waitingSamples]).toEqual([["session.create"], SECOND]);
  rig.socket.bufferedAmount = 999;
  rig.stream.advance(SECOND);
  expect(rig.socket.audio).toHaveLength(SECOND);
});

test("a socket from which nothing is taken off for 10 s is dead", async () => {
  const rig = await Rig.open(INLINE);
  rig.stream.openSegment(1, 0);
  rig.clock.advance(100_000);
  for (let time = 0; time < 102; time++) {
    rig.stream.push(time * 1_600, sound(time * 1_600, 1_600));
    rig.stream.advance((time + 1) * 1_600);
    rig.socket.bufferedAmount += 4_000;
    rig.clock.advance(100);
  }
  expect(rig.events.find(({ type }) => type === "error")).toMatchObject({ error: { code: "gateway-timeout" } });
  rig.clock.advance(100);
  await rig.connect();
  expect(rig.socket.audio).toEqual(toPcm16(sound(0, 102 * 1_600)));
});

test("a token that is refused is renewed once, and a gateway that took one may refuse another", async () => {
  const rig = await Rig.open(INLINE);
  const refuse = (): void => rig.socket.say({ type: "error", code: 4401, message: "expired" });
  refuse();
  await rig.reconnect();
  expect(rig.tokens.map(({ reason }) => reason)).toEqual(["connect", "rejected"]);
  rig.socket.say({ type: "session.created" });
  refuse();
  await rig.reconnect(2_000);
  expect(rig.failures()).toEqual([]);
  refuse();
  expect(rig.failures()).toMatchObject([{ error: { code: "token-rejected" } }]);
});

test("a break while the end is waited for is retried within the limit", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  const finished = rig.stream.finish(60_000);
  rig.socket.drop();
  await rig.reconnect();
  rig.socket.say(final("go", 0, 1), FINALIZED);
  await finished;
  expect(rig.heard()).toContain("final-transcript");
  expect(rig.clock.pending).toBe(0);
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
    expect(rig.events.find(({ type }) => type === "final-transcript")).toMatchObject({
      data: { words: [{ startSample: 504_000, endSample: 508_000 }] },
    });
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

test("a request that a living gateway does not answer within 30 s is given up, and made once more at the end", async () => {
  const rig = await Rig.open(INLINE);
  rig.speak(1, 0, SECOND);
  rig.heard();
  for (let time = 0; time < 31; time++) {
    rig.stream.advance(SECOND);
    rig.clock.advance(1_000);
    rig.socket.say({ type: "session.created" }); // it lives
  }
  rig.stream.advance(SECOND);
  expect(rig.heard()).toEqual(["segment-settled"]);
  rig.socket.whenSent("session.finalize", final("late", 0, 1));
  await rig.stream.finish(60_000);
  expect(rig.socket.types.filter((type) => type === "session.finalize")).toHaveLength(2);
});

test("an endpoint that is found too late opens no socket", async () => {
  const session = new AbortController();
  let find: (endpoint: Endpoint) => void = () => undefined;
  const opened: string[] = [];
  const parts: SpeechStreamParts = {
    model: "m",
    provider: "p",
    capabilities: INLINE,
    packetSamples: 800,
    endpoint: () => new Promise((resolve) => (find = resolve)),
    makeCodec: () => new LivekitCodec({ language: undefined, requestId: "stt_request", greet: () => HELLO }),
    openSocket: (url) => (opened.push(url), new ScriptedSocket()),
  };
  const stream = new CodecSpeechStream(parts, { onEvent: () => undefined, signal: session.signal });
  session.abort();
  find({ url: "ws://gateway.example", protocols: [] });
  await quiet();
  await stream.finish(1);
  expect(opened).toEqual([]);
});

test.each([
  ["a refusal", (socket: ScriptedSocket) => socket.say({ type: "error", code: 4401, message: "expired" })],
  ["a close", (socket: ScriptedSocket) => socket.drop(4401)],
])("%s in the same breath as the opening is understood", async (_what, refuse) => {
  const rig = new Rig(INLINE);
  await quiet();
  rig.speak(1, 0, SECOND);
  for (const afterMs of [0, 100]) {
    rig.clock.advance(afterMs);
    await quiet();
    rig.socket.open();
    refuse(rig.socket);
    await quiet();
  }
  expect(rig.failures()).toMatchObject([{ error: { code: "token-rejected" } }]);
});

test.each([
  ["the token never comes", { token: () => new Promise<string>(() => undefined) }, "the gateway"],
  ["the socket never opens", {}, "ws://gateway.example/stt"],
])("a connection takes no longer than it may, if %s", async (_why, options, who) => {
  const rig = new Rig(INLINE, { ...options, connection: { maxRetries: 0, timeoutMs: 5_000 } });
  await quiet();
  rig.clock.advance(5_000);
  await quiet();
  const error = { code: "gateway-timeout", message: `${who} did not answer within 5000 ms` };
  expect(rig.events).toMatchObject([{ type: "failed", error }]);
  expect(rig.clock.pending).toBe(0);
});

test("a socket that closes before it opens is unreachable", async () => {
  const rig = new Rig(INLINE, { connection: { maxRetries: 0 } });
  await quiet();
  rig.socket.drop();
  await quiet();
  expect(rig.events).toMatchObject([{ type: "failed", error: { code: "gateway-unreachable" } }]);
});

test("messages that make no sense are skipped and counted, and told once", async () => {
  const rig = await Rig.open(INLINE);
  rig.socket.say({ type: "final_transcript", words: 5 }, { type: "interim_transcript", transcript: 5 });
  expect(rig.events).toMatchObject([{ type: "error", error: { code: "protocol-violated" }, retryInMs: 0 }]);
  expect(rig.stream.health).toMatchObject({ skippedMessages: 2, connection: "open" });
  rig.socket.say(final("go", 0, 1));
  expect(rig.heard()).toContain("final-transcript");
});

test("a gateway that says no ends the stream; one that says not now is asked again", async () => {
  const rig = await Rig.open(INLINE);
  rig.socket.say({ type: "error", code: 4503, message: "full" });
  expect(rig.events.splice(0)).toMatchObject([{ type: "error", error: { code: "gateway-unavailable" } }]);
  await rig.reconnect();
  rig.socket.say({ type: "error", code: 4404, message: "no such model" });
  expect(rig.failures()).toMatchObject([{ error: { code: "gateway-rejected" } }]);
  expect(rig.socket.closeCode).toBe(1000);
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
  expect(lost[0]).toEqual({ type: "audio-lost", startSample: 0, lengthSamples: 800, cause: "unsent" });
  await quiet();
  rig.socket.open();
  await quiet();
  expect(Buffer.compare(bytesOf(rig.socket.audio), bytesOf(toPcm16(sound(SECOND, 30 * SECOND))))).toBe(0);
});
