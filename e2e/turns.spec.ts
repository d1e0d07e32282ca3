import { basename } from "node:path";
import { expect, test } from "@playwright/test";
import type { VoiceEventOf } from "../src/session/events.ts";
import type { TurnTakingOptions } from "../src/turns/turn-options.ts";
import { AppPage, ofType, textOf } from "./app-page.ts";
import { loadSpeech, SHARED } from "./speech.ts";

const GO_FORWARD = { text: "go forward ten meters", speech: (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16) };
const SEVEN = { text: "seven of clubs", speech: await loadSpeech("cards/003.wav") };
const SOMETHING = { text: "go somewhere and do something", speech: await loadSpeech("something.raw") };
/** Said one after another, each when the turn before is over: so a busy machine makes a test slower, not wrong. */
const SENTENCES = [GO_FORWARD, SEVEN, SOMETHING];
/** "go somewhere and", "do something". */
const [FIRST_HALF, SECOND_HALF] = [SOMETHING.speech.slice(0, 1_400 * 16), SOMETHING.speech.slice(1_400 * 16)];
/** Longer than a busy recogniser takes for the text of what was said. */
const LONG_MS = 10_000;

let app: AppPage;
test.beforeAll(async () => void (app = await AppPage.open()));
test.afterAll(() => app[Symbol.asyncDispose]());
test.afterEach(() => app.stop());

async function begin(turns: Omit<TurnTakingOptions, "detection"> & { detection?: string }, options = {}) {
  await app.session({ speaks: true, turns, ...options });
  expect(await app.start()).toBeUndefined();
  await app.hear(300);
}

type Turn = VoiceEventOf<"turn">;

function transcripts(turns: readonly Turn[]): string[] {
  return turns.map(({ transcript }) => transcript);
}

const measured = new Map<string, Turn["metrics"][]>();

function note(mode: string, turns: readonly Turn[]): void {
  measured.set(mode, [...(measured.get(mode) ?? []), ...turns.map(({ metrics }) => metrics)]);
}

