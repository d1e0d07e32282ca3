import type { WireMessageItem } from "../../src/realtime/wire.ts";
import type { AnswerMessage, AskedTool } from "../answers/answer.ts";
import type { StoredItem } from "./conversation.ts";

/** What the answerer reads: the items as messages, once what was said in them is known. */
export async function messagesOf(instructions: string, items: readonly StoredItem[]): Promise<AnswerMessage[]> {
  const messages: AnswerMessage[] = instructions === "" ? [] : [{ role: "system", text: instructions }];
  const heard = items.map((item) => item.heard); // at once: one that fails is forgotten before the next is awaited
  for (const [index, { wire }] of items.entries()) {
    if (wire.type === "function_call_output") {
      messages.push({ role: "tool", callId: wire.call_id, text: wire.output });
    } else if (wire.type === "function_call") {
      const call: AskedTool = { callId: wire.call_id ?? wire.id, name: wire.name, arguments: wire.arguments };
      messages.push({ role: "assistant", text: "", calls: [call] });
    } else {
      messages.push({ role: wire.role, text: [textOf(wire), await heard[index]].filter(Boolean).join(" ") });
    }
  }
  return messages;
}

function textOf({ role, content }: WireMessageItem): string {
  const texts = content.map((part) => {
    if ("text" in part) return part.text;
    return role === "assistant" && part.type === "output_audio" ? part.transcript : undefined;
  });
  return texts.filter(Boolean).join(" ");
}
