import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { AlignedWord, TtsServerMessage } from "../../src/agent/livekit/wire.ts";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { FrameClient } from "../testing/frame-client.ts";

const isInstalled = spawnSync("espeak-ng", ["--version"]).status === 0;
const MODEL = "espeak-ng/en-us";
/** espeak-ng never says the same thing twice in quite the same time. */
const JITTER_SECONDS = 0.04;
const create = { type: "session.create", sample_rate: "24000", encoding: "pcm_s16le", extra: {} };
const say = (transcript: string, generation_config: object = {}): object => ({
  type: "input_transcript",
  transcript,
  generation_config,
  extra: {},
});
const flush = { type: "session.flush" };
const close = { type: "session.close" };

/** Sends messages, each as JSON unless it is text already. */
function send(client: FrameClient, ...messages: readonly (object | string)[]): void {
  for (const message of messages) client.send(typeof message === "string" ? message : JSON.stringify(message));
}

function read(client: FrameClient): TtsServerMessage[] {
  return client.received.map((text) => JSON.parse(String(text)) as TtsServerMessage);
}

/** All that came until the `count`th `done`. */
async function until(client: FrameClient, count: number): Promise<TtsServerMessage[]> {
  for (let seen = 0, done = 0; done < count; seen++) {
    const text = (await client.frames(seen + 1))[seen];
    if (String(text).startsWith('{"type":"done"')) done += 1;
  }
  return read(client);
}

function soundOf(messages: readonly TtsServerMessage[]): Int16Array {
  const parts = messages.flatMap((message) =>
    message.type === "output_audio" ? [Buffer.from(message.audio, "base64")] : [],
  );
  const bytes = Buffer.concat(parts);
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
}

function wordsOf(messages: readonly TtsServerMessage[]): AlignedWord[] {
  return messages.flatMap((message) => (message.type === "output_alignment" ? (message.words ?? []) : []));
}

