import { spawn } from "node:child_process";
import { expect, test } from "@playwright/test";
import { AgentProgram, type AgentEvent } from "./agent-program.ts";
import { ofType } from "./app-page.ts";
import { INSTALL_LIMIT_MS, installClient } from "./installed-client.ts";
import { callLivekit } from "./livekit-rooms.ts";
import { recognised } from "./recognised.ts";
import { RoomStage } from "./room-stage.ts";
import { loadSpeech } from "./speech.ts";
import { shareHeard } from "./word-error-rate.ts";
import { skipAll } from "./skip-all.ts";

const GO_FORWARD = { text: "go forward ten meters", speech: (await loadSpeech("goforward.raw")).slice(0, 2_300 * 16) };
const SOMETHING = { text: "go somewhere and do something", speech: await loadSpeech("something.raw") };
/** Live sound crosses a network that drops and stretches what is late, above all on a busy machine. */
const MOST = 0.5;
/** Rate of the page's context, in Hz. */
const CONTEXT_HZ = 48_000;
const AGENT_NAME = "cook";
/** Of LiveKit Inference, which the gateway stands in for. */
const KEY = { apiKey: "key", apiSecret: "a secret for tests, which nobody needs to guess" };
const STORY_MODEL = "openai/gpt-4.1";
const MODELS = {
  "deepgram/nova-3": "pocketsphinx/en-us",
  "openai/gpt-4.1-mini": "rules/answers",
  [STORY_MODEL]: "rules/long",
  "cartesia/sonic-3": "espeak-ng/en-us",
};
const REGISTRATION_LIMIT_MS = 60_000;
const EVENT_LIMIT_MS = 40_000;

/** The agent hears by a small recogniser that may be late on a busy machine. */
test.describe.configure({ timeout: 120_000 });

let stage: RoomStage;
let worker: AgentProgram;
test.beforeAll(async () => {
  test.setTimeout(INSTALL_LIMIT_MS + REGISTRATION_LIMIT_MS);
  stage = await RoomStage.open({ gateway: { ...KEY, modelAliases: MODELS } });
  let folder: string;
  try {
    folder = await installClient("livekit-agents");
  } catch (error) {
    skipAll(`LiveKit's agents cannot be installed: ${(error as Error).message}`);
  }
  worker = await startWorker(folder);
});
test.afterEach(() => stage?.clear());
test.afterAll(async () => {
  await worker?.stop();
  await stage?.[Symbol.asyncDispose]();
});

const measured: string[] = [];
test.afterAll(() => measured.forEach((line) => console.log(line)));

test("an agent of LiveKit's own hears what was said before it came, and what is said and written then, and answers each", async () => {
  const { app, server, room } = stage;
  expect(await stage.start({ earlySpeech: "track" }, { rate: CONTEXT_HZ })).toBeUndefined();
  await app.recordOutput();
  await app.say(GO_FORWARD.speech);
  await callLivekit(server, "AgentDispatchService/CreateDispatch", { room, agent_name: AGENT_NAME });
  await told("joined");
  expect(await heard()).toBe(GO_FORWARD.text);
  const [ended] = await app.told("agent-speech-ended");
  expect(ended).toMatchObject({ isInterrupted: false, heardText: "Going forward ten meters." });
  const recording = await app.recorded();

  await app.say(SOMETHING.speech);
  const something = await heard();
  expect(shareHeard(SOMETHING.text, something)).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-ended", 2);
  await app.page.evaluate(() => window.app.session.sendText("thank you"));
  await app.told("agent-speech-ended", 3);
  const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
  const conversation = items.map(({ role, text }) => [role, text]);
  expect(conversation).toEqual([
    ["user", GO_FORWARD.text],
    ["assistant", "Going forward ten meters."],
    ["user", something],
    ["assistant", expect.any(String)],
    ["user", "thank you"],
    ["assistant", "You are welcome."],
  ]);
  expect(all("item").map(({ role, text }) => [role, text])).toEqual(conversation);

  const events = await app.events();
  const finals = ofType(events, "user-transcript").filter(({ isFinal }) => isFinal);
  expect(finals.map(({ text }) => text)).toEqual([GO_FORWARD.text, something]);
  const captions = ofType(events, "agent-caption").filter(({ itemId }) => itemId === ended!.itemId);
  expect(captions[0]!.text).not.toBe(ended!.heardText); // they come with the voice, word by word
  for (const { text } of captions) expect(ended!.heardText.startsWith(text)).toBe(true);
  expect(captions.at(-1)!.text).toBe(ended!.heardText);
  const states = ofType(events, "agent-state").map(({ to }) => to);
  expect(states.filter((state) => state === "speaking")).toHaveLength(3);
  expect(states).toContain("thinking");
  expect(states.at(-1)).toBe("listening");
  expect(ofType(events, "warning")).toEqual([]);
  await app.stop();
  expect((await told("closed"))["reason"]).toBe("participant_disconnected");

  const back = await recognised(app.gateway, recording, CONTEXT_HZ);
  measured.push(`LiveKit's agent: answered "${ended!.heardText}", heard "${back}"`);
  // A small recogniser, and a voice that is no human's: of the voice itself, unplayed, it hears about half the words.
  expect(shareHeard(ended!.heardText, back)).toBeGreaterThanOrEqual(0.5);
});

