import { expect, test } from "@playwright/test";
import * as jose from "jose";
import { ClientSecrets } from "../gateway/http/client-secrets.ts";
import { AppPage, ofType } from "./app-page.ts";
import { loadSpeech } from "./speech.ts";

const GO_FORWARD = { text: "go forward ten meters", speech: (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16) };
const SOMETHING = { text: "go somewhere and do something", speech: await loadSpeech("something.raw") };
const KEYS = { apiKey: "vivavoce", apiSecret: "a secret of these tests" };

let app: AppPage;
test.beforeAll(async () => void (app = await AppPage.open({ gateway: KEYS })));
test.afterAll(() => app[Symbol.asyncDispose]());
test.afterEach(() => app.stop());

async function begin(agent: Readonly<Record<string, unknown>> = {}, options: Readonly<Record<string, unknown>> = {}) {
  const turns = { aecWarmupMs: 0 };
  await app.session({ speaks: true, model: null, turns, agent: { kind: "realtime", ...agent }, ...options });
  expect(await app.start()).toBeUndefined();
  await app.hear(300);
}

function items() {
  return app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
}

test("the server takes turns: it hears when speech begins and ends, answers, and stops when it is interrupted", async () => {
  const turnDetection = { type: "server_vad", silenceDurationMs: 500 };
  await begin({ model: "rules/long", session: { turnDetection } }, { turns: undefined });
  await app.say(GO_FORWARD.speech);
  await app.told("agent-speech-started");
  const [told] = await app.told("user-transcript");
  expect(told).toBeDefined();
  await app.page.waitForTimeout(1_000);
  await app.say(SOMETHING.speech);
  const [ended] = await app.told("agent-speech-ended");
  expect(ended).toMatchObject({ isInterrupted: true });
  await app.told("user-transcript", 2);
  const events = await app.events();
  const finals = ofType(events, "user-transcript").filter(({ isFinal }) => isFinal);
  expect(finals[0]!.text).toBe(GO_FORWARD.text);
  // Dated on the capture clock: the page itself heard that speech, and when.
  const [heard] = ofType(events, "speech-started");
  expect(Math.abs(finals[0]!.startMs - heard!.startMs)).toBeLessThan(800);
  expect(
    ofType(events, "user-state")
      .map(({ to }) => to)
      .slice(0, 3),
  ).toEqual(["speaking", "listening", "speaking"]);
  expect((await items())[1]).toMatchObject({ role: "assistant", isInterrupted: true });
});

test("the gateway goes away and comes back: the conversation goes on where it was", async () => {
  await begin();
  await app.say(GO_FORWARD.speech);
  await app.told("agent-speech-ended");
  await app.restartGateway(500);
  await app.told("agent-reconnected");
  await app.say(SOMETHING.speech);
  await app.told("agent-speech-ended", 2);
  expect((await items()).map(({ role, text }) => [role, role === "user" ? text : text !== ""])).toEqual([
    ["user", GO_FORWARD.text],
    ["assistant", true],
    ["user", SOMETHING.text],
    ["assistant", true],
  ]);
  expect(ofType(await app.events(), "ended")).toEqual([]);
});

test("an expired secret is asked for anew; one that is always refused ends the session with its reason", async () => {
  const { value } = await new ClientSecrets(jose, KEYS).issue({}, -60);
  await begin({ secrets: [value] });
  await app.page.evaluate(() => window.app.session.sendText("go forward ten meters"));
  await app.told("agent-speech-ended");
  await app.stop();
  await app.session({
    speaks: true,
    model: null,
    turns: {},
    agent: { kind: "realtime", secrets: Array(30).fill(value) },
  });
  await app.start();
  const [end] = await app.told("ended");
  expect(end).toMatchObject({ reason: "failed", error: { code: "token-rejected" } });
});

test("settings change and the conversation begins anew while a session runs", async () => {
  await begin();
  await app.page.evaluate(() => window.app.session.sendText("say one two three"));
  await app.told("agent-speech-ended");
  const sessions = await app.page.evaluate(async () => {
    await window.app.agent.client?.updateSettings({ speed: 1.5 });
    window.app.agent.client?.reset();
    return window.app.session.health.agent?.["sessions"];
  });
  await app.page.evaluate(() => window.app.session.sendText("say four five six"));
  const [first, second] = await app.told("agent-speech-ended", 2);
  expect(second!.heardMs).toBeLessThan(first!.heardMs); // it speaks faster
  const health = await app.page.evaluate(() => window.app.session.health.agent);
  expect(health).toMatchObject({ connection: "ready", sessions: Number(sessions) + 1 });
});

for (const [script, isWarned] of [
  ["unknown-events", true],
  ["rubbish-audio", true],
  ["late-deltas", false],
  ["drop-mid-answer", true],
  ["close-mid-answer", true],
] as const) {
  test(`a server that misbehaves (${script}) costs its answer at most: the session goes on`, async () => {
    await begin({ model: `script/${script}` });
    await app.recordOutput();
    await app.page.evaluate(() => window.app.session.sendText("go forward ten meters"));
    await app.told("agent-speech-started");
    await app.page.waitForTimeout(2_000);
    await app.page.evaluate(() => window.app.session.interrupt());
    const [ended] = await app.told("agent-speech-ended");
    await app.page.waitForTimeout(200);
    // What was counted is what was heard: nothing of an answer that nobody heard of, none after its end.
    const rate = await app.page.evaluate(() => window.app.session.speaker!.output.context.sampleRate);
    expect(Math.abs(((await app.recorded()).length * 1_000) / rate - ended!.heardMs)).toBeLessThan(150);
    const events = await app.events();
    expect(ofType(events, "warning").length > 0).toBe(isWarned);
    expect(ofType(events, "ended")).toEqual([]);
    expect(await app.page.evaluate(() => window.app.session.state.kind)).toBe("listening");
  });
}
