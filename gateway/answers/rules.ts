import type { AnswerRequest, AskedTool } from "./answer.ts";

/** What is answered: text, or the tool call that comes first. */
export function decide({ messages }: Omit<AnswerRequest, "signal">): string | AskedTool {
  const said = messages.findLast(({ role }) => role === "user")?.text ?? "";
  return `You said: ${said}.`;
}
