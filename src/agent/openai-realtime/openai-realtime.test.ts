import { expect, test } from "vitest";
import { RealtimeClient } from "../../realtime/realtime-client.ts";
import type { SessionSettings } from "../../realtime/session-settings.ts";
import { AgentRig } from "../../testing/agent-rig.ts";
import { ModelServer } from "../../testing/model-server.ts";
import { settled } from "../../testing/settled.ts";
import { turnTaking } from "../../turns/turn-taking.ts";
import type { Tool } from "../tool.ts";
import { openaiRealtime } from "./openai-realtime.ts";
import { RealtimeRun } from "./realtime-run.ts";

const STORY = "There was a king who had three sons and none of them came back to him";

interface Wishes {
  readonly isLocal?: boolean;
  readonly tools?: readonly Tool[];
  readonly session?: SessionSettings;
}

/** A person, OpenAI Realtime's client, and a model that says what the test has it say. */
class RealtimeRig {
  readonly server = new ModelServer();
  readonly rig: AgentRig;

  constructor({ isLocal = true, tools = [], session = {} }: Wishes = {}) {
    this.rig = new AgentRig(
      (host, open, clock) =>
        new RealtimeRun(
          {
            options: {
              token: () => Promise.resolve("ek_1"),
              baseUrl: "ws://127.0.0.1/v1/realtime",
              session,
              webSocket: this.server.openSocket,
              clock,
            },
            tools,
            isLocal,
            makeClient: (options) => new RealtimeClient(options),
            clock,
          },
          host,
          open,
        ),
      isLocal ? {} : false,
    );
  }

  /** The person says something that passes the gate, and their turn ends. */
  async turn(): Promise<void> {
    await this.#speak("go on");
    await this.rig.pass(544);
    await settled();
  }

  /** They speak for so long; `text` is what local recognition makes of it. */
  async #speak(text: string): Promise<void> {
    const samples = new Float32Array(512);
    const event = {
      type: "audio",
      segmentId: 1,
      startSample: this.rig.now(),
      samples,
      uplink: new Float32Array(768),
    } as const;
    const startSample = this.rig.now();
    this.rig.run.hear({ type: "speech-started", startSample, atSample: startSample });
    this.rig.run.hear(event);
    await this.rig.person(text);
  }

  speak(text: string): Promise<void> {
    return this.#speak(text);
  }
}

async function begun(wishes: Wishes = {}): Promise<RealtimeRig> {
  const rig = new RealtimeRig(wishes);
  await settled();
  await rig.rig.pass(32);
  return rig;
}

const ITEM = { itemId: "item_a", text: STORY, audioMs: 3_000 };

test("a turn is committed and answered; the answer is heard, and both stand in the conversation", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.script.push([ITEM]);
  await talk.turn();
  expect(server.received.map(({ type }) => type)).toEqual([
    "session.update",
    "input_audio_buffer.commit",
    "response.create",
  ]);
  expect(server.received[0]).toMatchObject({ session: { audio: { input: { turn_detection: null } } } });
  expect(server.appendedSamples).toBe(768);
  await rig.pass(4_000);
  expect(rig.lines).toEqual(["user | go on", `assistant | ${STORY}`]);
  const [ended] = rig.told("agent-speech-ended");
  expect(ended).toMatchObject({ itemId: "item_a", heardText: STORY, heardMs: 3_000, isInterrupted: false });
  expect(rig.told("agent-state").map(({ to }) => to)).toEqual(["listening", "thinking", "speaking", "listening"]);
  expect(rig.told("agent-metrics")[0]?.metrics).toMatchObject({ heardMs: 3_000, usage: { totalTokens: 5 } });
  expect(rig.warnings).toEqual([]);
});