test("an agent of LiveKit's own, called by its name, answers the turns that are taken here, and stops when it is interrupted", async () => {
  const { app } = stage;
  const agentMetadata = JSON.stringify({ turns: "manual", model: STORY_MODEL });
  const turns = { aecWarmupMs: 0 };
  expect(await stage.start({ agentName: AGENT_NAME, agentMetadata }, { rate: CONTEXT_HZ, turns })).toBeUndefined();
  await app.recordOutput();
  await told("joined");
  const committed = async (): Promise<unknown> => (await told("item", ({ role }) => role === "user"))["text"];
  await app.say(GO_FORWARD.speech);
  expect(shareHeard(GO_FORWARD.text, await committed())).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-started");
  await app.page.waitForTimeout(1_500);

  await app.say(SOMETHING.speech);
  const [ended] = await app.told("agent-speech-ended");
  expect(ended!.isInterrupted).toBe(true);
  const cut = await told("item", ({ role }) => role === "assistant");
  expect(cut["isInterrupted"]).toBe(true);
  measured.push(`LiveKit's agent: interrupted after "${ended!.heardText}", there after "${String(cut["text"])}"`);
  const soundMs = await app.page.evaluate((rate) => window.app.soundAfterMs(0, rate), CONTEXT_HZ);
  measured.push(`LiveKit's agent: sound after the decision to interrupt ${soundMs.toFixed(1)} ms`);
  expect(soundMs).toBeLessThanOrEqual(20);
  expect(shareHeard(SOMETHING.text, await committed())).toBeGreaterThanOrEqual(MOST);
  await app.told("agent-speech-started", 2); // it is heard again
  expect(all("call").map(({ method }) => method)).toEqual([
    "start_turn",
    "end_turn",
    "start_turn",
    "interrupt",
    "end_turn",
  ]);
  const items = await app.page.evaluate(() => [...(window.app.session.conversation ?? [])]);
  expect(items.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(items[1]).toMatchObject({ isInterrupted: true, heardText: ended!.heardText });
  expect(ofType(await app.events(), "warning")).toEqual([]);
});

/** The next that the agent in the room of this test has told of this. */
function told(type: string, matches: (event: AgentEvent) => boolean = () => true): Promise<AgentEvent> {
  const { room } = stage;
  return worker.next(type, (event) => event["room"] === room && matches(event), EVENT_LIMIT_MS);
}

/** All of it so far. */
function all(type: string): readonly AgentEvent[] {
  return worker.events.filter((event) => event.type === type && event["room"] === stage.room);
}

/** The next text that it has understood. */
async function heard(): Promise<unknown> {
  return (await told("heard", ({ isFinal }) => isFinal === true))["text"];
}

/** Starts a worker of LiveKit's, which takes jobs of the stage's server. @throws Error with one line that says why it cannot. */
async function startWorker(folder: string): Promise<AgentProgram> {
  const { server, app } = stage;
  const env = {
    ...process.env,
    LIVEKIT_URL: server.url,
    LIVEKIT_API_KEY: server.apiKey,
    LIVEKIT_API_SECRET: server.apiSecret,
    LIVEKIT_INFERENCE_URL: `${app.gateway.url}/v1`,
    LIVEKIT_INFERENCE_API_KEY: KEY.apiKey,
    LIVEKIT_INFERENCE_API_SECRET: KEY.apiSecret,
  };
  const program = new AgentProgram(spawn(process.execPath, ["worker.js", AGENT_NAME], { cwd: folder, env }));
  await program.next("registered", undefined, REGISTRATION_LIMIT_MS);
  return program;
}
