import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it, test } from "vitest";
import { MODEL_FOLDER } from "../pocketsphinx/installation.ts";
import type { AnswerMessage, AnswerPiece, AnswerRequest } from "./answer.ts";
import { Answerer } from "./answerer.ts";
import { STORY } from "./story.ts";
import { toWords } from "./to-words.ts";

const TIME = { name: "get_time" };
const WEATHER = { name: "get_weather", parameters: { type: "object", properties: { location: { type: "string" } } } };

async function piecesOf(request: Partial<AnswerRequest>): Promise<AnswerPiece[]> {
  const pieces: AnswerPiece[] = [];
  const answerer = new Answerer({ wordIntervalMs: 0 });
  for await (const piece of answerer.answer({ model: "rules/answers", messages: [], ...request })) pieces.push(piece);
  return pieces;
}

async function textOf(request: Partial<AnswerRequest>): Promise<string> {
  return (await piecesOf(request)).map((piece) => (piece.type === "text" ? piece.text : "")).join("");
}

function user(text: string): AnswerMessage[] {
  return [{ role: "user", text }];
}

/** A question that led to a call, and what the tool said. */
function called(name: string, args: object, ...results: readonly string[]): AnswerMessage[] {
  const calls = results.map((_, index) => ({ callId: `call_${index}`, name, arguments: JSON.stringify(args) }));
  return [
    { role: "user", text: "What time is it?" },
    { role: "assistant", text: "", calls },
    ...results.map((text, index): AnswerMessage => ({ role: "tool", callId: `call_${index}`, text })),
  ];
}

const ANSWERS: readonly (readonly [said: string, answer: string])[] = [
  ["go forward ten meters", "Going forward ten meters."],
  ["Go back!", "Going back."],
  ["go somewhere and do something", "Where should I go, and what should I do there?"],
  ["seven of clubs", "That is the seven of clubs."],
  ["The ten of clubs, the ace of hearts.", "That is the ten of clubs and the ace of hearts."],
  ["what time is it", "I have no clock here."],
  ["how is the weather in berlin", "I can not see the weather from here."],
  ["Hello!", "Hello. How can I help you?"],
  ["thank you", "You are welcome."],
  ["say good morning", "Good morning."],
  ["he might even have been made", "You said he might even have been made."],
  [" … ", "I did not hear you."],
  ["", "I did not hear you."],
];

test.each(ANSWERS)("%j is answered by %j", async (said, answer) => {
  expect(await textOf({ messages: user(said) })).toBe(answer);
});

it("answers the last thing that was said, and greets who has said nothing", async () => {
  expect(
    await textOf({ messages: [...user("go back"), { role: "assistant", text: "Going back." }, ...user("stop")] }),
  ).toBe("Okay.");
  expect(await textOf({ messages: [{ role: "system", text: "You are polite." }] })).toBe("Hello. How can I help you?");
});

test.each([
  ["what time is it", [WEATHER, TIME], "get_time", {}],
  ["What's the weather like in new york?", [TIME, WEATHER], "get_weather", { location: "New York" }],
  ["weather please", [WEATHER], "get_weather", { location: "Here" }],
])("%j asks the tool that fits", async (said, tools, name, args) => {
  const pieces = await piecesOf({ messages: user(said), tools });
  expect(pieces).toEqual([
    { type: "tool-call", name, callId: expect.stringMatching(/^call_\w+$/), arguments: JSON.stringify(args) },
  ]);
  expect(await piecesOf({ messages: user(said), tools })).not.toEqual(pieces); // a call of its own
});

test.each([
  ["get_time", {}, "14:05", "It is fourteen oh five."],
  ["get_time", {}, '"2026-01-31T09:00:00Z"', "It is nine o'clock."],
  ["get_time", {}, '{"time":"12:30"}', "It is twelve thirty."],
  [
    "get_weather",
    { location: "Berlin" },
    '{"sky":"sunny","temperature":"-21.5 °C"}',
    "The weather in Berlin is sunny and minus twenty one point five degrees.",
  ],
  ["get_weather", {}, "rain.", "The weather here is rain."],
  ["roll_dice", {}, "4", "The answer is four."],
  ["open_door", {}, "null", "That is done."],
  ["open_door", {}, '{"error":"no such door"}', "That did not work."],
])("%s(%j) → %s is told as %j", async (name, args, result, answer) => {
  expect(await textOf({ messages: called(name, args, result), tools: [TIME, WEATHER] })).toBe(answer);
});

it("results of several calls are told one after another", async () => {
  expect(await textOf({ messages: called("count", {}, "1", "2") })).toBe("The answer is one. The answer is two.");
});

it.each([
  ["the model rules/long", { model: "rules/long", messages: user("go back") }],
  ["a system message", { messages: [{ role: "system", text: "Give long answers." }, ...user("go back")] }],
  ["a story", { messages: user("please tell me a story") }],
] as const)("%s makes it talk for eight sentences, word by word", async (_, request) => {
  const pieces = await piecesOf(request);
  expect(pieces).toHaveLength(STORY.split(" ").length);
  expect(await textOf(request)).toBe(STORY);
  expect(STORY.match(/\./g)).toHaveLength(8);
});

it.skipIf(!existsSync(MODEL_FOLDER))("the recogniser knows every word that is answered", () => {
  const known = new Set(
    readFileSync(`${MODEL_FOLDER}/cmudict-en-us.dict`, "latin1")
      .split("\n")
      .map((line) => line.split(" ", 1)[0]),
  );
  const texts = [...ANSWERS.map(([, answer]) => answer), STORY, "That is done. That did not work. The answer is."];
  const numbers = Array.from({ length: 1_000 }, (_, index) => toWords(`${index * 7.5}`));
  const words =
    [...texts, ...numbers]
      .join(" ")
      .toLowerCase()
      .match(/[a-z']+/g) ?? [];
  expect(words.filter((word) => !known.has(word))).toEqual([]);
});

it("numbers are said back as they were written", () => {
  expect(["0", "-7", "19", "20", "342", "100000", "2.50", "1234567", "x86", "1.2.3"].map(toWords)).toEqual([
    "zero",
    "minus seven",
    "nineteen",
    "twenty",
    "three hundred forty two",
    "one hundred thousand",
    "two point five zero",
    "1234567",
    "x86",
    "1.2.3",
  ]);
});

it("whatever is said and whatever a tool says, there is an answer that ends", async () => {
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom("system", "user", "assistant"), text: fc.string({ unit: "binary" }) }),
    fc.record({ role: fc.constant("tool" as const), callId: fc.string(), text: fc.oneof(fc.json(), fc.string()) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message), async (messages) => {
      expect((await textOf({ messages })).length).toBeGreaterThan(0);
    }),
  );
});

it("stops at once, with the signal's reason", async () => {
  const ending = new AbortController();
  const said: AnswerPiece[] = [];
  const reading = (async () => {
    for await (const piece of new Answerer().answer({ model: "rules/long", messages: [], signal: ending.signal })) {
      said.push(piece);
      if (said.length === 3) ending.abort("enough");
    }
  })();
  await expect(reading).rejects.toBe("enough");
  expect(said).toHaveLength(3);
});
