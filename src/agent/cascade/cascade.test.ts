import { expect, test } from "vitest";
import { AgentRig, toneOf } from "../../testing/agent-rig.ts";
import { FakeClock } from "../../testing/fake-clock.ts";
import type { TurnTakingOptions } from "../../turns/turn-options.ts";
import { cascadeSettings, type CascadeOptions } from "./cascade-options.ts";
import { CascadeRun } from "./cascade-run.ts";
import type { Respond, Speak } from "./respond.ts";

const STORY = "There was a king. He had three sons who rode away. None of them came back to him.";

/** 400 ms a word, in pieces of 100 ms, with words dated. */
const speakWords: Speak = async function* (text) {
  const words = text.split(" ");
  yield {
    samples: new Float32Array(0),
    rateHz: 24_000,
    words: words.map((word, index) => ({ word, startMs: index * 400, endMs: (index + 1) * 400 })),
  };
  for (let piece = 0; piece < words.length * 4; piece++) yield { samples: toneOf(100), rateHz: 24_000 };
};

function says(...pieces: readonly Awaited<ReturnType<typeof firstOf>>[]): Respond {
  return async function* () {
    yield* pieces;
  };
}
async function firstOf(respond: Respond) {
  for await (const piece of respond({ transcript: "", isPreemptive: false }, undefined as never)) return piece;
  return "";
}

function rigOf(options: Partial<CascadeOptions>, turns: TurnTakingOptions = {}): AgentRig {
  return new AgentRig((host, open, clock) => {
    const settings = cascadeSettings({ respond: says("Hello."), speak: speakWords, ...options }, clock);
    return new CascadeRun(settings, host, open);
  }, turns);
}

const NO_EARLY: TurnTakingOptions = { preemptiveGeneration: { enabled: false } };

