import type { AnswerMessage, AskedTool } from "../answers/answer.ts";
import type { Answerer } from "../answers/answerer.ts";
import { GatewayError } from "../errors.ts";
import { sendJson } from "../http/answers.ts";
import type { ApiRequest, ServeRequest } from "../http/api-requests.ts";
import { isFields, missing, parseFields, readText } from "../protocol/fields.ts";
import { ChatAnswer } from "./chat-answer.ts";
import type { ChatUsage, FinishReason } from "./chat-answer.ts";
import { readChatRequest } from "./chat-request.ts";
import type { ChatRequest } from "./chat-request.ts";

const PROVIDER = "rules/";

/** What chat is answered with. */
export interface ChatCompletionsOptions {
  /** Thinks. */
  readonly answerer: Answerer;
  /** Other names of models: `"openai/gpt-4o"` → `"rules/answers"`. */
  readonly modelAliases: Readonly<Record<string, string>>;
  /** Answers for all other models, and judges what is no request at all; undefined: they are refused. */
  readonly others: ServeRequest | undefined;
}

/** Answers `POST /chat/completions` as OpenAI's API does, for the models `rules/…`. */
export class ChatCompletions {
  readonly #answerer: Answerer;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #others: ServeRequest | undefined;

  constructor({ answerer, modelAliases, others }: ChatCompletionsOptions) {
    this.#answerer = answerer;
    this.#aliases = new Map(Object.entries(modelAliases));
    this.#others = others;
  }

  /** Answers a request. @throws GatewayError `malformed-message` or `unknown-model`, or whatever the others say. */
  async answer(request: ApiRequest): Promise<void> {
    const text = request.body.toString();
    if (this.#others !== undefined && this.#find(namedModel(text)) === undefined) return this.#others(request);
    const fields = parseFields(text, "The request");
    const name = readText(fields, "model", "model") ?? missing("model");
    const model = this.#find(name);
    if (model === undefined) {
      const shown = JSON.stringify(name.slice(0, 80));
      throw new GatewayError("unknown-model", `Nobody answers as ${shown}; there are rules/answers, rules/long`);
    }
    const chat = readChatRequest(fields);
    if (chat.isStreamed) await this.#stream(chat, model, new ChatAnswer(name), request);
    else await this.#whole(chat, model, new ChatAnswer(name), request);
  }

  /** The model after aliases, if it is one of ours. */
  #find(name: string | undefined): string | undefined {
    const model = name === undefined ? undefined : (this.#aliases.get(name) ?? name);
    return model?.startsWith(PROVIDER) === true ? model : undefined;
  }

  async #stream(chat: ChatRequest, model: string, writer: ChatAnswer, call: ApiRequest): Promise<void> {
    const { response, signal } = call;
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache" });
    response.write(writer.begin());
    const { reason, words } = await this.#think(chat, model, signal, {
      onText: (text) => void response.write(writer.text(text)),
      onCall: (asked) => void response.write(writer.call(asked)),
    });
    response.end(writer.end(reason, chat.isUsageWanted ? usageOf(chat, words) : undefined));
  }

  async #whole(chat: ChatRequest, model: string, writer: ChatAnswer, call: ApiRequest): Promise<void> {
    let content = "";
    const calls: AskedTool[] = [];
    const { reason, words } = await this.#think(chat, model, call.signal, {
      onText: (text) => void (content += text),
      onCall: (asked) => void calls.push(asked),
    });
    sendJson(call.response, 200, writer.whole(content, calls, reason, usageOf(chat, words)));
  }

  async #think(
    { messages, tools, maxWords }: ChatRequest,
    model: string,
    signal: AbortSignal,
    told: { readonly onText: (text: string) => void; readonly onCall: (call: AskedTool) => void },
  ): Promise<{ readonly reason: FinishReason; readonly words: number }> {
    let words = 0;
    for await (const piece of this.#answerer.answer({ model, messages, tools, signal })) {
      if (piece.type === "tool-call") {
        const { callId, name, arguments: args } = piece;
        told.onCall({ callId, name, arguments: args });
        return { reason: "tool_calls", words: words + countWords(args) };
      }
      if (words >= maxWords) return { reason: "length", words };
      words += 1;
      told.onText(piece.text);
    }
    return { reason: "stop", words };
  }
}

/** The model that a body names; whatever else it is, is for whoever serves it to judge. */
function namedModel(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isFields(body) && typeof body["model"] === "string" ? body["model"] : undefined;
  } catch {
    return undefined;
  }
}

function usageOf({ messages }: ChatRequest, words: number): ChatUsage {
  const asked = messages.reduce((sum, { text }: AnswerMessage) => sum + countWords(text), 0);
  return { prompt_tokens: asked, completion_tokens: words, total_tokens: asked + words };
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}
