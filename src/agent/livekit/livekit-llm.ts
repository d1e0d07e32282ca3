import type { JsonValue } from "../../conversation/conversation-item.ts";
import { VoiceError } from "../../errors.ts";
import { fetchToken, type TokenFunction } from "../../net/token.ts";
import type { Respond } from "../cascade/respond.ts";
import type { Tool } from "../tool.ts";
import { chatMessages } from "./chat-messages.ts";
import { chatPieces } from "./chat-stream.ts";
import { checkGatewayUrl, gatewayUrl } from "./gateway-url.ts";

/** A language model of LiveKit Inference, or of any gateway that speaks OpenAI's chat completions. */
export interface LivekitLlmOptions {
  /** `provider/model`, such as `openai/gpt-4o-mini`. */
  readonly model: string;
  /** Fetches a short-lived token; called for each answer. */
  readonly token: TokenFunction;
  /** Base URL: `/v1` on the page's own origin, or absolute. @defaultValue "/v1" */
  readonly url?: string | URL;
  /** Who the model is and how it is to answer. @defaultValue "" */
  readonly instructions?: string;
  /** More of the request's fields, such as `{ temperature: 0.7 }`, as they are. @defaultValue {} */
  readonly extra?: { readonly [name: string]: JsonValue };
  /** Makes the request. @defaultValue the platform's `fetch` */
  readonly fetch?: typeof fetch;
}

/**
 * `respond` for a cascade, by LiveKit Inference's language models (`POST {url}/chat/completions`, streamed).
 *
 * @throws TypeError naming the option, the rule and the value.
 */
export function livekitLlm(options: LivekitLlmOptions): Respond {
  const { model, token, url = "/v1", instructions = "", extra = {} } = options;
  if (typeof model !== "string" || model === "") {
    throw new TypeError(`llm.model must be "provider/model", got ${JSON.stringify(model)}`);
  }
  if (typeof token !== "function") throw new TypeError("llm.token must be a function that fetches a token");
  checkGatewayUrl("llm.url", url);
  return async function* respond(_turn, { conversation, tools, signal }) {
    const given = await fetchToken(token, { signal, attempt: 1, reason: "connect" });
    const target = gatewayUrl(given.url ?? url, "/chat/completions", "http");
    const body = {
      model,
      ...extra,
      messages: chatMessages(conversation, instructions),
      ...(tools.length === 0 ? {} : { tools: tools.map(functionOf) }),
      stream: true,
      stream_options: { include_usage: true },
    };
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${given.token}` };
    const request = { method: "POST", headers, body: JSON.stringify(body), signal };
    const response = await (options.fetch ?? fetch)(target, request).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new VoiceError("gateway-unreachable", `No connection to ${target.href} could be opened`, { cause });
    });
    yield* chatPieces(response, signal);
  };
}

function functionOf({ name, description, parameters }: Tool): object {
  return {
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parameters ?? { type: "object", properties: {} },
    },
  };
}