test("a turn is answered, sentence by sentence, and both sides stand in the conversation", async () => {
  const rig = rigOf({ respond: says("There was ", "a king. He had", " three sons.") }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(4_000);
  expect(rig.lines).toEqual(["user | tell me a story", "assistant | There was a king. He had three sons."]);
  const [started, ended] = rig.told("agent-speech-started", "agent-speech-ended");
  expect(ended).toMatchObject({
    heardText: "There was a king. He had three sons.",
    heardMs: 3_200,
    isInterrupted: false,
  });
  expect(ended!.atMs - started!.atMs).toBeGreaterThan(3_100);
  expect(rig.told("agent-state").map(({ to }) => to)).toEqual(["listening", "thinking", "speaking", "listening"]);
  expect(rig.told("agent-metrics")[0]?.metrics).toMatchObject({ heardMs: 3_200, receivedMs: 3_200, underruns: 0 });
  expect(rig.warnings).toEqual([]);
});

test("captions follow the voice, word by word", async () => {
  const rig = rigOf({ respond: says("There was a king.") }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(3_000);
  const captions = rig.told("agent-caption").map(({ text }) => text);
  expect(captions).toEqual(["There", "There was", "There was a", "There was a king."]);
});

test("an answer that is prepared early begins at once, and is made once", async () => {
  let calls = 0;
  const respond: Respond = async function* ({ isPreemptive }, { conversation }) {
    calls += 1;
    yield `${isPreemptive ? "Early" : "Late"}: ${conversation.messages().at(-1)?.text}.`;
  };
  const rig = rigOf({ respond });
  await rig.person("what time is it");
  await rig.pass(96);
  expect(calls).toBe(1);
  expect(rig.lines).toEqual([]); // no trace
  expect(rig.told("agent-transcript")).toEqual([]);
  await rig.pass(3_000);
  expect(calls).toBe(1);
  expect(rig.lines).toEqual(["user | what time is it", "assistant | Early: what time is it."]);
  expect(rig.told("agent-metrics")[0]?.metrics).toMatchObject({ firstTextMs: 0, firstAudioMs: 0 });
});

test("an answer that was prepared for other words is thrown away without a trace, and none of its tools runs", async () => {
  const signals: AbortSignal[] = [];
  let ran = 0;
  const respond: Respond = async function* ({ transcript }, { signal }) {
    signals.push(signal);
    yield `You said ${transcript}. `;
    if (transcript === "what time") yield { type: "tool-call", name: "count", arguments: {} };
  };
  const tools = [{ name: "count", execute: () => void (ran += 1) }];
  const rig = rigOf({ respond, tools });
  await rig.person("what time");
  await rig.pass(96);
  await rig.turn("is it");
  await rig.pass(4_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(rig.lines).toEqual(["user | what time is it", "assistant | You said what time is it. "]);
  expect(ran).toBe(0);
});

test("an interruption falls silent within the fade, and the conversation keeps what was heard, to the word", async () => {
  const rig = rigOf({ respond: says(STORY) }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(1_300);
  await rig.person("stop please", 640);
  await rig.pass(200);
  const ended = rig.told("agent-speech-ended")[0]!;
  expect(ended.isInterrupted).toBe(true);
  // All that left is counted, and nothing else: silence after the fade, sound before it.
  const heardSamples = (ended.heardMs * 24_000) / 1_000;
  const first = rig.speaker.heard.findIndex((sample) => sample !== 0);
  const last = rig.speaker.heard.findLastIndex((sample) => sample !== 0);
  expect(Math.abs(last - first + 1 - heardSamples)).toBeLessThanOrEqual(2); // a fade ends in zero, a tone begins there
  const words = Math.round(ended.heardMs / 400);
  expect(ended.heardText).toBe(STORY.split(" ").slice(0, words).join(" "));
  expect(rig.lines[1]).toBe(`assistant | ${STORY} | heard: ${ended.heardText}`);
  await rig.pass(544 + 1_000);
  expect(rig.conversation.messages().map(({ text }) => text)).toEqual([
    "tell me a story",
    ended.heardText,
    "stop please",
    STORY,
  ]);
});

test("sound without words pauses it, and it goes on at the very next sample", async () => {
  const rig = rigOf({ respond: says(STORY) }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(1_300);
  await rig.person("", 640);
  const atPause = rig.speaker.events.findLast(({ type }) => type === "paused");
  await rig.pass(2_100);
  expect(rig.told("agent-resumed")).toHaveLength(1);
  await rig.pass(8_000);
  const ended = rig.told("agent-speech-ended")[0]!;
  expect(ended).toMatchObject({ isInterrupted: false, heardText: STORY, heardMs: STORY.split(" ").length * 400 });
  expect(atPause).toBeDefined();
  expect(rig.lines[1]).toBe(`assistant | ${STORY}`);
});

test("an answer of which nothing was heard leaves the conversation", async () => {
  const rig = rigOf({ respond: says(STORY), speak: () => hang() }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(320);
  expect(rig.lines).toHaveLength(2);
  await rig.turn("never mind");
  await rig.pass(96);
  expect(rig.lines.slice(0, 2)).toEqual(["user | tell me a story", "user | never mind"]);
});

test("a new answer reads what was heard of the one before", async () => {
  const read: string[][] = [];
  const respond: Respond = async function* (_turn, { conversation }) {
    read.push(conversation.messages().map(({ text }) => text));
    yield STORY;
  };
  const rig = rigOf({ respond }, NO_EARLY);
  await rig.turn("one");
  await rig.pass(1_000);
  await rig.turn("two");
  await rig.pass(500);
  expect(read[1]).toHaveLength(3);
  expect(STORY.startsWith(read[1]![1]!)).toBe(true);
  expect(read[1]![1]!.length).toBeLessThan(STORY.length);
});

test("the model's tools run, and their results are in the conversation that it reads next", async () => {
  const respond: Respond = async function* (_turn, { conversation }) {
    const result = [...conversation].find(({ role }) => role === "tool");
    if (result) yield `It is ${result.text} degrees.`;
    else {
      yield "One moment. ";
      yield { type: "tool-call", name: "get_weather", arguments: '{"place":"Paris"}' };
    }
  };
  const tools = [{ name: "get_weather", execute: ({ place }: { place: string }) => ({ Paris: 21 })[place] ?? null }];
  const rig = rigOf({ respond, tools }, NO_EARLY);
  await rig.turn("how warm is it in paris");
  await rig.pass(4_000);
  expect(rig.lines).toEqual([
    "user | how warm is it in paris",
    "assistant | One moment. ",
    "tool | 21",
    "assistant | It is 21 degrees.",
  ]);
  expect(rig.told("tool-call", "tool-result")).toMatchObject([
    { type: "tool-call", name: "get_weather", arguments: { place: "Paris" } },
    { type: "tool-result", output: "21" },
  ]);
});

function hang(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
}

test.each<[string, Partial<CascadeOptions>, string]>([
  ["respond throws", { respond: throws("no quota") }, "respond failed: no quota"],
  ["respond never yields", { respond: () => hang() }, "respond gave nothing for 30000 ms"],
  ["speak throws", { speak: throws("no voice") }, "speak failed: no voice"],
  ["speak never yields", { speak: () => hang() }, "speak gave nothing for 15000 ms"],
  [
    "respond asks for tools for ever",
    {
      respond: says({ type: "tool-call", name: "again", arguments: {} }),
      tools: [{ name: "again", execute: () => "ok" }],
    },
    "respond asked for tools more than 8 times in a row",
  ],
])("when %s, that is a warning; the agent listens again and answers the next turn", async (_what, options, message) => {
  let isBroken = true;
  const { respond = says("Hello."), speak = speakWords } = options;
  const rig = rigOf(
    {
      ...options,
      respond: (turn, context) => (isBroken ? respond : says("All is well."))(turn, context),
      speak: (text, context) => (isBroken ? speak : speakWords)(text, context),
    },
    NO_EARLY,
  );
  await rig.turn("hello");
  await rig.pass(31_000);
  expect(rig.warnings.map(({ code, message: told }) => [code, told])).toEqual([["provider-failed", message]]);
  expect(rig.turns?.states.agent).toBe("listening");
  isBroken = false;
  await rig.turn("hello again");
  await rig.pass(3_000);
  expect(rig.lines.at(-1)).toBe("assistant | All is well.");
  expect(rig.clock.pending).toBe(0);
});

function throws(message: string): () => AsyncIterable<never> {
  return () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error(message)) }) });
}

test("what a voice failed to speak was not heard: the model reads of it what was", async () => {
  for (const [spokenSentences, heard] of [
    [0, ""],
    [1, "There was a king."],
  ] as const) {
    let sentences = 0;
    const speak: Speak = (text, context) =>
      sentences++ < spokenSentences ? speakWords(text, context) : throws("no voice")();
    const rig = rigOf({ respond: says(STORY), speak }, NO_EARLY);
    await rig.turn("tell me a story");
    await rig.pass(4_000);
    expect(rig.told("agent-speech-ended")).toMatchObject([{ heardText: heard, isInterrupted: false }]);
    expect([...rig.conversation].at(-1)).toMatchObject({ text: STORY, heardText: heard });
    expect(rig.conversation.messages({ roles: ["assistant"] }).map(({ text }) => text)).toEqual(heard ? [heard] : []);
  }
});

test("words that never came to be a sentence, since the model failed, were not heard", async () => {
  const respond: Respond = async function* () {
    yield "It is";
    await Promise.reject(new Error("no quota"));
  };
  const rig = rigOf({ respond }, NO_EARLY);
  await rig.turn("how late is it");
  await rig.pass(1_000);
  expect([...rig.conversation].at(-1)).toMatchObject({ text: "It is", heardText: "" });
});

test("calls that the model does not name have names of their own, also in later turns", async () => {
  const note = { type: "tool-call", name: "note", arguments: {} } as const;
  const respond: Respond = async function* ({ transcript }, { conversation }) {
    if (conversation.messages().at(-1)?.role === "tool") yield `${transcript}.`;
    else yield* [note, note, { ...note, callId: "mine" }];
  };
  const rig = rigOf({ respond, tools: [{ name: "note", execute: () => "noted" }] }, NO_EARLY);
  await rig.turn("one");
  await rig.pass(1_500);
  await rig.turn("two");
  await rig.pass(1_500);
  expect(rig.told("tool-call").map(({ callId }) => callId)).toEqual([
    "call-1",
    "call-2",
    "mine",
    "call-3",
    "call-4",
    "mine",
  ]);
  expect(rig.warnings).toEqual([]);
});

test.each<[string, object, string]>([
  ["bytes for samples", { samples: new Uint8Array(4_800), rateHz: 24_000 }, "samples must be a Float32Array"],
  ["no samples", { rateHz: 24_000 }, "samples must be a Float32Array"],
  ["no rate", { samples: new Int16Array(2_400) }, "rateHz must be a rate in Hz, got undefined"],
  ["a rate that is none", { samples: new Int16Array(2_400), rateHz: Number.NaN }, "rateHz must be a rate in Hz"],
  ["a rate that no voice has", { samples: new Int16Array(2_400), rateHz: 1.5 }, "failed: "],
])(
  "a voice that gives %s is never heard, and is a warning, also when it spoke early",
  async (_what, audio, message) => {
    for (const turns of [NO_EARLY, {}]) {
      const speak = async function* () {
        yield audio;
      } as unknown as Speak;
      const rig = rigOf({ speak }, turns);
      await rig.turn("hello");
      await rig.pass(1_000);
      expect(rig.warnings).toMatchObject([{ code: "provider-failed", message: expect.stringContaining(message) }]);
      expect(rig.speaker.heard.every((sample) => sample === 0)).toBe(true);
      expect(rig.turns?.states.agent).toBe("listening");
      expect(rig.run.health).toEqual({ replies: 0 });
    }
  },
);

test.each<[string, unknown, RegExp]>([
  ["throws", () => Promise.reject(new Error("no wires")), /The tool broken failed: no wires/],
  ["never returns", () => new Promise(() => undefined), /The tool broken did not answer within 500 ms/],
])("a tool that %s is told to the model, and to the app as a warning", async (_what, execute, message) => {
  const outputs: string[] = [];
  const respond: Respond = async function* (_turn, { conversation }) {
    const result = [...conversation].find(({ role }) => role === "tool");
    if (result) outputs.push(result.text);
    yield result ? "It did not work." : { type: "tool-call", name: "broken", arguments: {} };
  };
  const tools = [{ name: "broken", timeoutMs: 500, execute: execute as () => string }];
  const rig = rigOf({ respond, tools }, NO_EARLY);
  await rig.turn("do it");
  await rig.pass(3_000);
  expect(rig.warnings.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  expect(outputs).toEqual([expect.stringMatching(message)]);
  expect(rig.lines.at(-1)).toBe("assistant | It did not work.");
});

test("say() waits for its turn, and tells what was heard", async () => {
  const rig = rigOf({});
  await rig.pass(32);
  const one = rig.run.say("Welcome to the show.", {});
  const two = rig.run.say("Please sit down.", {});
  await rig.pass(1_000);
  await rig.pass(4_000);
  expect(await one).toEqual({ heardText: "Welcome to the show.", isInterrupted: false });
  expect(await two).toEqual({ heardText: "Please sit down.", isInterrupted: false });
  expect(rig.lines).toEqual(["assistant | Welcome to the show.", "assistant | Please sit down."]);
});

test("what must not be interrupted is not, but by the app", async () => {
  const rig = rigOf({});
  await rig.pass(32);
  const said = rig.run.say("This call is recorded for your own safety.", { isInterruptible: false });
  await rig.pass(400);
  await rig.person("wait", 640);
  await rig.pass(64);
  expect(rig.told("interruption")).toEqual([]);
  rig.turns?.agent.interrupt();
  await rig.pass(64);
  expect((await said).isInterrupted).toBe(true);
});

test("who speaks while the next answer is prepared is not disturbed by the end of the one that was cut off", async () => {
  const rig = rigOf({ respond: () => hang() }, NO_EARLY);
  await rig.pass(32);
  void rig.run.say(STORY, {});
  await rig.pass(1_000);
  rig.turns?.agent.interrupt();
  const resumed = rig.speaker.events.filter(({ type }) => type === "resumed").length;
  rig.run.sendText("and now");
  rig.turns?.speechStarted(rig.now(), rig.now());
  await rig.pass(320, true);
  expect(rig.told("interruption").at(-1)).toMatchObject({ kind: "pause" });
  expect(
    rig
      .told("agent-state")
      .map(({ to }) => to)
      .filter((to) => to === "thinking"),
  ).toHaveLength(2);
  expect(rig.speaker.events.filter(({ type }) => type === "resumed")).toHaveLength(resumed);
});

test("a text is answered as if it had been said, and cuts off what is being said", async () => {
  const rig = rigOf({ respond: says(STORY) }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(1_000);
  rig.run.sendText("another one");
  await rig.pass(1_000);
  expect(rig.conversation.messages().map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  expect(rig.told("agent-speech-ended")[0]?.isInterrupted).toBe(true);
});

test("at the end of a run nothing goes on", async () => {
  const signals: AbortSignal[] = [];
  const respond: Respond = async function* (_turn, { signal }) {
    signals.push(signal);
    yield STORY;
    yield* hang();
  };
  const rig = rigOf({ respond }, NO_EARLY);
  await rig.turn("tell me a story");
  await rig.pass(1_000);
  rig.end();
  await rig.pass(100);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(rig.clock.pending).toBe(0);
  expect(rig.warnings).toEqual([]);
});

test.each([
  [{ respond: undefined }, new TypeError("cascade.respond must be a function that yields text")],
  [{ speak: 1 }, new TypeError("cascade.speak must be a function that yields audio")],
  [{ maxToolSteps: 1.5 }, new RangeError("cascade.maxToolSteps must be a whole number in [0, 32], got 1.5")],
  [{ maxAheadMs: 10 }, new RangeError("cascade.maxAheadMs must be in [1000, 600000] ms, got 10")],
  [{ speakTimeoutMs: Number.NaN }, new RangeError("cascade.speakTimeoutMs must be in [1, 600000] ms, got NaN")],
  [{ playback: { fadeMs: 50 } }, new RangeError("cascade.playback.fadeMs must be in [5, 10] ms, got 50")],
  [{ tools: [{ name: "no good", execute: () => 1 }] }, RangeError],
  [{ tools: [{ name: "a" }] }, new TypeError("cascade.tools[0].execute must be a function")],
])("bad options fail at once and say why: %j", (options, error) => {
  expect(() =>
    cascadeSettings({ respond: says(), speak: speakWords, ...options } as CascadeOptions, new FakeClock()),
  ).toThrow(error);
});
