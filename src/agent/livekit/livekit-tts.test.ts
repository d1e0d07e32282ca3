import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { encodeBase64 } from "../../audio/base64.ts";
import { pcm16Bytes } from "../../audio/pcm16.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import { closeWith, type Reply } from "../../testing/scripted-message.ts";
import { ScriptedServer } from "../../testing/scripted-server.ts";
import type { ScriptedSocket } from "../../testing/scripted-socket.ts";
import { settled } from "../../testing/settled.ts";
import type { SpokenAudio } from "../cascade/respond.ts";
import { livekitTts, type LivekitTts, type LivekitTtsOptions } from "./livekit-tts.ts";

const OPEN = 1;

const audio = (...samples: readonly number[]): Reply => ({
  type: "output_audio",
  audio: encodeBase64(pcm16Bytes(Int16Array.from(samples))),
  session_id: "s",
});
const DONE: Reply = { type: "done", session_id: "s" };
const CREATED: Reply = { type: "session.created", session_id: "s" };

/** Answers each sentence alike. */
function answering(socket: ScriptedSocket, ...replies: readonly Reply[]): void {
  socket.accept();
  socket.expect("session.create").reply(CREATED);
  for (let sentence = 0; sentence < 10; sentence++) socket.expect("session.flush").reply(...replies);
}

interface Rig {
  readonly server: ScriptedServer;
  readonly clock: FakeClock;
  readonly abort: AbortController;
  readonly speak: LivekitTts;
  /** Speaks to the end. */
  readonly say: (text: string) => Promise<SpokenAudio[]>;
}

function rigOf(
  arrange: (socket: ScriptedSocket, index: number) => void,
  options: Partial<LivekitTtsOptions> = {},
): Rig {
  const server = new ScriptedServer(arrange);
  const clock = new FakeClock();
  const abort = new AbortController();
  const speak = livekitTts({
    model: "cartesia/sonic-3",
    token: () => Promise.resolve("a-token"),
    url: "https://gateway.test/v1",
    webSocket: server.openSocket,
    clock,
    ...options,
  });
  const say = async (text: string): Promise<SpokenAudio[]> => {
    const pieces: SpokenAudio[] = [];
    for await (const piece of speak(text, { signal: abort.signal })) pieces.push(piece);
    return pieces;
  };
  return { server, clock, abort, speak, say };
}

test("sentence after sentence is spoken on one connection, each with its words", async () => {
  const words = { type: "output_alignment", words: [{ word: "Hello.", start: 0, end: 0.5 }], session_id: "s" };
  const { server, say, abort } = rigOf((socket) => answering(socket, words, audio(1, 2), audio(3), DONE), {
    model: "cartesia/sonic-3:a-voice",
    language: "en",
    extra: { speed: 1.5 },
    sampleRateHz: 16_000,
  });
  const pieces = [
    { samples: new Int16Array(0), rateHz: 16_000, words: [{ word: "Hello.", startMs: 0, endMs: 500 }] },
    { samples: Int16Array.of(1, 2), rateHz: 16_000 },
    { samples: Int16Array.of(3), rateHz: 16_000 },
  ];
  expect(await say("Hello.")).toEqual(pieces);
  expect(await say("Again.")).toEqual(pieces);
  expect(server.sockets).toHaveLength(1);
  expect(server.socket.url).toBe("wss://gateway.test/v1/tts?model=cartesia%2Fsonic-3");
  expect(server.socket.protocols).toEqual(["vivavoce", "bearer.a-token"]);
  expect(server.socket.sent).toEqual([
    {
      type: "session.create",
      sample_rate: "16000",
      encoding: "pcm_s16le",
      extra: { speed: 1.5 },
      model: "cartesia/sonic-3",
      voice: "a-voice",
      language: "en",
    },
    { type: "input_transcript", transcript: "Hello. " },
    { type: "session.flush" },
    { type: "input_transcript", transcript: "Again. " },
    { type: "session.flush" },
  ]);
  expect(getEventListeners(abort.signal, "abort")).toEqual([]);
});

