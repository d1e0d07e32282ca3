import { expect, test } from "@playwright/test";
import { AppPage, ofType } from "./app-page.ts";
import { recognised } from "./recognised.ts";
import { loadSpeech } from "./speech.ts";
import { compareWords, wordsIn } from "./word-error-rate.ts";

const GO_FORWARD = { text: "go forward ten meters", speech: (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16) };
const SOMETHING = { text: "go somewhere and do something", speech: await loadSpeech("something.raw") };
/** Rate of the page's context, in Hz. */
const CONTEXT_HZ = 48_000;

/** Who answers, and how turns are taken for it. */
const AGENTS = [
  ["cascade", { kind: "cascade" }, {}],
  ["realtime, with local turns", { kind: "realtime" }, { model: null }],
] as const;

let app: AppPage;
test.beforeAll(async () => void (app = await AppPage.open()));
test.afterAll(() => app[Symbol.asyncDispose]());
test.afterEach(() => app.stop());

interface Wishes {
  readonly agent: Readonly<Record<string, unknown>>;
  readonly turns?: Readonly<Record<string, unknown>> | false;
}

async function begin({ agent, turns = {} }: Wishes, options: Readonly<Record<string, unknown>> = {}) {
  const taking = turns && { aecWarmupMs: 0, preemptiveGeneration: { enabled: false }, ...turns };
  await app.session({ speaks: true, rate: CONTEXT_HZ, agent, ...(taking && { turns: taking }), ...options });
  expect(await app.start()).toBeUndefined();
  await app.recordOutput();
  await app.hear(300);
}

const measured: string[] = [];
test.afterAll(() => measured.forEach((line) => console.log(line)));

function wordsOf(text: string): string[] {
  return wordsIn(text.toLowerCase().replaceAll(/[^a-z' ]/g, " "));
}

test("a human voice comes out as it went in: every word is recognised again", async () => {
  await begin({ agent: { kind: "recording", text: SOMETHING.text, samples: Array.from(SOMETHING.speech) } });
  await app.say(GO_FORWARD.speech);
  const [ended] = await app.told("agent-speech-ended");
  expect(ended).toMatchObject({ isInterrupted: false, heardText: SOMETHING.text });
  expect(ended!.heardMs).toBeCloseTo(SOMETHING.speech.length / 16, 3);
  expect(await recognised(app.gateway, await app.recorded(), CONTEXT_HZ)).toBe(SOMETHING.text);
});

for (const [name, agent, options] of AGENTS) {
  test(`real speech is answered by a voice, whose words are the answer's: ${name}`, async () => {
    await begin({ agent }, options);
    await app.say(GO_FORWARD.speech);
    const [ended] = await app.told("agent-speech-ended");
    expect(ended).toMatchObject({ isInterrupted: false });
    const heard = await recognised(app.gateway, await app.recorded(), CONTEXT_HZ);
    const { matches } = compareWords(wordsOf(ended!.heardText), wordsOf(heard));
    measured.push(`${name}: answered "${ended!.heardText}", heard "${heard}"`);
    // A small recogniser, and a voice that is no human's: of the voice itself, unplayed, it hears about half the words.
    expect(matches.length / wordsOf(ended!.heardText).length).toBeGreaterThanOrEqual(0.5);
    expect((await app.recorded()).length / CONTEXT_HZ).toBeCloseTo(ended!.heardMs / 1_000, 1);
    const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
    expect(items.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(items[0]!.text).toBe(GO_FORWARD.text);
    const [metrics] = ofType(await app.events(), "agent-metrics");
    measured.push(
      `${name}: end of turn to first sound ${Math.round(metrics!.metrics.firstSoundMs!)} ms, all of it cold`,
    );
    expect(metrics!.metrics.underruns).toBe(0);
  });

  test(`speech in mid-answer stops it, and it is cut where it was rendered: ${name}`, async () => {
    await begin({ agent: { ...agent, model: "rules/long" } }, options);
    await app.say(GO_FORWARD.speech);
    await app.told("agent-speech-started");
    await app.page.waitForTimeout(1_500);
    await app.say(SOMETHING.speech);
    const [ended] = await app.told("agent-speech-ended");
    expect(ended!.isInterrupted).toBe(true);
    await app.page.waitForTimeout(200); // the recorder tells in stretches of 40 ms
    const recordedMs = ((await app.recorded()).length * 1_000) / CONTEXT_HZ;
    const errorSamples = Math.round(((ended!.heardMs - recordedMs) * CONTEXT_HZ) / 1_000);
    const [{ metrics } = { metrics: undefined }] = await app.told("agent-metrics");
    measured.push(
      `${name}: silent ${metrics!.interruptionToSilenceMs} ms after the decision; cut ${errorSamples} samples off`,
    );
    expect(metrics!.interruptionToSilenceMs).toBeLessThanOrEqual(20);
    // Speech itself begins and ends in samples of silence: those of a synthesizer are a few ms at most.
    expect(Math.abs(errorSamples)).toBeLessThanOrEqual(CONTEXT_HZ / 100);
    const cut = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])][1]!);
    expect(cut).toMatchObject({ role: "assistant", isInterrupted: true, heardText: ended!.heardText });
    expect(cut.text.startsWith(ended!.heardText)).toBe(true);
    expect(cut.text.length).toBeGreaterThan(ended!.heardText.length);
  });

  test(`sound without words pauses it, and it goes on where it was: ${name}`, async () => {
    const turns = { interruption: { falseInterruptionTimeoutMs: 400 } };
    await begin({ agent, turns }, { ...options, model: "script/empty-final" });
    await app.page.evaluate(() => window.app.session.sendText("say one two three four five six seven eight nine ten"));
    await app.told("agent-speech-started");
    await app.page.waitForTimeout(700);
    await app.say(SOMETHING.speech);
    await app.told("false-interruption");
    const [ended] = await app.told("agent-speech-ended");
    expect(ended).toMatchObject({ isInterrupted: false });
    const events = await app.events();
    expect(ofType(events, "agent-resumed")).toHaveLength(1);
    const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
    expect(items.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(items[1]!.heardText).toBeUndefined();
  });

  test(`the model's tools are called, and the answer says what they said: ${name}`, async () => {
    await begin({ agent }, options);
    await app.page.evaluate(() => window.app.session.sendText("what is the weather in paris"));
    await app.told("tool-result");
    const [ended] = await app.told("agent-speech-ended");
    expect(ended!.heardText).toMatch(/21|twenty one|clear/i);
    const [call] = ofType(await app.events(), "tool-call");
    expect(call).toMatchObject({ name: "get_weather" });
    const roles = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])].map(({ role }) => role));
    expect(roles).toEqual(["user", "tool", "assistant"]);
  });

  test(`the main thread is blocked for 500 ms at a time, and nothing is missing of the answer: ${name}`, async () => {
    await begin({ agent: { ...agent, model: "rules/long" } }, options);
    await app.page.evaluate(() => window.app.session.sendText("tell me a story"));
    await app.told("agent-speech-started");
    await app.page.waitForTimeout(500);
    await app.page.evaluate(async () => {
      for (let block = 0; block < 4; block++) {
        const until = performance.now() + 500;
        while (performance.now() < until);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    await app.page.evaluate(() => window.app.session.interrupt());
    const [ended] = await app.told("agent-speech-ended");
    const events = await app.events();
    measured.push(
      `${name}: ${ofType(events, "playback-underrun").length} underruns in ${Math.round(ended!.heardMs)} ms`,
    );
    expect(ofType(events, "playback-underrun")).toEqual([]);
    expect(ended!.heardMs).toBeGreaterThan(2_000);
  });
}
