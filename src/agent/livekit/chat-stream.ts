import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { RespondPiece } from "../cascade/respond.ts";

/** No line of an answer is longer, in characters. */
const LONGEST_LINE = 1_000_000;

interface CallInProgress {
  id: string;
  name: string;
  arguments: string;
}

/**
 * Reads the server-sent events of a chat completion (OpenAI's `stream: true`) as the pieces of an answer.
 *
 * @throws VoiceError `gateway-rejected`, `gateway-unavailable` or `token-rejected` by the status; `gateway-lost` if the
 * connection breaks; `protocol-violated` for what is no chat completion.
 */
export async function* chatPieces(response: Response): AsyncGenerator<RespondPiece> {
  if (!response.ok || !response.body) throw await statusError(response);
  const calls = new Map<number, CallInProgress>();
  for await (const data of eventsOf(response.body)) {
    const chunk = parsed(data);
    if (isRecord(chunk["error"])) throw new VoiceError("gateway-rejected", `The model failed: ${messageOf(chunk)}`);
    if (isRecord(chunk["usage"])) yield { type: "usage", usage: chunk["usage"] };
    const choice: unknown = Array.isArray(chunk["choices"]) ? chunk["choices"][0] : undefined;
    const delta = isRecord(choice) && isRecord(choice["delta"]) ? choice["delta"] : {};
    const { content, tool_calls: toolCalls } = delta;
    if (typeof content === "string" && content !== "") yield content;
    if (Array.isArray(toolCalls)) for (const part of toolCalls) addTo(calls, part);
  }
  for (const { id, name, arguments: args } of calls.values()) {
    yield { type: "tool-call", name, arguments: args, ...(id === "" ? {} : { callId: id }) };
  }
}

/** The data of each event, until `[DONE]` or the end. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new VoiceError("gateway-lost", "The connection broke before the whole answer had come", { cause });
      });
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split(/\r?\n/);
      rest = done ? "" : (lines.pop() ?? "");
      if (rest.length > LONGEST_LINE) throw nonsense(`a line of more than ${LONGEST_LINE} characters`);
      for (const line of lines) {
        if (!line.startsWith("data:")) continue;
        const data = line.slice("data:".length).trim();
        if (data === "[DONE]") return;
        yield data;
      }
      if (done) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function addTo(calls: Map<number, CallInProgress>, part: unknown): void {
  if (!isRecord(part)) throw nonsense("a tool call that is no object");
  const index = typeof part["index"] === "number" ? part["index"] : calls.size;
  const call = calls.get(index) ?? { id: "", name: "", arguments: "" };
  calls.set(index, call);
  if (typeof part["id"] === "string") call.id = part["id"];
  const given = part["function"];
  if (!isRecord(given)) return;
  if (typeof given["name"] === "string") call.name += given["name"];
  if (typeof given["arguments"] === "string") call.arguments += given["arguments"];
}

function parsed(data: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(data);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new VoiceError("protocol-violated", "The model's answer is not JSON", { cause });
  }
  throw nonsense("an event that is no object");
}

async function statusError(response: Response): Promise<VoiceError> {
  const text = await response.text().catch(() => "");
  let why = text.slice(0, 200);
  try {
    why = messageOf(JSON.parse(text));
  } catch {
    // it says it in its own words
  }
  return errorOfStatus(response.status, `The model answered HTTP ${response.status}: ${why}`);
}

function messageOf(answer: unknown): string {
  const error = isRecord(answer) ? (answer["error"] ?? answer) : undefined;
  const message = isRecord(error) ? error["message"] : error;
  return typeof message === "string" ? message : "no reason given";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nonsense(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The model sent nonsense: ${what}`);
}
