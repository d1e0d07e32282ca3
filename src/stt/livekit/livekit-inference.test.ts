import { expect, test } from "vitest";
import type { Clock } from "../../net/clock.ts";
import type { SocketLike } from "../../net/socket.ts";
import type { TokenRequest } from "../../net/token.ts";
import type { SpeechStream } from "../contract.ts";
import type { SpeechEvent } from "../speech-event.ts";
import { livekitInference, type LivekitInferenceOptions, type LivekitStt } from "./livekit-inference.ts";

type Message = Readonly<Record<string, unknown>>;

/** A gateway's end of a socket, which opens when a test says so. */
class GatewaySocket implements SocketLike {
  readyState = 0;
  readonly bufferedAmount = 0;
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: Message[] = [];
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(json: string | Uint8Array): void {
    if (this.readyState === 1) this.sent.push(JSON.parse(String(json)) as Message);
  }

  close(): void {
    this.readyState = 2;
  }

  open(): void {
    this.readyState = 1;
    this.#tell("open", {});
  }

  say(...messages: readonly Message[]): void {
    for (const message of messages) this.#tell("message", { data: JSON.stringify(message) });
  }

  drop(): void {
    this.readyState = 3;
    this.#tell("close", { code: 1006, reason: "" });
  }

  /** What was said since the last look, audio aside. */
  heard(): Message[] {
    return this.sent.splice(0).filter(({ type }) => type !== "input_audio");
  }

  #tell(type: string, event: object): void {
    for (const { listener } of this.#listeners.filter((one) => one.type === type)) listener(event as never);
  }
}

/** Time stands still until a test runs what is due. */
class StoppedClock implements Clock {
  readonly #due = new Set<() => void>();

  nowMs(): number {
    return 0;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    if (delayMs < 5_000) this.#due.add(callback); // a retry; what is longer is a limit, and does not come
    return () => this.#due.delete(callback);
  }

  run(): void {
    for (const callback of [...this.#due]) {
      this.#due.delete(callback);
      callback();
    }
  }
}

/** All promises that can settle by themselves have done so. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class Rig {
  readonly sockets: GatewaySocket[] = [];
  readonly tokens: TokenRequest[] = [];
  readonly events: SpeechEvent[] = [];
  readonly clock = new StoppedClock();
  readonly page = new AbortController();
  readonly stt: LivekitStt;
  #segmentId = 0;

  constructor(options: Partial<LivekitInferenceOptions> = {}) {
    this.stt = livekitInference({
      url: "https://gateway.example/v1/",
      token: (request) => (this.tokens.push(request), Promise.resolve(`t${this.tokens.length}`)),
      clock: this.clock,
      webSocket: (url, protocols) => {
        const socket = new GatewaySocket(url, protocols);
        this.sockets.push(socket);
        return socket;
      },
      ...options,
    });
  }

  /** Starts a stream, and opens its socket. */
  async stream(): Promise<SpeechStream> {
    const stream = this.stt.stream({ onEvent: (event) => this.events.push(event), signal: this.page.signal });
    await this.open();
    return stream;
  }

  async open(): Promise<void> {
    await quiet();
    this.socket.open();
    await quiet();
  }

  get socket(): GatewaySocket {
    const newest = this.sockets.at(-1);
    if (!newest) throw new Error("No socket was opened");
    return newest;
  }