test("a voice that is given wins over that of the model's name; without either the model has its own", async () => {
  const named = rigOf((socket) => answering(socket, DONE), { model: "a/b:one", voice: "two" });
  await named.say("Hello.");
  expect(named.server.socket.sent[0]).toMatchObject({ model: "a/b", voice: "two" });
  const plain = rigOf((socket) => answering(socket, DONE));
  await plain.say("Hello.");
  expect(plain.server.socket.sent[0]).not.toHaveProperty("voice");
});

test("close() says goodbye; the next sentence makes a connection of its own", async () => {
  const { server, say, speak } = rigOf((socket) => answering(socket, audio(1), DONE));
  await say("Hello.");
  speak.close();
  speak.close();
  expect([server.socket.types.at(-1), server.socket.closeCode]).toEqual(["session.close", 1000]);
  await say("Again.");
  expect(server.sockets).toHaveLength(2);
});

test.each<[string, (rig: Rig) => void, boolean]>([
  ["is 300 s old", ({ clock }) => clock.advance(300_000), true],
  ["is nearly so", ({ clock }) => clock.advance(299_999), false],
  ["broke", ({ server }) => server.socket.drop(), true],
  ["was closed by the server for want of use", ({ server }) => server.socket.drop(1000, "idle"), true],
  ["was told an error", ({ server }) => server.socket.say({ type: "error", code: 4408, message: "idle" }), true],
  ["was told goodbye", ({ server }) => server.socket.say({ type: "session.closed" }), true],
  ["was told nonsense", ({ server }) => server.socket.say("hello"), true],
  ["still gets sound of the sentence before", ({ server }) => server.socket.say(audio(9)), true],
  ["is told what nobody knows", ({ server }) => server.socket.say({ type: "something_new" }), false],
])("a held connection that %s is replaced, or not, and no sentence is lost", async (_what, befall, isReplaced) => {
  const rig = rigOf((socket) => answering(socket, audio(1), DONE));
  await rig.say("Hello.");
  befall(rig);
  expect(await rig.say("Again.")).toEqual([{ samples: Int16Array.of(1), rateHz: 24_000 }]);
  expect(rig.server.sockets).toHaveLength(isReplaced ? 2 : 1);
  expect(rig.server.sockets.filter(({ readyState }) => readyState === OPEN)).toHaveLength(1);
});

test("two who speak at once have a connection each, and one of them is held", async () => {
  const { server, say } = rigOf((socket) => answering(socket, audio(1), DONE));
  await Promise.all([say("One."), say("Two.")]);
  expect(server.sockets.map(({ readyState }) => readyState === OPEN)).toEqual([false, true]);
  await say("Three.");
  expect(server.sockets).toHaveLength(2);
});

test.each<[string, readonly Reply[], string, unknown]>([
  ["refuses the token", [{ type: "error", code: 4401, message: "expired" }, closeWith(4401)], "token-rejected", 4401],
  ["closes with 4401", [closeWith(4401, "expired")], "token-rejected", 4401],
  ["has no voice", [{ type: "error", code: 4503, message: "no voice" }], "gateway-unavailable", 4503],
  ["closes with 4503", [closeWith(4503)], "gateway-unavailable", 4503],
  ["knows no such model", [{ type: "error", code: 4404, message: "no such model" }], "gateway-rejected", 4404],
  ["breaks in mid-sentence", [audio(1), closeWith(1006)], "gateway-lost", undefined],
  ["closes in mid-sentence", [audio(1), closeWith(1000)], "gateway-lost", undefined],
  ["ends the session", [audio(1), { type: "session.closed" }], "gateway-lost", undefined],
  ["sends base64 rubbish", [{ type: "output_audio", audio: "!!!!" }], "protocol-violated", undefined],
  ["sends half a sample", [{ type: "output_audio", audio: "AQD/" }], "protocol-violated", undefined],
  ["sends text", ["hello"], "protocol-violated", undefined],
  ["sends bytes", [new Uint8Array(8)], "protocol-violated", undefined],
])(
  "a server that %s is a typed error, and the next sentence is spoken anew",
  async (_what, replies, code, gatewayCode) => {
    const rig = rigOf((socket, index) => answering(socket, ...(index === 0 ? replies : [audio(7), DONE])));
    await expect(rig.say("Hello.")).rejects.toMatchObject({ name: "VoiceError", code, gatewayCode });
    expect(rig.server.socket.readyState).not.toBe(OPEN);
    expect(getEventListeners(rig.abort.signal, "abort")).toEqual([]);
    expect(await rig.say("Again.")).toHaveLength(1);
  },
);

