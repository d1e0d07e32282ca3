import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { createGateway, type Gateway } from "../gateway/index.ts";
import { SphinxDecoder } from "../gateway/pocketsphinx/decoder.ts";
import { toPcm16 } from "../src/audio/pcm16.ts";
import { offlineSession, type OfflineSession } from "./offline-session.ts";
import { COMMANDS, joined, loadSpeech, NOVELS, SHARED, SHARED_SPEECH, silence } from "./speech.ts";
import { compareWords, wordsIn } from "./word-error-rate.ts";

/** What every decoder of the gateway hears first, so that all are equally warm. */
const WARM_UP = "librivox/sense_and_sensibility_01_austen_64kb-0880.wav";
const SILENCE_BEFORE_MS = 1_000;
const UNKNOWN_MODEL = "somebody/unknown";
/** Stands for {@link spacedCommands} where recordings have names. */
const SPACED = "commands, spaced";
/** A recording with the places of its words. */
const ALIGNED = join(SHARED_SPEECH, "ps_sense0870.wav");

test.describe.configure({ mode: "default", timeout: 300_000 });

let gateway: Gateway;
test.beforeAll(async () => {
  gateway = await createGateway({ defaultEngine: "pocketsphinx", warm: 2 });
});
test.afterAll(() => gateway.close());

/** A recording heard with and without a gate. */
interface Heard {
  readonly gated: OfflineSession;
  readonly ungated: OfflineSession;
}

const hearings = new Map<string, Promise<Heard>>();

/** Hears a recording both ways at the same time, once for all tests. */
function heardOf(name: string, model?: string): Promise<Heard> {
  const key = `${name} ${model}`;
  const known = hearings.get(key) ?? hearBoth(name, model);
  hearings.set(key, known);
  return known;
}

async function hearBoth(name: string, model?: string): Promise<Heard> {
  const recording = await (name === SPACED ? spacedCommands() : padded(name));
  const options = model === undefined ? {} : { model };
  const [gated, ungated] = await Promise.all([
    offlineSession(gateway, recording, options),
    offlineSession(gateway, recording, { ...options, gate: "always" }),
  ]);
  return { gated, ungated };
}

async function padded(file: string): Promise<Float32Array> {
  return joined(silence(SILENCE_BEFORE_MS / 1_000), await loadSpeech(file), silence(3));
}

/** Commands with three seconds of silence around each. */
async function spacedCommands(): Promise<Float32Array> {
  const parts = await Promise.all(COMMANDS.map(({ file }) => loadSpeech(file)));
  return joined(...parts.flatMap((part) => [silence(3), part]), silence(3));
}

test("(a) the text of a gated session is what the bare recogniser hears on exactly the samples sent", async () => {
  for (const name of [SPACED, ...[...NOVELS, ...SHARED].map(({ file }) => file)]) {
    const { gated } = await heardOf(name);
    const cuts = [...new Set([...gated.flushedAt, ...gated.finals.map(({ endSample }) => endSample)])];
    const bare = await bareTexts(
      gated.pcm,
      cuts.toSorted((a, b) => a - b),
    );
    expect(bare.filter((text) => text !== "")).toEqual(gated.finals.map(({ text }) => text));
    expect(bare.join(" ").trim()).not.toBe("");
  }
});

test("(b) every word of an aligned recording lies inside what was sent", async () => {
  test.skip(!existsSync(SHARED_SPEECH), "the aligned recording is not beside this checkout");
  const bare = await offlineSession(gateway, await loadSpeech(ALIGNED));
  const { gated } = await heardOf(ALIGNED);
  for (const [{ summary }, startsAtMs] of [
    [bare, 0],
    [gated, SILENCE_BEFORE_MS],
  ] as const) {
    const outside = alignedWords(startsAtMs).filter(
      ({ startMs, endMs }) => !summary.sent.some(([from, to]) => from <= startMs && endMs <= to),
    );
    expect(outside).toEqual([]);
  }
});

for (const { file, text } of COMMANDS) {
  test(`(c) ${file} is "${text}", gated or not, with a model that takes a flush or one that does not`, async () => {
    for (const model of [undefined, UNKNOWN_MODEL]) {
      for (const [gate, { summary }] of Object.entries(await heardOf(file, model))) {
        expect(summary.transcript, `${gate}, ${model}`).toBe(text);
      }
    }
  });
}

test("(d) a word recognised right starts within 100 ms of its place, though silence was not sent", async () => {
  const { gated, ungated } = await heardOf(SPACED);
  expect(gated.summary.sentMs).toBeLessThan(0.8 * ungated.summary.sentMs);
  expectNear("commands, against the ungated session", ungated.summary.words, gated.summary.words);
  if (!existsSync(SHARED_SPEECH)) return; // the aligned recording is not beside this checkout
  const { words } = (await heardOf(ALIGNED)).gated.summary;
  expectNear("ps_sense0870, against its alignment", alignedWords(SILENCE_BEFORE_MS), words);
});

