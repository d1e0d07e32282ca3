import { expect, test } from "vitest";
import { Conversation } from "../../conversation/conversation.ts";
import { chatMessages } from "./chat-messages.ts";

function toolItem(id: string, name: string, args: string, output: string) {
  return { id, role: "tool", text: output, metadata: { callId: "call-1", name, arguments: args } } as const;
}

test("both sides and the app are told in their order, after the instructions", () => {
  const conversation = new Conversation([
    { role: "user", text: "Hello." },
    { role: "assistant", text: "Hi, how are you?" },
    { role: "system", text: "It is late." },
    { role: "user", text: "Fine." },
  ]);
  expect(chatMessages(conversation, "Be brief.")).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello." },
    { role: "assistant", content: "Hi, how are you?" },
    { role: "system", content: "It is late." },
    { role: "user", content: "Fine." },
  ]);
  expect(chatMessages(conversation, "")).toHaveLength(4);
  expect(chatMessages(new Conversation(), "")).toEqual([]);
});

test("of an answer the model reads what was heard, and of one that was not heard nothing", () => {
  const conversation = new Conversation([
    { id: "one", role: "assistant", text: "There was a king. He had three sons." },
    { id: "two", role: "assistant", text: "Never heard." },
    { role: "user", text: "  " },
  ]);
  conversation.truncate("one", "There was a");
  conversation.truncate("two", "");
  expect(chatMessages(conversation, "")).toEqual([{ role: "assistant", content: "There was a" }]);
});

test("tools in a row are one message of calls, then their results, each under a name of its own", () => {
  const conversation = new Conversation([
    { role: "user", text: "Is it warmer in Paris or in Bonn?" },
    { role: "assistant", text: "One moment. " },
    toolItem("a", "get_weather", '{"place":"Paris"}', "21"),
    toolItem("b", "get_weather", '{"place":"Bonn"}', "12"),
    { role: "assistant", text: "In Paris." },
    toolItem("c", "sing", "{}", ""),
  ]);
  const call = (id: string, name: string, args: string): object => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  expect(chatMessages(conversation, "").slice(1)).toEqual([
    { role: "assistant", content: "One moment." },
    {
      role: "assistant",
      content: null,
      tool_calls: [call("a", "get_weather", '{"place":"Paris"}'), call("b", "get_weather", '{"place":"Bonn"}')],
    },
    { role: "tool", tool_call_id: "a", content: "21" },
    { role: "tool", tool_call_id: "b", content: "12" },
    { role: "assistant", content: "In Paris." },
    { role: "assistant", content: null, tool_calls: [call("c", "sing", "{}")] },
    { role: "tool", tool_call_id: "c", content: "" },
  ]);
});

test("a tool's item of the app's own, without a name, is passed over; without arguments it had none", () => {
  const conversation = new Conversation([
    { role: "tool", text: "42" },
    { id: "a", role: "tool", text: "ok", metadata: { name: "ring" } },
  ]);
  expect(chatMessages(conversation, "")).toEqual([
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", type: "function", function: { name: "ring", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "a", content: "ok" },
  ]);
});
