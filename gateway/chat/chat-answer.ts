/*
 * A streamed answer, as server-sent events:
 *
 *   data: {"id":"chatcmpl-…","object":"chat.completion.chunk",…,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}
 *   data: {…,"choices":[{"index":0,"delta":{"content":"Going "},"finish_reason":null}]}
 *   data: {…,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
 *   data: {…,"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":4,"total_tokens":8}}    (if it was asked for)
 *   data: [DONE]
 */
import { randomUUID } from "node:crypto";
import type { AskedTool } from "../answers/answer.ts";

/** Why an answer is at its end. */
export type FinishReason = "stop" | "length" | "tool_calls";

/** What an answer cost; a word counts as a token. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** Writes the objects of one answer, which share an identity. */
export class ChatAnswer {
  readonly #identity: { readonly id: string; readonly created: number; readonly model: string };

  /** `model` as the client called it. */
  constructor(model: string) {
    const id = `chatcmpl-${randomUUID().replaceAll("-", "")}`;
    this.#identity = { id, created: Math.floor(Date.now() / 1000), model };
  }

  /** The events that begin a stream. */
  begin(): string {
    return this.#event({ role: "assistant", content: "" });
  }

  /** A piece of text. */
  text(content: string): string {
    return this.#event({ content });
  }

  /** A call: its name first, then its arguments, as models write them. */
  call(call: AskedTool): string {
    const { callId: id, name, arguments: args } = call;
    const named = { index: 0, id, type: "function", function: { name, arguments: "" } };
    return (
      this.#event({ tool_calls: [named] }) + this.#event({ tool_calls: [{ index: 0, function: { arguments: args } }] })
    );
  }

  /** The events that end a stream. */
  end(reason: FinishReason, usage: ChatUsage | undefined): string {
    const costs = usage === undefined ? "" : eventOf({ ...this.#chunk, choices: [], usage });
    return `${this.#event({}, reason)}${costs}data: [DONE]\n\n`;
  }

  /** The whole answer as one object. */
  whole(content: string, calls: readonly AskedTool[], reason: FinishReason, usage: ChatUsage): object {
    const tools = calls.map(({ callId: id, name, arguments: args }) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    }));
    const message = { role: "assistant", content: content === "" ? null : content, refusal: null };
    return {
      ...this.#identity,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: tools.length === 0 ? message : { ...message, tool_calls: tools },
          logprobs: null,
          finish_reason: reason,
        },
      ],
      usage,
    };
  }

  get #chunk(): object {
    return { ...this.#identity, object: "chat.completion.chunk" };
  }

  #event(delta: object, reason: FinishReason | null = null): string {
    return eventOf({ ...this.#chunk, choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] });
  }
}

function eventOf(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
