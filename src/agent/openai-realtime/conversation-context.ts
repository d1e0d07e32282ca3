import type { Conversation } from "../../conversation/conversation.ts";
import { textMessage, type RealtimeItemInput } from "../../realtime/realtime-item.ts";

/** A conversation as a new session is told it: of answers, what was heard, as text; tools with what they answered. */
export function contextOf(conversation: Conversation): RealtimeItemInput[] {
  return [...conversation].flatMap((item): RealtimeItemInput[] => {
    const { id, role, text, heardText, metadata } = item;
    if (role === "system") return [];
    if (role !== "tool") {
      const heard = (heardText ?? text).trim();
      return heard === "" ? [] : [textMessage(role, heard, id)];
    }
    const { callId = id, name, arguments: args } = metadata ?? {};
    if (typeof name !== "string" || typeof callId !== "string") return [];
    return [
      { type: "function_call", callId, name, arguments: typeof args === "string" ? args : "{}" },
      { type: "function_call_output", callId, output: text },
    ];
  });
}

/** What the conversation's system items say: instructions that override the session's. */
export function instructionsOf(conversation: Conversation): string | undefined {
  const texts = conversation.messages({ roles: ["system"] }).map(({ text }) => text);
  return texts.length === 0 ? undefined : texts.join("\n\n");
}