test("(e) word error rates, gated and ungated", async () => {
  const rows: string[] = [];
  const total = { said: 0, gated: 0, ungated: 0 };
  for (const { file, text } of [...COMMANDS, ...NOVELS, ...SHARED]) {
    const said = wordsIn(text);
    const { gated, ungated } = await heardOf(file);
    const errors = [gated, ungated].map(({ summary }) => compareWords(said, wordsIn(summary.transcript)).errors);
    total.said += said.length;
    total.gated += errors[0]!;
    total.ungated += errors[1]!;
    rows.push(
      `${file.slice(-36).padEnd(38)}${String(said.length).padStart(6)}${errors.map((n) => String(n).padStart(9)).join("")}`,
    );
  }
  const percent = (errors: number): string => `${((100 * errors) / total.said).toFixed(1)} %`.padStart(9);
  console.log(`recording                              words    gated  ungated (errors)\n${rows.join("\n")}`);
  console.log(`word error rate                             ${percent(total.gated)}${percent(total.ungated)}`);
  expect(total.gated).toBeLessThanOrEqual(total.ungated + 0.05 * total.said);
});

test("(f) every captured sample between the gate's openings and closings arrives exactly once", async () => {
  const recording = await spacedCommands();
  const { events } = await offlineSession(gateway, recording, { model: "ledger" });
  const captured = toPcm16(recording);
  const between = events.flatMap((event) =>
    event.type === "segment-closed" ? [captured.subarray(event.startMs * 16, event.endMs * 16)] : [],
  );
  expect(between.length).toBe(COMMANDS.length);
  const ledger = gateway.ledgers.at(-1)!;
  const lengthSamples = between.reduce((sum, { length }) => sum + length, 0);
  await expect.poll(() => ledger.receivedSamples).toBe(lengthSamples); // the last second is still on its way
  expect(Buffer.concat(between.map(bytesOf)).equals(bytesOf(ledger.pcm()))).toBe(true);
});

function bytesOf(pcm: Int16Array): Buffer {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

interface TimedWord {
  readonly word: string;
  readonly startMs: number;
}

/** Prints how far the words that both lists hold are apart, and expects each to be near. */
function expectNear(what: string, said: readonly TimedWord[], heard: readonly TimedWord[]): void {
  const { matches } = compareWords(
    said.map(({ word }) => word),
    heard.map(({ word }) => word),
  );
  const apart = matches.map(([a, b]) => Math.abs(said[a]!.startMs - heard[b]!.startMs)).toSorted((a, b) => a - b);
  const median = apart[Math.floor(apart.length / 2)] ?? Number.NaN;
  const max = apart.at(-1) ?? Number.NaN;
  console.log(
    `${what}: ${matches.length} of ${said.length} words, ${median.toFixed(0)} ms apart in the median, ${max.toFixed(0)} ms at most`,
  );
  expect(matches.length).toBeGreaterThan(said.length / 2);
  expect(max).toBeLessThanOrEqual(100);
}

function alignedWords(startsAtMs: number): (TimedWord & { readonly endMs: number })[] {
  const alignment = JSON.parse(readFileSync(join(SHARED_SPEECH, "ps_sense0870.json"), "utf8")) as {
    readonly w: readonly { readonly b: number; readonly d: number; readonly t: string }[];
  };
  return alignment.w
    .filter(({ t }) => !t.startsWith("<"))
    .map(({ b, d, t }) => ({
      word: t.replace(/\(\d+\)$/, ""),
      startMs: startsAtMs + b * 1000,
      endMs: startsAtMs + (b + d) * 1000,
    }));
}

/** What PocketSphinx itself hears between the cuts, warmed as the gateway's decoders are. */
async function bareTexts(pcm: Int16Array, cuts: readonly number[]): Promise<string[]> {
  const decoder = await SphinxDecoder.create();
  const decode = (samples: Int16Array): string => {
    decoder.start();
    for (let at = 0; at < samples.length; at += 160) decoder.feed(samples.slice(at, at + 160));
    decoder.end();
    const words = decoder.words().map(({ text }) => text.replace(/\(\d+\)$/, ""));
    return words.filter((word) => !/^(<.*>|\[.*\]|\+\+.*\+\+)$/.test(word)).join(" ");
  };
  decode(toPcm16(await loadSpeech(WARM_UP)));
  return cuts.map((cut, index) => decode(pcm.subarray(cuts[index - 1] ?? 0, cut)));
}