test("where no recogniser dates the end of speech, answers are measured from the detector's", async () => {
  const { server, rig } = await begun();
  server.script.push([ITEM]);
  const startSample = rig.now();
  const samples = new Float32Array(512);
  rig.run.hear({ type: "audio", segmentId: 1, startSample, samples, uplink: new Float32Array(768) });
  await rig.pass(64, true);
  rig.run.hear({ type: "speech-ended", endSample: startSample + 512, atSample: rig.now() });
  await rig.pass(544);
  rig.run.take({ type: "turn", transcript: "", confidence: 0, skipsReply: false, metrics: {} });
  await rig.pass(4_000);
  const [told] = rig.told("agent-metrics");
  expect(told?.metrics.responseMs).toBeGreaterThanOrEqual(576);
  expect(told?.metrics.responseMs).toBeLessThan(4_000);
});

test("what is said is dated from its own beginning, whatever silence was sent before it", async () => {
  const talk = await begun({ session: { transcription: { model: "whisper-1" } } });
  const { server, rig } = talk;
  for (const wanted of [1, 2]) {
    await rig.pass(992);
    const startMs = rig.nowMs;
    await talk.turn();
    const said = { item_id: server.committed.at(-1), content_index: 0, transcript: "go on" };
    server.say({ type: "conversation.item.input_audio_transcription.completed", ...said });
    expect(rig.told("user-transcript")).toHaveLength(wanted);
    expect(rig.told("user-transcript").at(-1)!.startMs).toBeCloseTo(startMs, 0);
    // The gate is still open for a while.
    const silence = { samples: new Float32Array(512), uplink: new Float32Array(768) };
    rig.run.hear({ type: "audio", segmentId: wanted, startSample: rig.now(), ...silence });
  }
});

test("all of it was received long ago: what is cut off is still truncated where it was rendered", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.script.push([ITEM]);
  await talk.turn();
  await rig.pass(1_000);
  await talk.speak("stop");
  await rig.pass(100);
  const [ended] = rig.told("agent-speech-ended");
  expect(ended?.isInterrupted).toBe(true);
  expect(server.of("conversation.item.truncate")).toMatchObject([
    { item_id: "item_a", content_index: 0, audio_end_ms: Math.floor(ended!.heardMs) },
  ]);
  expect(server.of("conversation.item.delete")).toEqual([]);
  expect(rig.conversation.get("item_a")).toMatchObject({ isInterrupted: true, heardText: ended!.heardText });
  expect(STORY.startsWith(ended!.heardText)).toBe(true);
});

test("two items of one answer: the one that sounds is truncated, the one that waits is deleted", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.script.push([ITEM, { itemId: "item_b", text: "And then", audioMs: 2_000 }]);
  await talk.turn();
  await rig.pass(1_000);
  await talk.speak("stop");
  await rig.pass(100);
  expect(server.of("conversation.item.truncate")).toMatchObject([{ item_id: "item_a" }]);
  expect(server.of("conversation.item.delete")).toMatchObject([{ item_id: "item_b" }]);
  expect([...rig.conversation].map(({ id }) => id)).not.toContain("item_b");
});

test("no sound of a cancelled answer is ever heard, whatever still comes of it", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.finishes = false;
  server.script.push([{ ...ITEM, audioMs: 400 }]);
  await talk.turn();
  await rig.pass(200);
  rig.turns?.agent.interrupt();
  await rig.pass(64);
  const heard = rig.speaker.heard.filter((sample) => sample !== 0).length;
  expect(heard).toBeGreaterThan(0);
  for (const responseId of [server.responseId, "resp_unheard_of"]) {
    for (const itemId of ["item_a", "item_unheard_of"]) server.audio(responseId, itemId, 100);
  }
  await rig.pass(500);
  expect(server.of("response.cancel")).toHaveLength(1);
  expect(rig.speaker.heard.filter((sample) => sample !== 0).length).toBe(heard);
});

test("audio out of order ends its answer with a warning, and the next turn is answered", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.finishes = false;
  server.script.push([{ ...ITEM, audioMs: 400 }], [{ ...ITEM, itemId: "item_b", text: "Yes", audioMs: 400 }]);
  await talk.turn();
  for (const contentIndex of [1, 0, 0, 1]) server.audio(server.responseId, "item_a", 100, contentIndex);
  server.finish();
  await rig.pass(1_500);
  expect(rig.warnings.map(({ code }) => code)).toEqual(["protocol-violated"]);
  expect(rig.told("agent-speech-ended")).toMatchObject([{ itemId: "item_a", heardMs: 500, isInterrupted: false }]);
  expect(rig.turns?.states.agent).toBe("listening");
  server.finishes = true;
  await talk.turn();
  await rig.pass(1_500);
  expect(rig.lines.at(-1)).toBe("assistant | Yes");
});