function spread(values: readonly (number | undefined)[]): string {
  const sorted = values.map((ms = NaN) => Math.round(ms)).toSorted((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]} ms (${sorted[0]} to ${sorted.at(-1)})`;
}

// The recogniser shares the computer with the browser and whatever else runs: its share is told beside the whole.
test.afterAll(() => {
  for (const [mode, metrics] of measured) {
    const ends = spread(metrics.map(({ endOfTurnDelayMs }) => endOfTurnDelayMs));
    const texts = spread(metrics.map(({ transcriptionDelayMs }) => transcriptionDelayMs));
    console.log(`${mode}: end of turn ${ends} after the last word, its text ${texts}`);
  }
});

for (const [mode, turns] of [
  ["vad, 500 to 3000 ms", { detection: "vad" }],
  ["text cues, 500 to 3000 ms", { detection: "text-cues" }],
  ["stt, 500 to 3000 ms", { detection: "stt" }],
] as const) {
  test(`each sentence is a turn with its words: ${mode}`, async () => {
    await begin(turns);
    for (const [index, { speech }] of SENTENCES.entries()) {
      await app.say(speech);
      await app.told("turn", index + 1);
    }
    const told = await app.told("turn");
    expect(transcripts(told)).toEqual(SENTENCES.map(({ text }) => text));
    for (const { metrics } of told) {
      expect(metrics.endOfTurnDelayMs).toBeGreaterThanOrEqual(500);
      expect(metrics.endOfTurnDelayMs).toBeGreaterThanOrEqual(metrics.transcriptionDelayMs!);
    }
    note(mode, told);
  });
}

test("held to talk, each sentence is a turn with its words, and nothing else is sent", async () => {
  await begin({ detection: "manual" }, { gate: { policy: "manual" } });
  for (const { speech, text } of SENTENCES) {
    await app.page.evaluate(() => window.app.session.openGate());
    await app.say(speech);
    const committed = await app.page.evaluate(() => {
      window.app.session.closeGate();
      return window.app.session.commitUserTurn({ transcriptTimeoutMs: 20_000 });
    });
    expect(committed).toBe(text);
  }
  const told = await app.told("turn");
  expect(transcripts(told)).toEqual(SENTENCES.map(({ text }) => text));
  note("manual, held to talk", told);
  const events = await app.events();
  expect(ofType(events, "turn-pending")).toEqual([]);
  expect(ofType(events, "segment-closed")).toHaveLength(SENTENCES.length);
});

test("a pause that is shorter than the delay is part of the turn", async () => {
  await begin({ endpointing: { minDelayMs: LONG_MS } });
  await app.say(FIRST_HALF);
  const [first] = await app.told("turn-pending");
  expect(first).toMatchObject({ transcript: "go somewhere and", delayMs: LONG_MS });
  await app.say(SECOND_HALF);
  await app.told("turn-resumed");
  await app.told("turn-pending", 2);
  expect(await app.page.evaluate(() => window.app.session.commitUserTurn())).toBe(SOMETHING.text);
  expect(transcripts(await app.told("turn"))).toEqual([SOMETHING.text]);
});

test("text cues wait for the rest of an unfinished phrase, and not for more", async () => {
  await begin({ detection: "text-cues", endpointing: { minDelayMs: 300, maxDelayMs: LONG_MS } });
  await app.say(FIRST_HALF);
  await app.told("turn-pending", 2); // the silence, then what the detector says of it
  const pending = await app.told("turn-pending");
  expect(pending[1]).toMatchObject({ transcript: "go somewhere and", delayMs: LONG_MS, probability: 0.1 });
  await app.say(SECOND_HALF);
  const [turn] = await app.told("turn");
  expect(turn!.transcript).toBe("go somewhere and do something");
  expect(ofType(await app.events(), "turn-resumed").length).toBeGreaterThanOrEqual(1);
  expect(turn!.metrics.endOfTurnDelayMs).toBeLessThan(LONG_MS);
});

test("what is cleared is in no turn", async () => {
  await begin({ endpointing: { minDelayMs: LONG_MS } });
  await app.say(GO_FORWARD.speech);
  await app.told("turn-pending");
  expect(await app.page.evaluate(() => window.app.session.currentTranscript)).toBe(GO_FORWARD.text);
  await app.page.evaluate(() => {
    window.app.session.clearUserTurn();
    window.app.session.updateTurns({ endpointing: { minDelayMs: 300, maxDelayMs: 300 } });
  });
  expect(await app.page.evaluate(() => window.app.session.currentTranscript)).toBe("");
  await app.say(SEVEN.speech);
  expect(transcripts(await app.told("turn"))).toEqual([SEVEN.text]);
});

test("silence makes a person away, speech brings them back, and mute ends it while they speak", async () => {
  await begin({ userAwayAfterMs: 700 });
  await app.told("user-state");
  const said = app.say(SOMETHING.speech);
  await app.told("speech-started");
  await app.page.evaluate(() => window.app.session.mute());
  await app.told("user-state", 3);
  expect(ofType(await app.events(), "speech-ended").length).toBeLessThanOrEqual(1);
  await said;
  const states = ofType(await app.events(), "user-state");
  expect(states.slice(0, 3).map(({ from, to }) => [from, to])).toEqual([
    ["listening", "away"],
    ["away", "speaking"],
    ["speaking", "listening"],
  ]);
  const [, speaking, muted] = states;
  expect(muted!.sinceMs - speaking!.sinceMs).toBeLessThan(1_000); // they go on for two seconds
});

test("stop() makes a turn of the last words before it ends", async () => {
  await begin({ endpointing: { minDelayMs: LONG_MS } }, { finalLimitMs: 20_000 });
  await app.say(GO_FORWARD.speech);
  await app.stop();
  const types = (await app.ended()).map(({ type }) => type);
  expect(transcripts(ofType(await app.events(), "turn"))).toEqual([GO_FORWARD.text]);
  expect(types.indexOf("turn")).toBeLessThan(types.indexOf("ended"));
});

test("speech over the agent pauses it, and words stop it", async () => {
  const interruption = { falseInterruptionTimeoutMs: LONG_MS };
  await begin({ aecWarmupMs: 0, interruption, endpointing: { minDelayMs: LONG_MS } });
  await app.page.evaluate(() => {
    window.app.session.agent.thinking();
    window.app.session.agent.started();
  });
  await app.say(SOMETHING.speech);
  await app.told("interruption", 2);
  await app.stop();
  const events = await app.ended();
  expect(ofType(events, "interruption")).toMatchObject([
    { kind: "pause", cause: "speech" },
    { kind: "stop", cause: "transcript" },
  ]);
  const [paused] = ofType(events, "interruption");
  const [started] = ofType(events, "speech-started");
  expect(paused!.atMs - started!.startMs).toBeGreaterThanOrEqual(500);
  expect(ofType(events, "false-interruption")).toEqual([]);
  expect(ofType(events, "agent-state").at(-1)).toMatchObject({ to: "listening" });
  expect(transcripts(ofType(events, "turn"))).toEqual([SOMETHING.text]);
});

test("sound without words lets the agent go on where it paused", async () => {
  const interruption = { falseInterruptionTimeoutMs: 300 };
  await begin({ aecWarmupMs: 0, interruption }, { model: "script/empty-final" }); // whose recogniser finds no words
  await app.page.evaluate(() => {
    window.app.session.agent.thinking();
    window.app.session.agent.started();
  });
  await app.say(SEVEN.speech);
  await app.told("false-interruption");
  const events = await app.events();
  expect(ofType(events, "interruption")).toMatchObject([{ kind: "pause", cause: "speech" }]);
  expect(ofType(events, "agent-resumed")).toMatchObject([{ cause: "silence" }]);
  expect(ofType(events, "false-interruption")).toMatchObject([{ isResumed: true }]);
  expect(await app.page.evaluate(() => window.app.session.agentState)).toBe("speaking");
  await app.page.evaluate(() => window.app.session.agent.ended());
});

for (const { file } of SHARED) {
  test(`the pauses of ${basename(file)} are inside one turn, and each of its texts too`, async () => {
    await begin({ endpointing: { minDelayMs: LONG_MS } }, { finalLimitMs: 20_000 });
    await app.say((await loadSpeech(file)).slice(0, 5 * 16_000));
    await app.stop();
    const events = await app.ended();
    expect(ofType(events, "speech-ended").length).toBeGreaterThanOrEqual(2);
    expect(transcripts(ofType(events, "turn"))).toEqual([textOf(events)]);
    expect(textOf(events)).not.toBe("");
  });
}
