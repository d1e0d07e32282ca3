import type { Conversation } from "../../conversation/conversation.ts";
import type { ConversationItem } from "../../conversation/conversation-item.ts";

/** A message as OpenAI's chat completions take it. */
export type ChatMessage =
  | { readonly role: "system" | "user" | "assistant"; readonly content: string }
  | { readonly role: "assistant"; readonly content: null; readonly tool_calls: readonly ChatToolCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

/** A tool that the model asked for. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * A conversation as chat completions take it: of answers, what was heard; calls of tools in a row as one message, then
 * their results.
 */
export function chatMessages(conversation: Conversation, instructions: string): ChatMessage[] {
  const messages: ChatMessage[] = instructions === "" ? [] : [{ role: "system", content: instructions }];
  let results: { readonly call: ChatToolCall; readonly output: string }[] = [];
  const flush = (): void => {
    if (results.length === 0) return;
    messages.push({ role: "assistant", content: null, tool_calls: results.map(({ call }) => call) });
    for (const { call, output } of results) messages.push({ role: "tool", tool_call_id: call.id, content: output });
    results = [];
  };
  for (const item of conversation) {
    const { role, text } = item;
    if (role === "tool") {
      const call = toolCallOf(item);
      if (call) results.push({ call, output: text });
      continue;
    }
    flush();
    const content = (item.heardText ?? text).trim();
    if (content !== "") messages.push({ role, content });
  }
  flush();
  return messages;
}

function toolCallOf({ id, metadata }: ConversationItem): ChatToolCall | undefined {
  const name = metadata?.["name"];
  const args = metadata?.["arguments"];
  if (typeof name !== "string") return undefined;
  // The item's name, since models may name two calls alike.
  return { id, type: "function", function: { name, arguments: typeof args === "string" ? args : "{}" } };
}