test("an answer that is cut off before its first sound is deleted at the server", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.finishes = false;
  server.script.push([{ ...ITEM, audioMs: 0 }]);
  await talk.turn();
  await rig.pass(64);
  rig.turns?.agent.interrupt();
  await rig.pass(64);
  expect(server.of("response.cancel")).toHaveLength(1);
  expect(server.of("conversation.item.truncate")).toEqual([]);
  expect(server.of("conversation.item.delete")).toMatchObject([{ item_id: "item_a" }]);
  expect(rig.lines).toEqual(["user | go on"]);
});

test("a tool is called with its arguments, its result is sent once, and the model goes on", async () => {
  const tools = [{ name: "get_weather", execute: ({ place }: { place: string }) => `${place}: 21` }];
  const talk = await begun({ tools });
  const { server, rig } = talk;
  server.script.push([{ callId: "call_1", name: "get_weather", arguments: '{"place":"Paris"}' }], [ITEM]);
  await talk.turn();
  await settled();
  await rig.pass(4_000);
  expect(server.of("conversation.item.create")).toMatchObject([
    { item: { type: "function_call_output", call_id: "call_1", output: "Paris: 21" } },
  ]);
  expect(server.of("response.create")).toHaveLength(2);
  expect(rig.lines).toEqual(["user | go on", "tool | Paris: 21", `assistant | ${STORY}`]);
  expect(rig.told("tool-call", "tool-result")).toHaveLength(2);
});

test("a tool whose answer is cut off is told so, and the model is not asked to go on", async () => {
  const aborted: boolean[] = [];
  const tools: Tool[] = [
    {
      name: "wait",
      execute: (_args, { signal }) =>
        new Promise<string>(() => signal.addEventListener("abort", () => aborted.push(true))),
    },
  ];
  const talk = await begun({ tools });
  const { server, rig } = talk;
  server.script.push([{ callId: "call_1", name: "wait", arguments: "{}" }]);
  await talk.turn();
  await rig.pass(64);
  rig.turns?.agent.interrupt();
  await rig.pass(64);
  expect(aborted.length).toBeGreaterThan(0);
  expect(server.of("conversation.item.create")).toMatchObject([
    { item: { call_id: "call_1", output: expect.stringMatching("interrupted") } },
  ]);
  expect(server.of("response.create")).toHaveLength(1);
});

test("a text is sent as the person's, and answered", async () => {
  const { server, rig } = await begun();
  server.script.push([ITEM]);
  rig.run.sendText("tell me a story");
  await rig.pass(4_000);
  expect(server.of("conversation.item.create")).toMatchObject([
    { item: { type: "message", role: "user", content: [{ type: "input_text", text: "tell me a story" }] } },
  ]);
  expect(rig.lines).toEqual(["user | tell me a story", `assistant | ${STORY}`]);
});

test("say() resolves with what was heard", async () => {
  const { server, rig } = await begun();
  server.script.push([ITEM]);
  const said = rig.run.say(STORY, {});
  await rig.pass(4_000);
  expect(await said).toEqual({ heardText: STORY, isInterrupted: false });
  expect(server.of("response.create")).toMatchObject([{ response: { instructions: expect.stringContaining(STORY) } }]);
});

