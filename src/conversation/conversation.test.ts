import { afterEach, expect, test, vi } from "vitest";
import { randomNumbers } from "../testing/random.ts";
import type { DetectorMessage } from "../turns/turn-detector.ts";
import { Conversation, type ConversationChange } from "./conversation.ts";

afterEach(() => vi.unstubAllGlobals());

function story(): Conversation {
  return new Conversation([
    { id: "s", role: "system", text: "Be brief." },
    { id: "u", role: "user", text: "Tell me a story.", startMs: 500, endMs: 2_500 },
    { id: "a", role: "assistant", text: "Once upon a time there was a dragon.", startMs: 3_500 },
  ]);
}

test("items stand in the order in which they were added, and an update keeps their place", () => {
  const conversation = story();
  conversation.update("u", { text: "Tell me a short story." });
  expect([...conversation].map(({ id }) => id)).toEqual(["s", "u", "a"]);
  expect(conversation.get("u")).toEqual({
    id: "u",
    role: "user",
    text: "Tell me a short story.",
    startMs: 500,
    endMs: 2_500,
  });
});

test("an agent reads of a truncated answer what was heard, while all of it is kept", () => {
  const conversation = story();
  conversation.truncate("a", "Once upon a");
  expect(conversation.get("a")).toMatchObject({
    text: "Once upon a time there was a dragon.",
    heardText: "Once upon a",
    isInterrupted: true,
  });
  expect(conversation.messages({ limit: 1 })).toEqual([{ role: "assistant", text: "Once upon a" }]);
});

test("an answer of which nothing was heard is not read at all", () => {
  const conversation = story();
  conversation.truncate("a", "");
  expect(conversation.messages().map(({ role }) => role)).toEqual(["system", "user"]);
});

test("empty texts are not read, and what one side says in a row can be read as one", () => {
  const conversation = new Conversation([
    { role: "user", text: "Tell me a story" },
    { role: "assistant", text: "  " },
    { role: "user", text: "about a firefighter." },
    { role: "assistant", text: "Gladly." },
  ]);
  expect(conversation.messages().map(({ text }) => text)).toEqual([
    "Tell me a story",
    "about a firefighter.",
    "Gladly.",
  ]);
  expect(conversation.messages({ mergesAdjacent: true, limit: 2 })).toEqual([
    { role: "user", text: "Tell me a story about a firefighter." },
    { role: "assistant", text: "Gladly." },
  ]);
});