  /** A second of speech at this place, with its end. */
  speak(stream: SpeechStream, startSample = 0): void {
    this.#segmentId += 1;
    stream.openSegment(this.#segmentId, startSample);
    stream.push(startSample, new Float32Array(16_000));
    stream.flush(startSample + 16_000);
  }

  /** Types of what was told since the last look, sending aside. */
  told(): string[] {
    return this.events
      .splice(0)
      .flatMap(({ type }) =>
        type === "audio-sent" || type === "flush-sent" || type === "metrics-collected" ? [] : [type],
      );
  }
}

const NOVA = "deepgram/nova-3";
const ONSET = { type: "start_of_speech" };
const INTERIM = { type: "interim_transcript", transcript: "go" };
const EMPTY = { type: "interim_transcript", transcript: "" };
const FINAL = { type: "final_transcript", transcript: "go forward" };

function update(settings: Message): Message {
  return { type: "session.update", settings };
}

test.each([
  [{ model: NOVA }, "wss://gateway.example/v1/stt?model=deepgram%2Fnova-3"],
  [{ model: `${NOVA}:en`, url: "http://localhost:8080" }, "ws://localhost:8080/stt?model=deepgram%2Fnova-3"],
  [{ url: new URL("ws://gateway.example/v1?zone=eu") }, "ws://gateway.example/v1/stt?zone=eu"],
  [{ model: "auto:pt" }, "wss://gateway.example/v1/stt"],
])("%j connects to %s: what LiveKit is to choose is not named", async (options, url) => {
  const rig = new Rig(options);
  await rig.stream();
  expect(rig.socket.url).toBe(url);
  expect(rig.socket.sent[0]).toMatchObject({ type: "session.create" });
});

test("the token travels as a subprotocol, never in the address; a token may bring an address of its own", async () => {
  const usual = new Rig();
  await usual.stream();
  expect([usual.socket.protocols, usual.socket.url.includes("t1")]).toEqual([["vivavoce", "bearer.t1"], false]);
  const moved = new Rig({ model: NOVA, token: () => Promise.resolve({ token: "x", url: "ws://other.example/v2" }) });
  await moved.stream();
  expect(moved.socket.url).toBe("ws://other.example/v2/stt?model=deepgram%2Fnova-3");
});

test("a stream may start before anything is known of the network, and on a server", () => {
  expect(livekitInference({ token: () => Promise.resolve("") }).model).toBe("auto");
});

test.each([
  [
    "ftp://gateway.example",
    new TypeError('stt.url must be an http or ws URL, absolute or of this page, got "ftp://gateway.example"'),
  ],
  ["http://", new TypeError('stt.url must be an http or ws URL, absolute or of this page, got "http://"')],
])("%s is no address of a gateway", (url, error) => {
  expect(() => new Rig({ url })).toThrow(error);
});

test("every connection asks for a token of its own, and says why", async () => {
  const rig = new Rig();
  rig.speak(await rig.stream());
  rig.socket.drop();
  rig.clock.run();
  await rig.open();
  rig.socket.say({ type: "error", code: 4401, message: "expired" });
  rig.clock.run();
  await quiet();
  expect(rig.tokens.map(({ attempt, reason }) => [attempt, reason])).toEqual([
    [1, "connect"],
    [2, "reconnect"],
    [3, "rejected"],
  ]);
});

test("a token fetched ahead serves the next connection, once", async () => {
  const rig = new Rig();
  rig.stt.prewarm();
  await quiet();
  expect([rig.tokens.length, rig.sockets.length]).toEqual([1, 0]);
  await rig.stream();
  await rig.stream();
  expect(rig.sockets.map(({ protocols }) => protocols[1])).toEqual(["bearer.t1", "bearer.t2"]);
});

test("whole recordings are not recognised, and it says so", async () => {
  const { stt } = new Rig({ model: NOVA });
  expect(stt.capabilities.offlineRecognize).toBe(false);
  await expect(stt.recognize(new Float32Array(16_000))).rejects.toMatchObject({
    code: "not-supported",
    message: "LiveKit Inference recognises no whole recordings (deepgram/nova-3): use stream()",
  });
});

// LiveKit Agents gives Speechmatics' models a VAD, and takes it from all others; here the session's gate is that VAD.
test.each([
  ["speechmatics/enhanced", ["session.finalize"]],
  ["speechmatics/standard:de", ["session.finalize"]],
  [NOVA, []],
  ["assemblyai/universal-streaming", []],
  ["deepgram/flux-general", []],
  ["new/model", []],
])("the end of speech that the session's VAD found is told to %s as %j", async (model, types) => {
  const rig = new Rig({ model });
  const stream = await rig.stream();
  rig.socket.heard();
  rig.speak(stream);
  expect(rig.socket.heard().map(({ type }) => type)).toEqual(types);
});

test("who ends utterances follows the model, also in a stream that runs", async () => {
  const rig = new Rig({ model: NOVA });
  const stream = await rig.stream();
  rig.speak(stream);
  rig.stt.updateOptions({ model: "speechmatics/enhanced" });
  expect([rig.stt.model, rig.stt.provider, rig.stt.capabilities.flush]).toEqual([
    "speechmatics/enhanced",
    "speechmatics",
    "inline",
  ]);
  rig.socket.heard();
  rig.speak(stream, 32_000);
  expect(rig.socket.heard()).toEqual([{ type: "session.finalize" }]);
  rig.stt.updateOptions({ model: NOVA });
  rig.socket.heard();
  rig.speak(stream, 64_000);
  expect(rig.socket.heard()).toEqual([]);
});

test("changes reach every stream that runs, and every later connection", async () => {
  const rig = new Rig({ model: NOVA, extra: { endpointing: 25 } });
  await rig.stream();
  await rig.stream();
  for (const socket of rig.sockets) socket.heard();
  rig.stt.updateOptions({ language: "english", extra: { diarize: true } });
  for (const socket of rig.sockets) {
    expect(socket.heard()).toEqual([update({ language: "en", extra: { diarize: true } })]);
  }
  expect(rig.stt.capabilities.diarization).toBe(true);
  rig.stt.updateOptions({ model: "xai/stt-1:de" });
  await rig.stream();
  expect(rig.socket.heard()).toMatchObject([
    { model: "xai/stt-1", settings: { language: "de", extra: { endpointing: 25, diarize: true } } },
  ]);
  expect(rig.socket.url).toContain("model=xai%2Fstt-1");
});

test("a connection that is under way learns of changes by its greeting alone", async () => {
  const rig = new Rig({ model: NOVA });
  rig.stt.stream({ onEvent: () => undefined, signal: rig.page.signal });
  await quiet();
  rig.stt.updateOptions({ language: "fr" });
  rig.socket.open();
  await quiet();
  expect(rig.socket.heard()).toMatchObject([{ type: "session.create", settings: { language: "fr" } }]);
});

test("a connection that takes another's place is greeted with the newest options, and told nothing twice", async () => {
  const rig = new Rig({ model: NOVA });
  rig.speak(await rig.stream());
  rig.socket.drop();
  rig.stt.updateOptions({ language: "fr" });
  rig.clock.run();
  rig.stt.updateOptions({ extra: { punctuate: false } });
  await rig.open();
  const settings = { language: "fr", extra: { punctuate: false } };
  expect(rig.socket.heard()).toMatchObject([{ type: "session.create", settings }]);
  rig.stt.updateOptions(settings);
  expect(rig.socket.heard()).toEqual([]);
});

test("while a person speaks changes wait for the end of speech, and the latest counts", async () => {
  const rig = new Rig({ model: NOVA, extra: { keyterm: ["Acme"] } });
  rig.speak(await rig.stream());
  rig.socket.heard();
  rig.socket.say(INTERIM);
  rig.stt.updateOptions({ keyterms: ["Niamh"] });
  rig.stt.updateOptions({ keyterms: ["Other"], language: "en" });
  expect(rig.socket.heard()).toEqual([]);
  rig.socket.say(FINAL);
  expect(rig.socket.heard()).toEqual([update({ language: "en", extra: { keyterm: ["Acme", "Other"] } })]);
  rig.socket.say(FINAL);
  expect(rig.socket.heard()).toEqual([]);
});

test("speech that comes to nothing holds no change back for long", async () => {
  const rig = new Rig({ model: "speechmatics/enhanced" });
  const stream = await rig.stream();
  rig.speak(stream);
  stream.closeSegment(16_000);
  rig.socket.heard();
  rig.socket.say(ONSET);
  rig.stt.updateOptions({ language: "de" });
  expect(rig.socket.heard()).toEqual([]);
  rig.socket.say({ type: "session.finalized" });
  expect(rig.socket.heard()).toEqual([update({ language: "de" })]);
});

test("a change that was taken back while the person spoke is not told", async () => {
  const rig = new Rig({ model: NOVA });
  rig.speak(await rig.stream());
  rig.socket.heard();
  rig.socket.say(ONSET);
  rig.stt.updateOptions({ extra: { punctuate: false } });
  rig.stt.updateOptions({ model: "xai/stt-1" });
  rig.stt.updateOptions({ model: NOVA });
  rig.socket.say(FINAL);
  expect(rig.socket.heard()).toEqual([update({ extra: { punctuate: false } })]);
});

test("a stream that was stopped is told nothing, and the app hears nothing of it", async () => {
  const rig = new Rig({ model: NOVA });
  await rig.stream();
  rig.page.abort();
  rig.socket.heard();
  rig.told();
  rig.stt.updateOptions({ language: "fr" });
  expect([rig.socket.heard(), rig.told()]).toEqual([[], []]);
});

test.each([
  ["an onset starts speech at once, and only once", [ONSET, ONSET, INTERIM], ["start-of-speech", "interim-transcript"]],
  ["an empty interim starts nothing", [EMPTY, EMPTY], []],
  ["without an onset, the first text starts speech", [INTERIM], ["start-of-speech", "interim-transcript"]],
  [
    "after a final, a new onset counts",
    [ONSET, FINAL, ONSET],
    ["start-of-speech", "recognition-usage", "final-transcript", "end-of-speech", "start-of-speech"],
  ],
])("%s", async (_law, messages, events) => {
  const rig = new Rig({ model: NOVA });
  rig.speak(await rig.stream());
  rig.told();
  rig.socket.say(...messages);
  expect(rig.told().filter((type) => type !== "segment-settled")).toEqual(events);
});

test("a text bears its request's id, or its session's, or else one that its stream made", async () => {
  const rig = new Rig({ model: NOVA });
  rig.speak(await rig.stream());
  rig.socket.say(INTERIM, { ...INTERIM, request_id: "r_1" });
  rig.socket.say({ type: "session.created", session_id: "inference_1" }, INTERIM);
  const ids = rig.events.flatMap((event) => (event.type === "interim-transcript" ? [event.requestId] : []));
  expect(ids).toEqual([expect.stringMatching(/^stt_request_[0-9a-f]{6,}$/), "r_1", "inference_1"]);
});