describe.skipIf(!isInstalled)("text to speech (needs espeak-ng)", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await createGateway({
      warm: 0,
      maxSpeakers: 2,
      modelAliases: { "cartesia/sonic-3": MODEL },
    });
  });
  afterAll(() => gateway.close());
  const connect = (query = `?model=${MODEL}`): Promise<FrameClient> => FrameClient.connect(gateway, `/v1/tts${query}`);

  it("speaks each sentence, tells its words with their times, and answers each flush once", async () => {
    const client = await connect();
    send(client, create, say("Going forward ten meters. "), say("And "), say("back again."), flush, flush);
    send(client, say("Now stop"), flush, close);
    expect(await client.closed).toMatchObject({ code: 1000 });
    const messages = read(client);
    const types = messages.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(types[0]).toBe("session.created");
    expect(types.at(-1)).toBe("session.closed");
    expect(messages.filter(({ type }) => type === "done")).toHaveLength(3);
    expect(new Set(messages.map((message) => ("session_id" in message ? message.session_id : ""))).size).toBe(1);

    const firstDone = messages.findIndex(({ type }) => type === "done");
    const [first, second] = [messages.slice(0, firstDone), messages.slice(firstDone)];
    const text = (words: readonly AlignedWord[]): string => words.map(({ word }) => word).join(" ");
    expect(text(wordsOf(first))).toBe("Going forward ten meters. And back again.");
    expect(text(wordsOf(second))).toBe("Now stop");
    expect(wordsOf(second)[0]?.start).toBeLessThan(0.2); // a segment's times begin anew
    for (const part of [first, second]) {
      const words = wordsOf(part);
      for (const [index, { start, end }] of words.entries()) {
        expect(start).toBeGreaterThanOrEqual(words[index - 1]?.end ?? 0);
        expect(end).toBeGreaterThan(start);
      }
      expect(words.at(-1)?.end).toBeLessThanOrEqual(soundOf(part).length / 24_000);
    }
  });

  it("speaks a whole sentence before the flush", async () => {
    const client = await connect();
    send(client, create, say("Going forward."));
    while (soundOf(read(client)).length < 12_000) await client.frames(client.received.length + 1);
    expect(read(client).filter(({ type }) => type === "done")).toEqual([]);
    client.socket.terminate();
  });

  test.each([8_000, 16_000, 22_050, 44_100, 48_000])("the same text lasts as long at %i Hz", async (rateHz) => {
    const reference = await connect();
    send(reference, create, say("Going forward ten meters."), flush);
    const seconds = soundOf(await until(reference, 1)).length / 24_000;
    reference.socket.terminate();
    const client = await connect();
    send(client, { ...create, sample_rate: String(rateHz) }, say("Going forward ten meters."), flush);
    expect(Math.abs(soundOf(await until(client, 1)).length / rateHz - seconds)).toBeLessThan(JITTER_SECONDS);
    client.socket.terminate();
  });

  it("an alias speaks with its own voice, whatever the client calls a voice; a sentence may ask for another", async () => {
    const client = await connect("?model=cartesia/sonic-3");
    send(client, { ...create, voice: "a voice of another provider" }, say("Eins zwei drei vier."), flush);
    const aliased = soundOf(await until(client, 1)).length;
    send(client, say("Eins zwei drei vier.", { model: "espeak-ng", voice: "de" }), flush);
    const german = soundOf(await until(client, 2)).length - aliased;
    const plain = await connect();
    send(plain, create, say("Eins zwei drei vier."), flush);
    const english = soundOf(await until(plain, 1)).length;
    expect(Math.abs(english - aliased)).toBeLessThan(JITTER_SECONDS * 24_000);
    expect(Math.abs(german - aliased)).toBeGreaterThan(JITTER_SECONDS * 24_000);
    for (const { socket } of [client, plain]) socket.terminate();
  });

  test.each<[string, (object | string)[], number]>([
    ["nothing before session.create", [say("Hello.")], 4409],
    ["one session.create", [create, create], 4409],
    ["JSON", [create, "{"], 4400],
    ["an object", ["[]"], 4400],
    ["a type", [{}], 4400],
    ["a type of the protocol", [create, { type: "input_audio", audio: "" }], 4422],
    ["a transcript", [create, { type: "input_transcript" }], 4400],
    ["text for a transcript", [create, { type: "input_transcript", transcript: 7 }], 4400],
    ["text for a voice", [{ ...create, voice: 7 }], 4400],
    ["an object for extra", [{ ...create, extra: [] }], 4400],
    [
      "an object for generation_config",
      [create, { type: "input_transcript", transcript: "", generation_config: 1 }],
      4400,
    ],
    ["a rate that there is", [{ ...create, sample_rate: "23999" }], 4424],
    ["a whole rate", [{ ...create, sample_rate: "24e3" }], 4424],
    ["16-bit samples", [{ ...create, encoding: "mp3" }], 4424],
    ["a model that there is", [{ ...create, model: "acme/one" }], 4404],
    ["a voice that there is", [{ ...create, voice: "nobody" }, say("Hello."), flush], 4404],
    ["a voice, not a path", [{ ...create, voice: "../../etc/passwd" }, say("Hello."), flush], 4404],
    ["sentences of at most 2000 characters", [create, say("a ".repeat(1_001)), flush], 4413],
    ["messages of at most 1 MiB", [create, say("a".repeat(2 ** 20))], 4413],
  ])("wants %s", async (_, messages, code) => {
    const client = await connect();
    send(client, ...messages);
    expect(await client.failure()).toMatchObject({ code, closeCode: code });
  });

  it("a binary frame ends the session with 4400", async () => {
    const client = await connect();
    send(client, create);
    client.send(Buffer.from([1]));
    expect(await client.failure()).toMatchObject({ code: 4400 });
  });

  it("without a model, or with another provider's, there is no voice: 4404, and the message says who there is", async () => {
    for (const query of ["", "?model=acme/one"]) {
      const client = await connect(query);
      send(client, create);
      expect(await client.failure()).toMatchObject({
        code: 4404,
        message: expect.stringContaining("espeak-ng/<voice>"),
      });
    }
  });

  it("a voice that dies in mid-sentence fails its own session with 4510, and the next one speaks", async () => {
    const client = await connect();
    send(client, create, say(`${"Going forward ten meters and back again, ".repeat(40)}stop.`));
    await client.frames(2);
    for (const pid of gateway.speakerPids) process.kill(pid, "SIGKILL");
    expect(await client.failure()).toMatchObject({ code: 4510, closeCode: 4510 });
    const next = await connect();
    send(next, create, say("Hello."), flush);
    expect(soundOf(await until(next, 1)).length).toBeGreaterThan(0);
    next.socket.terminate();
  });

  it("holds a client back that does not read, and keeps what it is owed", async () => {
    const client = await connect();
    client.socket.pause();
    send(client, create);
    const SENTENCES = 100;
    const sentence = "Going forward ten meters and back again. ";
    for (let count = 0; count < SENTENCES; count++) send(client, say(sentence));
    send(client, flush);
    const other = await connect();
    send(other, create, say(sentence), flush); // the voice is not taken by who does not read
    const seconds = soundOf(await until(other, 1)).length / 24_000;
    client.socket.resume();
    const all = soundOf(await until(client, 1)).length / 24_000;
    expect(Math.abs(all - SENTENCES * seconds)).toBeLessThan(SENTENCES * JITTER_SECONDS);
    for (const { socket } of [client, other]) socket.terminate();
  });
});

it("a gateway that is closed in mid-sentence says goodbye and leaves no process behind", async () => {
  const gateway = await createGateway({ warm: 0 });
  const client = await FrameClient.connect(gateway, `/v1/tts?model=${MODEL}`);
  send(client, create, say("Going forward ten meters."));
  await client.frames(1);
  const pids = gateway.speakerPids;
  await gateway.close();
  expect((await client.closed).code).toBe(1001);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

it("who says nothing is told 2007, and closed with 1000", async () => {
  const gateway = await createGateway({ warm: 0, idleLimitMs: 20 });
  const client = await FrameClient.connect(gateway, `/v1/tts?model=${MODEL}`);
  expect(await client.failure()).toMatchObject({ code: 2007, closeCode: 1000 });
  await gateway.close();
});
