import { expect, test } from "@playwright/test";
import { ofType } from "./app-page.ts";
import { expectNothingLeft } from "./expect-end.ts";
import { recognised } from "./recognised.ts";
import { RoomStage } from "./room-stage.ts";
import { loadSpeech } from "./speech.ts";
import { shareHeard } from "./word-error-rate.ts";

const GO_FORWARD = { text: "go forward ten meters", speech: (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16) };
const SOMETHING = { text: "go somewhere and do something", speech: await loadSpeech("something.raw") };
/** Rate of the page's context, in Hz. */
const CONTEXT_HZ = 48_000;
/** The agent hears by a small recogniser that may be late on a busy machine. */
test.describe.configure({ timeout: 120_000 });

let stage: RoomStage;
test.beforeAll(async () => void (stage = await RoomStage.open()));
test.afterEach(() => stage?.clear());
test.afterAll(() => stage?.[Symbol.asyncDispose]());

/** Live sound crosses a network that drops and stretches what is late, above all on a busy machine. */
const MOST = 0.5;

const measured: string[] = [];
test.afterAll(() => measured.forEach((line) => console.log(line)));

test("what is said before the agent is there is heard by it, and its voice is heard here", async () => {
  const { app } = stage;
  expect(await stage.start({}, { rate: CONTEXT_HZ })).toBeUndefined();
  await app.recordOutput();
  await app.say(GO_FORWARD.speech);
  const agent = await stage.agent();
  const early = await agent.next("early-speech");
  expect(early["attributes"]).toMatchObject({ sampleRate: "16000", channels: "1" });
  const heard = await agent.next("heard", ({ isFinal }) => isFinal === true);
  expect(heard["text"]).toBe(GO_FORWARD.text);

  const [ended] = await app.told("agent-speech-ended");
  expect(ended).toMatchObject({ isInterrupted: false, heardText: "Going forward ten meters." });
  const finals = ofType(await app.events(), "user-transcript").filter(({ isFinal }) => isFinal);
  expect(finals.map(({ text }) => text)).toEqual([GO_FORWARD.text]);
  const back = await recognised(app.gateway, await app.recorded(), CONTEXT_HZ);
  measured.push(`room: answered "${ended!.heardText}", heard "${back}"`);
  // A small recogniser, and a voice that is no human's: of the voice itself, unplayed, it hears about half the words.
  expect(shareHeard(ended!.heardText, back)).toBeGreaterThanOrEqual(0.5);
  const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
  expect(items.map(({ role, text }) => [role, text])).toEqual([
    ["user", GO_FORWARD.text],
    ["assistant", "Going forward ten meters."],
  ]);
  await app.stop();
  await agent.next("gone");
  await expectNothingLeft(app);
});