test("the server takes turns: speech cuts the answer off, what was said is dated and written, states are told", async () => {
  const talk = await begun({ isLocal: false, session: { transcription: { model: "whisper-1" } } });
  const { server, rig } = talk;
  expect(server.of("session.update")[0]).not.toMatchObject({ session: { audio: { input: { turn_detection: null } } } });
  await talk.speak("");
  server.say(
    { type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: "user_1" },
    { type: "input_audio_buffer.speech_stopped", audio_end_ms: 30, item_id: "user_1" },
    { type: "input_audio_buffer.committed", item_id: "user_1" },
    {
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "user_1",
      content_index: 0,
      transcript: "go on",
    },
  );
  server.script.push([ITEM]);
  rig.run.sendText("now"); // as a server that answers by itself would
  await rig.pass(1_000);
  server.say({ type: "input_audio_buffer.speech_started", audio_start_ms: 30, item_id: "user_2" });
  await rig.pass(100);
  expect(rig.told("user-transcript")).toMatchObject([{ itemId: "user_1", text: "go on", isFinal: true }]);
  expect(rig.lines[0]).toBe("user | go on");
  expect(server.of("conversation.item.truncate")).toMatchObject([{ item_id: "item_a" }]);
  expect(rig.told("user-state").map(({ to }) => to)).toEqual(["speaking", "listening", "speaking"]);
  expect(rig.told("agent-state").map(({ to }) => to)).toEqual(["listening", "thinking", "speaking", "listening"]);
});

test("in a session without turns, an answer that is cut off before its first sound ends too", async () => {
  const { rig } = await begun({ isLocal: false });
  rig.run.sendText("tell me a story"); // the model thinks, and says nothing yet
  await rig.pass(64);
  expect(rig.told("agent-state").at(-1)).toMatchObject({ to: "thinking" });
  rig.run.interrupt();
  await rig.pass(64);
  expect(rig.told("agent-state").at(-1)).toMatchObject({ to: "listening" });
});

test("a connection that is lost in mid-answer is made anew; what had come is still said, and the context is told", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.finishes = false;
  server.script.push([ITEM]);
  await talk.turn();
  await rig.pass(300);
  server.drop();
  await rig.pass(6_000);
  expect(rig.told("agent-reconnecting", "agent-reconnected").map(({ type }) => type)).toEqual([
    "agent-reconnecting",
    "agent-reconnected",
  ]);
  expect(rig.told("agent-speech-ended")).toMatchObject([{ isInterrupted: false, heardMs: 3_000 }]);
  expect(server.of("conversation.item.create").map(({ item }) => (item as { role: string }).role)).toContain("user");
  expect(rig.failures).toEqual([]);
});

test("at the end of a run no socket and no timer is left", async () => {
  const talk = await begun();
  const { server, rig } = talk;
  server.script.push([ITEM]);
  await talk.turn();
  await rig.pass(300);
  rig.end();
  await rig.pass(100);
  expect(rig.clock.pending).toBe(0);
  expect(rig.warnings).toEqual([]);
});

const token = (): Promise<string> => Promise.resolve("ek_1");
const surroundings = (turns?: Parameters<typeof turnTaking>[0]) => ({
  hasVad: true,
  hasStt: false,
  turns: turns && turnTaking(turns).settings,
});

test("whoever ends turns decides the gate", () => {
  expect(openaiRealtime({ token }).demands(surroundings())).toEqual({ hearsAtHz: 24_000, endsTurns: true });
  expect(openaiRealtime({ token }).demands(surroundings({}))).toEqual({ hearsAtHz: 24_000, endsTurns: false });
  expect(openaiRealtime({ token }).demands(surroundings({ detection: "realtime" })).endsTurns).toBe(true);
});

test.each<[SessionSettings, Parameters<typeof turnTaking>[0] | undefined, RegExp]>([
  [{ turnDetection: null }, undefined, /turnDetection null needs turns/],
  [{ turnDetection: { type: "server_vad" } }, {}, /would both end turns/],
  [
    { turnDetection: { type: "server_vad" } },
    { detection: "realtime", interruption: { resumeFalseInterruption: true } },
    /resumeFalseInterruption cannot be true when the server cancels/,
  ],
])("pairs that cannot work are refused, with the reason: %j with turns %j", (session, turns, message) => {
  expect(() => openaiRealtime({ token, session }).demands(surroundings(turns))).toThrow(message);
});