test("a detector can be handed the messages of both sides, the last so many", () => {
  const read: DetectorMessage[] = story().messages({ roles: ["user", "assistant"], limit: 6 });
  expect(read.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(story().messages({ limit: 0 })).toEqual([]);
  expect(() => story().messages({ limit: -1 })).toThrow("limit must be a whole number of at least 0, got -1");
  expect(() => story().messages({ limit: Number.NaN })).toThrow(RangeError);
});

test("conversations are equivalent if an agent reads the same in both", () => {
  const [one, other] = [story(), story()];
  expect(one.isEquivalentTo(other)).toBe(true);
  other.update("a", { endMs: 9_000, metadata: { seen: true } });
  expect(one.isEquivalentTo(other)).toBe(true);
  other.truncate("a", "Once");
  expect(one.isEquivalentTo(other)).toBe(false);
  expect(new Conversation([{ role: "user", text: "Hi" }]).isEquivalentTo(new Conversation())).toBe(false);
  const swapped = new Conversation([{ role: "assistant", text: "Hi" }]);
  expect(new Conversation([{ role: "user", text: "Hi" }]).isEquivalentTo(swapped)).toBe(false);
});

test("a copy goes its own way", () => {
  const original = story();
  const copy = new Conversation(original);
  copy.remove("a");
  expect(original).toHaveLength(3);
  expect(copy.isEquivalentTo(original)).toBe(false);
});

test("what is kept can not be changed from outside", () => {
  const given = { id: "u", role: "user" as const, text: "Hi" };
  const conversation = new Conversation([given]);
  given.text = "Bye";
  const kept = conversation.get("u") as unknown as { text: string };
  expect(() => (kept.text = "Bye")).toThrow(TypeError);
  expect(conversation.get("u")?.text).toBe("Hi");
});

test("an item without a name is given one that is free, also after names were restored", () => {
  const conversation = new Conversation([{ id: "item-2", role: "user", text: "two" }]);
  const names = [1, 2, 3].map(() => conversation.add({ role: "user", text: "more" }).id);
  expect(names).toEqual(["item-1", "item-3", "item-4"]);
});

test.each([
  ["update", (conversation: Conversation) => conversation.update("x", { text: "" })],
  ["remove", (conversation: Conversation) => conversation.remove("x")],
  ["truncate", (conversation: Conversation) => conversation.truncate("x", "")],
])("%s of an unknown item fails, and changes nothing", (caller, act) => {
  const conversation = story();
  expect(() => act(conversation)).toThrow(new RangeError(`conversation.${caller}: there is no item "x"`));
  expect(conversation.isEquivalentTo(story())).toBe(true);
});

test("a name is given once, and only answers can be truncated", () => {
  const again = { id: "u", role: "user", text: "again" } as const;
  expect(() => story().add(again)).toThrow(new RangeError('conversation.add: there is already an item "u"'));
  expect(() => story().truncate("u", "Tell")).toThrow(new RangeError(`conversation.truncate: item "u" is the user's`));
});

test.each([
  [{ role: "robot" }, 'item.role must be one of user, assistant, system, tool, got "robot"'],
  [{ text: 7 }, "item.text must be a string, got 7"],
  [{ id: "" }, 'item.id must be a string that is not empty, got ""'],
  [{ heardText: null }, "item.heardText must be a string, got null"],
  [{ startMs: "1" }, 'item.startMs must be a number of ms, got "1"'],
  [{ startMs: 2, endMs: 1 }, "item.endMs must be at least startMs, 2, got 1"],
  [{ isInterrupted: 1 }, "item.isInterrupted must be true or false, got 1"],
  [{ metadata: [] }, "item.metadata must be an object, got []"],
])("a field that is not what it must be is named: %j", (field, message) => {
  const item = { id: "x", role: "user", text: "Hi", ...field } as never;
  expect(() => new Conversation().add(item)).toThrow(message);
});

test("a conversation survives JSON, with fields of a newer version left out", () => {
  const conversation = story();
  conversation.truncate("a", "Once");
  conversation.add({ role: "tool", text: "12 degrees", metadata: { call: "weather", args: ["Bonn", null, 1.5] } });
  const restored = Conversation.fromJSON(JSON.parse(JSON.stringify(conversation)));
  expect([...restored]).toEqual([...conversation]);
  const newer = { items: [{ id: "u", role: "user", text: "Hi", mood: "good" }] };
  expect([...Conversation.fromJSON(newer)]).toEqual([{ id: "u", role: "user", text: "Hi" }]);
});

test.each([
  [null, "conversation.items must be an array"],
  [{}, "conversation.items must be an array"],
  [{ items: [{ id: "a", role: "user", text: "Hi" }, 3] }, "conversation.items[1] must be an object, got 3"],
  [{ items: [{ id: "a", role: "user" }] }, "conversation.items[0].text must be a string, got undefined"],
])("JSON that is no conversation is refused: %j", (json, message) => {
  expect(() => Conversation.fromJSON(json)).toThrow(message);
});

test("listeners hear of each change once, in order, after it took place", () => {
  const conversation = new Conversation();
  const changes: [ConversationChange["type"], number][] = [];
  const stop = conversation.onChange(({ type }) => changes.push([type, conversation.length]));
  conversation.add({ id: "u", role: "user", text: "Hi" });
  conversation.update("u", { text: "Hello" });
  conversation.remove("u");
  conversation.clear();
  conversation.add({ role: "user", text: "Hi" });
  conversation.clear();
  stop();
  conversation.add({ role: "user", text: "unheard" });
  expect(changes).toEqual([
    ["item-added", 1],
    ["item-updated", 1],
    ["item-removed", 0],
    ["item-added", 1],
    ["cleared", 0],
  ]);
});

test("a listener that changes the conversation does not disturb the order that others hear", () => {
  const conversation = new Conversation();
  const heard: string[] = [];
  conversation.onChange((change) => {
    if (change.type === "item-added") conversation.update(change.item.id, { text: "changed" });
  });
  conversation.onChange((change) => heard.push(change.type));
  conversation.add({ role: "user", text: "Hi" });
  expect(heard).toEqual(["item-added", "item-updated"]);
});

test("a listener that throws hurts nobody else, and its error reaches the page's own report", () => {
  const reports: (() => void)[] = [];
  vi.stubGlobal("queueMicrotask", (report: () => void) => reports.push(report));
  const conversation = new Conversation();
  const heard: string[] = [];
  conversation.onChange(() => {
    throw new Error("mine");
  });
  conversation.onChange(({ type }) => heard.push(type));
  conversation.add({ role: "user", text: "Hi" });
  conversation.clear();
  expect(heard).toEqual(["item-added", "cleared"]);
  expect(() => reports.forEach((report) => report())).toThrow("mine");
});

test("a failed change tells nobody", () => {
  const conversation = story();
  const heard: string[] = [];
  conversation.onChange(({ type }) => heard.push(type));
  expect(() => conversation.update("u", { endMs: 0 })).toThrow(RangeError);
  expect(() => conversation.add({ id: "u", role: "user", text: "" })).toThrow(RangeError);
  expect(heard).toEqual([]);
});

test("whatever is done, the changes told add up to what is there (2,000 random steps)", () => {
  const random = randomNumbers(5);
  const conversation = new Conversation();
  let mirror = new Map<string, unknown>();
  conversation.onChange((change) => {
    if (change.type === "cleared") mirror = new Map();
    else if (change.type === "item-removed") mirror.delete(change.item.id);
    else mirror.set(change.item.id, change.item);
  });
  for (let step = 0; step < 2_000; step++) {
    const items = [...conversation];
    const item = items[Math.floor(random() * items.length)];
    const dice = random();
    if (dice < 0.4 || !item) conversation.add({ role: dice < 0.2 ? "user" : "assistant", text: `text ${step}` });
    else if (dice < 0.6) conversation.update(item.id, { text: `text ${step}` });
    else if (dice < 0.7 && item.role === "assistant") conversation.truncate(item.id, "te");
    else if (dice < 0.99) conversation.remove(item.id);
    else conversation.clear();
    expect([...mirror.values()]).toEqual([...conversation]);
  }
});