test("what came before a failure was given", async () => {
  const { speak, abort } = rigOf((socket) => answering(socket, audio(1), audio(2), closeWith(1006)));
  const got: number[] = [];
  await expect(
    (async () => {
      for await (const { samples } of speak("Hello.", { signal: abort.signal })) got.push(...samples);
    })(),
  ).rejects.toMatchObject({ code: "gateway-lost" });
  expect(got).toEqual([1, 2]);
});

test("a refused connection is unreachable, a token that does not come its own error", async () => {
  const refused = rigOf((socket) => queueMicrotask(() => socket.drop()));
  await expect(refused.say("Hello.")).rejects.toMatchObject({ code: "gateway-unreachable" });
  const token = (): Promise<never> => Promise.reject(new Error("HTTP 500"));
  const without = rigOf((socket) => answering(socket, DONE), { token });
  await expect(without.say("Hello.")).rejects.toMatchObject({ code: "token-failed" });
  expect(without.server.sockets).toEqual([]);
});

test.each<[string, (socket: ScriptedSocket) => void]>([
  ["while opening", () => undefined],
  ["right after opening", (socket) => socket.accept()],
  ["in mid-sentence", (socket) => answering(socket, audio(1))],
])("aborting %s gives the reason, and leaves no open socket and no listener", async (_what, arrange) => {
  const { server, say, abort } = rigOf(arrange);
  const saying = say("Hello.");
  saying.catch(() => undefined);
  await settled();
  const reason = new Error("interrupted");
  abort.abort(reason);
  await expect(saying).rejects.toBe(reason);
  expect(server.socket.readyState).not.toBe(OPEN);
  expect(server.socket.closeCode).toBeDefined();
  expect(getEventListeners(abort.signal, "abort")).toEqual([]);
});

test("aborting while the token is fetched opens nothing", async () => {
  const { server, say, abort } = rigOf(() => undefined, { token: () => new Promise(() => undefined) });
  const saying = say("Hello.");
  abort.abort("interrupted");
  await expect(saying).rejects.toBe("interrupted");
  expect(server.sockets).toEqual([]);
});

test("who reads no further ends the connection, so that no sound of it meets the next sentence", async () => {
  const { server, speak, say, abort } = rigOf((socket, index) =>
    answering(socket, ...(index === 0 ? [audio(1)] : [audio(7), DONE])),
  );
  for await (const piece of speak("Hello.", { signal: abort.signal })) {
    expect(piece.samples).toEqual(Int16Array.of(1));
    break;
  }
  expect(server.socket.readyState).not.toBe(OPEN);
  server.socket.say(audio(2), DONE);
  expect(await say("Again.")).toEqual([{ samples: Int16Array.of(7), rateHz: 24_000 }]);
});

test.each<[Partial<Record<keyof LivekitTtsOptions, unknown>>, Error]>([
  [{ model: "" }, new TypeError('tts.model must be "provider/model" or "provider/model:voice", got ""')],
  [{ token: "secret" }, new TypeError("tts.token must be a function that fetches a token")],
  [{ sampleRateHz: 7_999 }, new RangeError("tts.sampleRateHz must be a whole number in [8000, 48000], got 7999")],
  [{ sampleRateHz: 24_000.5 }, RangeError as never],
  [{ url: "ftp://a" }, new TypeError('tts.url must be an http or ws URL, absolute or of this page, got "ftp://a"')],
])("bad options fail at once and say why: %j", (options, error) => {
  expect(() => rigOf(() => undefined, options as Partial<LivekitTtsOptions>)).toThrow(error);
});
