import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { RespondPiece } from "../cascade/respond.ts";
import { isRecord } from "./is-record.ts";

/** No line of an answer is longer, in characters. */
const LONGEST_LINE = 1_000_000;
/** The data of the last event. */
const DONE = "[DONE]";

interface CallInProgress {
  id: string;
  name: string;
  arguments: string;
}

/**
 * Reads the server-sent events of a chat completion (OpenAI's `stream: true`) as the pieces of an answer. Tools come
 * last, once it is known that all of the answer has come.
 *
 * @throws VoiceError `gateway-rejected`, `gateway-unavailable` or `token-rejected` by the status or the error that is
 * told; `gateway-lost` if the connection ends too soon; `protocol-violated` for what is no chat completion; the reason of
 * `signal`, which also aborts the request.
 */
export async function* chatPieces(response: Response, signal: AbortSignal): AsyncGenerator<RespondPiece> {
  if (!response.ok || !response.body) throw await statusError(response);
  const calls = new Map<number, CallInProgress>();
  let isWhole = false;
  for await (const data of eventsOf(response.body, signal)) {
    if (data === DONE) {
      isWhole = true;
      break;
    }
    const chunk = parsed(data);
    if (chunk["error"]) throw toldError(chunk["error"]);
    if (isRecord(chunk["usage"])) yield { type: "usage", usage: chunk["usage"] };
    const choice: unknown = Array.isArray(chunk["choices"]) ? chunk["choices"][0] : undefined;
    if (!isRecord(choice)) continue;
    const { content, tool_calls: toolCalls } = isRecord(choice["delta"]) ? choice["delta"] : {};
    if (typeof content === "string" && content !== "") yield content;
    if (Array.isArray(toolCalls)) for (const part of toolCalls) addTo(calls, part);
    if (typeof choice["finish_reason"] === "string") isWhole = true;
  }
  if (!isWhole) throw lost();
  for (const { id, name, arguments: args } of calls.values()) {
    yield { type: "tool-call", name, arguments: args, ...(id === "" ? {} : { callId: id }) };
  }
}

/** The data of each event. */
async function* eventsOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal.throwIfAborted();
        throw lost(cause);
      });
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split(/\r?\n/);
      rest = done ? "" : (lines.pop() ?? "");
      if (rest.length > LONGEST_LINE) throw nonsense(`a line of more than ${LONGEST_LINE} characters`);
      for (const line of lines) {
        if (line.startsWith("data:")) yield line.slice("data:".length).trim();
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
  // Some servers say id and name in every part, others empty ones in all but the first.
  if (isText(part["id"])) call.id = part["id"];
  const given = part["function"];
  if (!isRecord(given)) return;
  if (isText(given["name"])) call.name = given["name"];
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
  const text = (await response.text().catch(() => "")).trim();
  let why: string | undefined;
  try {
    const answer: unknown = JSON.parse(text);
    why = messageOf(isRecord(answer) ? (answer["error"] ?? answer) : answer);
  } catch {
    // it says it in its own words
  }
  const told = why ?? (text === "" ? "no reason given" : text.slice(0, 200));
  return errorOfStatus(response.status, `The model answered HTTP ${response.status}: ${told}`);
}

/** A failure in mid-answer. */
function toldError(error: unknown): VoiceError {
  const why = `The model failed: ${messageOf(error) ?? "no reason given"}`;
  const code = isRecord(error) ? error["code"] : undefined;
  if (typeof code === "number" || isText(code)) return errorOfStatus(code, why);
  return new VoiceError("gateway-rejected", why);
}

function messageOf(error: unknown): string | undefined {
  const message = isRecord(error) ? error["message"] : error;
  return isText(message) ? message : undefined;
}

function lost(cause?: unknown): VoiceError {
  const message = "The connection ended before the whole answer had come";
  return new VoiceError("gateway-lost", message, cause === undefined ? {} : { cause });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function nonsense(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The model sent nonsense: ${what}`);
}