test("turns are taken here: the agent is told of them, and who interrupts it hears nothing more of what it said", async () => {
  const { app } = stage;
  const agent = await stage.agent({ turns: "manual", model: "rules/long", timed: true });
  expect(await stage.start({}, { rate: CONTEXT_HZ, turns: { aecWarmupMs: 0 } })).toBeUndefined();
  await app.recordOutput();
  await agent.next("listening");
  await app.say(GO_FORWARD.speech);
  await agent.next("call", ({ method }) => method === "start_turn");
  await agent.next("call", ({ method }) => method === "end_turn");
  expect(shareHeard(GO_FORWARD.text, (await agent.next("committed"))["text"])).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-started");
  await app.page.waitForTimeout(1_500);

  await app.say(SOMETHING.speech);
  const [ended] = await app.told("agent-speech-ended");
  expect(ended!.isInterrupted).toBe(true);
  expect((await agent.next("said"))["isInterrupted"]).toBe(true);
  await agent.next("call", ({ method }) => method === "interrupt");
  expect(shareHeard(SOMETHING.text, (await agent.next("committed"))["text"])).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-started", 2);
  await app.page.waitForTimeout(1_000);
  await app.page.evaluate(() => window.app.session.interrupt());
  await app.told("agent-speech-ended", 2);
  await app.page.waitForTimeout(500); // in which its last words come
  const soundMs = await app.page.evaluate(
    (rate) => [0, 1].map((answer) => window.app.soundAfterMs(answer, rate)),
    CONTEXT_HZ,
  );
  measured.push(`room: sound after the decision to interrupt ${soundMs[1]!.toFixed(1)} ms`);
  expect(soundMs[0]).toBeGreaterThan(500); // the second answer is heard again
  expect(soundMs[1]).toBeLessThanOrEqual(20);
  const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
  expect(items.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(items[1]).toMatchObject({ isInterrupted: true, heardText: ended!.heardText });
});

test("push-to-talk commits and clears turns by calls; texts, calls and data go both ways; what makes no sense is a warning", async () => {
  const { app } = stage;
  const agent = await stage.agent({ turns: "manual", alsoAnswers: ["get_menu"] });
  expect(await stage.start({}, { gate: { policy: "manual" }, turns: { detection: "manual" } })).toBeUndefined();
  await agent.next("listening");
  const evaluate = app.page.evaluate.bind(app.page);
  const hold = async (speech: Float32Array): Promise<void> => {
    await evaluate(() => window.app.session.openGate());
    await app.say(speech);
    await evaluate(() => window.app.session.closeGate());
  };
  await hold(SOMETHING.speech);
  await evaluate(() => window.app.session.clearUserTurn());
  await agent.next("call", ({ method }) => method === "cancel_turn");
  await hold(GO_FORWARD.speech);
  await evaluate(() => window.app.session.commitUserTurn().then(() => undefined));
  expect(shareHeard(GO_FORWARD.text, (await agent.next("committed"))["text"])).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-ended");

  await evaluate(() => window.app.session.sendText("what is the weather in paris"));
  expect((await agent.next("chat"))["text"]).toBe("what is the weather in paris");
  agent.command("chat", { text: "As I wrote before." });
  await app.page.waitForFunction(() =>
    window.app.events.some((event) => event.type === "agent-transcript" && event.text === "As I wrote before."),
  );

  await evaluate(() => void window.app.agent.answer("get_location", () => ({ city: "Oslo" })));
  agent.command("call", { method: "get_location" });
  expect(JSON.parse(String((await agent.next("called"))["answer"]))).toEqual({ city: "Oslo" });
  expect(await evaluate(() => window.app.agent.call("get_menu"))).toBeNull();
  const unknown = await evaluate(() => window.app.agent.call("dance").catch(({ code }: { code: string }) => code));
  expect(unknown).toBe("not-supported");
  await evaluate(() => {
    window.app.agent.room!.registerTextStreamHandler("pictures", (reader) => {
      void reader.readAll().then((text) => (document.title = text));
    });
  });
  agent.command("text", { topic: "pictures", text: "a house" });
  await expect.poll(() => app.page.title()).toBe("a house");

  agent.command("text", { topic: "lk.transcription", text: "who am I" });
  agent.command("text", {
    topic: "lk.transcription",
    text: '{"text": "Well", "start_time": 0}\n{"text": 5}\n',
    attributes: { "lk.segment_id": "SG_odd", "lk.transcription_final": "perhaps" },
  });
  agent.command("attributes", { attributes: { "lk.agent.state": "dancing" } });
  const warnings = await app.told("warning", 3);
  expect(warnings.map(({ error }) => `${error.code}: ${error.message}`).toSorted()).toEqual([
    "protocol-violated: A line of a timed transcription is not what it must be",
    "protocol-violated: A transcription has no lk.segment_id: it stands by itself",
    'protocol-violated: The agent\'s lk.agent.state is unknown: "dancing"',
  ]);
  expect(await evaluate(() => window.app.session.state.kind)).toBe("listening");
});

test("a server that crashes and is away for 5 s costs no word of what is said meanwhile", async () => {
  const { app, server } = stage;
  const agent = await stage.agent({ answers: false });
  expect(await stage.start()).toBeUndefined();
  await agent.next("listening");
  await server.stop();
  await app.told("agent-reconnecting");
  await app.say(GO_FORWARD.speech);
  await app.page.waitForTimeout(2_500);
  await server.restart();
  const restartedAt = Date.now();
  await app.told("agent-reconnected");
  measured.push(`room: mended ${Date.now() - restartedAt} ms after the server was back`);
  const heard = await agent.next("heard", ({ isFinal }) => isFinal === true);
  expect(heard["text"]).toBe(GO_FORWARD.text);
  await app.told("user-transcript");
  expect(ofType(await app.events(), "agent-reconnecting")).toHaveLength(1);
  expect(ofType(await app.events(), "ended")).toEqual([]);
});

test("an agent that crashes is replaced by another, which hears what was said in between", async () => {
  const { app } = stage;
  const first = await stage.agent({ answers: false, identity: "first" });
  expect(await stage.start()).toBeUndefined();
  await app.say(SOMETHING.speech);
  await first.next("heard", ({ isFinal }) => isFinal === true);
  await first.stop();
  await app.told("agent-reconnecting");
  await app.say(GO_FORWARD.speech);
  const second = await stage.agent({ answers: false, identity: "second" });
  await app.told("agent-reconnected");
  expect((await second.next("heard", ({ isFinal }) => isFinal === true))["text"]).toBe(GO_FORWARD.text);
  await app.page.waitForFunction(
    (text) =>
      window.app.events.some((event) => event.type === "user-transcript" && event.isFinal && event.text === text),
    GO_FORWARD.text,
  );
});
