import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import { MODEL_FOLDER } from "../pocketsphinx/installation.ts";
import { WireClient } from "../testing/wire-client.ts";
import { SpeakerProcess } from "./speaker-process.ts";
import { Synthesizer } from "./synthesizer.ts";
import type { SpeechRequest } from "./synthesizer.ts";
import type { SpokenWord } from "./word-times.ts";

const isInstalled = spawnSync("espeak-ng", ["--version"]).status === 0;

describe.skipIf(!isInstalled)("the voice (needs espeak-ng)", () => {
  let synthesizer: Synthesizer;
  beforeAll(() => (synthesizer = new Synthesizer({ maxSpeakers: 2 })));
  afterAll(() => synthesizer.close());

  async function speak(text: string, request: SpeechRequest = {}): Promise<Int16Array> {
    const chunks: Int16Array[] = [];
    for await (const chunk of synthesizer.synthesize(text, request)) chunks.push(chunk);
    return Int16Array.from(chunks.flatMap((chunk) => [...chunk]));
  }

  async function wordsOf(text: string): Promise<SpokenWord[]> {
    const words: SpokenWord[] = [];
    await speak(text, { onWord: (word) => void words.push(word) });
    return words;
  }

  it("tells each word of the text as it stands there, in order, within the sound", async () => {
    const text = "Wait, “Zoë” — it's 25 o'clock; 🎉 then 1,234.5 done.";
    const words = await wordsOf(text);
    expect(words.map((word) => word.text)).toEqual([
      "Wait,",
      "“Zoë”",
      "it's",
      "25",
      "o'clock;",
      "🎉",
      "then",
      "1,234.5",
      "done.",
    ]);
    for (const [index, { startMs, endMs }] of words.entries()) {
      expect(startMs).toBeGreaterThanOrEqual(words[index - 1]?.endMs ?? 0);
      expect(endMs).toBeGreaterThan(startMs);
    }
  });

  it("words are where the sound is: the pause between two sentences is in neither", async () => {
    const words: SpokenWord[] = [];
    const samples = await speak("Stop. Go.", { rateHz: 16_000, onWord: (word) => void words.push(word) });
    const loudness = (fromMs: number, toMs: number): number => {
      const part = samples.subarray(fromMs * 16, toMs * 16);
      return Math.sqrt(part.reduce((sum, sample) => sum + sample ** 2, 0) / part.length);
    };
    const [stop, go] = words;
    if (stop === undefined || go === undefined) throw new Error("Two words were said");
    const pause = loudness(stop.endMs + 40, go.startMs - 40);
    for (const { startMs, endMs } of [stop, go]) expect(loudness(startMs, endMs)).toBeGreaterThan(20 * pause);
  });

  it("twice the words per minute take half the time", async () => {
    const text = "Going forward ten meters and back again.";
    const [slow, fast] = [await speak(text, { wordsPerMinute: 120 }), await speak(text, { wordsPerMinute: 240 })];
    expect(slow.length / fast.length).toBeGreaterThan(1.6);
    expect(slow.length / fast.length).toBeLessThan(2.4);
  });

  test.each([
    ["", 0],
    [" \n ", 0],
    ["\u0000\ud800 … 🎉", 0],
  ])("%j is spoken without harm", async (text, least) => {
    expect((await speak(text)).length).toBeGreaterThanOrEqual(least);
  });

  it("more texts than voices are spoken one after another, and all of them", async () => {
    const lengths = await Promise.all(Array.from({ length: 8 }, async () => (await speak("Hello there.")).length));
    expect(Math.min(...lengths)).toBeGreaterThan(0.9 * Math.max(...lengths));
    expect(synthesizer.pids.length).toBeLessThanOrEqual(2);
  });

  it("who leaves gets the signal's reason, at the first chunk or while waiting for a turn", async () => {
    const ending = new AbortController();
    const { signal } = ending;
    const long = "Going forward ten meters and back again, ".repeat(40);
    const asked = Array.from({ length: 4 }, () => speak(long, { signal }));
    ending.abort("enough");
    for (const outcome of await Promise.allSettled(asked))
      expect(outcome).toEqual({ status: "rejected", reason: "enough" });
    expect((await speak("Still here.")).length).toBeGreaterThan(0);
  });

  test.each<[string, string, SpeechRequest, string]>([
    ["a voice that there is", "Hi.", { voice: "nobody" }, "unknown-model"],
    ["a voice, not a path", "Hi.", { voice: "gmw/en-US" }, "unknown-model"],
    ["a rate that can be had", "Hi.", { rateHz: 23_999 }, "unsupported-format"],
    ["a text of at most 2000 characters", "a".repeat(2_001), {}, "too-large"],
  ])("wants %s", async (_, text, request, reason) => {
    await expect(speak(text, request)).rejects.toMatchObject({ reason });
    expect((await speak("Still here.")).length).toBeGreaterThan(0);
  });

  it("after its end there is no process, and nobody speaks", async () => {
    const closing = new Synthesizer({ maxSpeakers: 1 });
    const chunks = closing.synthesize("Going forward. ".repeat(20));
    await chunks.next();
    const { pids } = closing;
    await closing.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    await expect(closing.synthesize("Hi.").next()).rejects.toMatchObject({ reason: "full" });
  });

  it.skipIf(!existsSync(MODEL_FOLDER))(
    "the recogniser can tell what it says",
    async () => {
      const gateway = await createGateway({ warm: 1 });
      const client = await WireClient.open(gateway);
      const texts = ["going forward ten meters", "you said go forward", "the weather here is sunny"];
      for (const text of texts) {
        client.speak(await speak(`${text}.`, { rateHz: 16_000, wordsPerMinute: 140 }));
        client.speak(new Int16Array(4_800));
        client.send({ type: "session.finalize" });
      }
      await client.next("session.finalized", texts.length);
      const heard = client.finals();
      client.socket.terminate();
      await gateway.close();
      expect(heard).toHaveLength(texts.length);
      for (const [index, final] of heard.entries()) {
        // It is a small recogniser, and this is no human voice: about every other word is right.
        const right = texts.map((text) => text.split(" ").filter((word) => final.split(" ").includes(word)).length);
        expect(right[index], final).toBeGreaterThanOrEqual(2);
        expect(
          right.filter((count) => count >= (right[index] ?? 0)),
          final,
        ).toHaveLength(1);
      }
    },
    90_000,
  );
});

describe("a voice that cannot be", () => {
  const folder = mkdtempSync(join(tmpdir(), "vivavoce-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function failureOf(script: string): Promise<unknown> {
    const file = join(folder, `${Math.random()}.mjs`);
    writeFileSync(file, script);
    const speaker = new SpeakerProcess(pathToFileURL(file));
    const speech = speaker.speak({ text: "Hi.", voice: "en-us", rateHz: 24_000, wordsPerMinute: 175 }, () => undefined);
    const failure = await speech
      .chunks(undefined)
      .next()
      .catch((error: unknown) => error);
    expect(speaker.isAlive).toBe(false);
    await speaker.exited();
    return failure;
  }

  it("that is not installed says what to install", async () => {
    const script = 'process.send({ type: "missing", message: "no such library" }); process.disconnect();';
    expect(await failureOf(script)).toMatchObject({
      reason: "synthesizer-missing",
      message: expect.stringMatching(/no such library.*apt-get install .*espeak-ng.*npm install koffi/),
    });
  });

  it("that dies at once is lost", async () => {
    expect(await failureOf("process.exit(3);")).toMatchObject({ reason: "synthesizer-lost" });
  });
});
