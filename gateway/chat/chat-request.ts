import type { AnswerMessage, AnswerTool, AskedTool } from "../answers/answer.ts";
import { GatewayError } from "../errors.ts";
import { isFields, missing, quote, readObject, readText } from "../protocol/fields.ts";
import type { Fields } from "../protocol/fields.ts";

/** A request for a chat completion, reduced to what is acted on here. */
export interface ChatRequest {
  readonly messages: readonly AnswerMessage[];
  /** Those that may be called. */
  readonly tools: readonly AnswerTool[];
  readonly isStreamed: boolean;
  /** Whether a stream ends with what it cost. */
  readonly isUsageWanted: boolean;
  /** Most words of the answer. */
  readonly maxWords: number;
}

/**
 * Reads a request as OpenAI's clients write it; what is not named here is ignored.
 * @throws GatewayError `malformed-message`, naming the field.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function readChatRequest(fields: Fields): ChatRequest {
  const messages = readList(fields, "messages", "messages");
  if (messages === undefined || messages.length === 0) missing("messages");
  const most = fields["max_completion_tokens"] ?? fields["max_tokens"] ?? Infinity;
  if (typeof most !== "number" || !(most >= 1))
    throw new GatewayError("malformed-message", `max_tokens must be at least 1, got ${quote(most)}`);
  const options = readObject(fields, "stream_options", "stream_options") ?? {};
  return {
    messages: messages.map((message, index) => readMessage(message, `messages[${index}]`)),
    tools: readTools(fields),
    isStreamed: readFlag(fields, "stream", "stream"),
    isUsageWanted: readFlag(options, "include_usage", "stream_options.include_usage"),
    maxWords: most,
  };
}

function readMessage(value: unknown, path: string): AnswerMessage {
  if (!isFields(value)) throw new GatewayError("malformed-message", `${path} must be an object`);
  const role = value["role"];
  const text = readContent(value["content"], `${path}.content`);
  switch (role) {
    case "system":
    case "developer":
      return { role: "system", text };
    case "user":
      return { role, text };
    case "assistant": {
      const calls = readList(value, "tool_calls", `${path}.tool_calls`) ?? [];
      return { role, text, calls: calls.map((call, index) => readCall(call, `${path}.tool_calls[${index}]`)) };
    }
    case "tool":
      return { role, text, callId: readName(value, "tool_call_id", path) };
    default:
      throw new GatewayError("malformed-message", `${path}.role is none that is known: ${quote(role)}`);
  }
}

/** Text as it is, or the texts among the parts. */
function readContent(content: unknown, path: string): string {
  if (content === undefined || content === null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new GatewayError("malformed-message", `${path} must be a string or an array`);
  return content
    .flatMap((part: unknown) => (isFields(part) && typeof part["text"] === "string" ? [part["text"]] : []))
    .join("");
}

function readCall(value: unknown, path: string): AskedTool {
  if (!isFields(value)) throw new GatewayError("malformed-message", `${path} must be an object`);
  const called = readObject(value, "function", `${path}.function`) ?? missing(`${path}.function`);
  return {
    callId: readName(value, "id", path),
    name: readName(called, "name", `${path}.function`),
    arguments: readText(called, "arguments", `${path}.function.arguments`) ?? "{}",
  };
}

function readTools(fields: Fields): AnswerTool[] {
  const tools = (readList(fields, "tools", "tools") ?? []).flatMap((tool, index) => {
    if (!isFields(tool)) throw new GatewayError("malformed-message", `tools[${index}] must be an object`);
    if (tool["type"] !== "function") return []; // other kinds are nobody's here
    const path = `tools[${index}].function`;
    const described = readObject(tool, "function", path) ?? missing(path);
    return { name: readName(described, "name", path), parameters: described["parameters"] };
  });
  const choice = fields["tool_choice"];
  if (choice === "none") return [];
  const wanted = isFields(choice) ? readObject(choice, "function", "tool_choice.function")?.["name"] : undefined;
  return wanted === undefined ? tools : tools.filter(({ name }) => name === wanted);
}

function readName(fields: Fields, key: string, path: string): string {
  return readText(fields, key, `${path}.${key}`) ?? missing(`${path}.${key}`);
}

function readList(fields: Fields, key: string, path: string): readonly unknown[] | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw new GatewayError("malformed-message", `${path} must be an array`);
}

function readFlag(fields: Fields, key: string, path: string): boolean {
  const value = fields[key] ?? false;
  if (typeof value === "boolean") return value;
  throw new GatewayError("malformed-message", `${path} must be true or false, got ${quote(value)}`);
}
