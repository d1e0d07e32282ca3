import { expect, test } from "vitest";
import { Conversation } from "../../conversation/conversation.ts";
import type { RespondContext, RespondPiece } from "../cascade/respond.ts";
import { livekitLlm, type LivekitLlmOptions } from "./livekit-llm.ts";

const TURN = { transcript: "Hello.", isPreemptive: false };
const OPTIONS: LivekitLlmOptions = {
  model: "openai/gpt-4o-mini",
  token: () => Promise.resolve("a-token"),
  url: "wss://gateway.test/v1",
};

function contextOf(more: Partial<RespondContext> = {}): RespondContext {
  const conversation = new Conversation([{ role: "user", text: "Hello." }]);
  return { conversation, tools: [], signal: new AbortController().signal, ...more };
}

async function answer(options: Partial<LivekitLlmOptions>, context = contextOf()): Promise<RespondPiece[]> {
  const pieces: RespondPiece[] = [];
  for await (const piece of livekitLlm({ ...OPTIONS, ...options })(TURN, context)) pieces.push(piece);
  return pieces;
}

/** A server that notes what it is asked. */
function serverOf(asked: { readonly url: string; readonly init: RequestInit }[]): typeof fetch {
  return (url, init = {}) => {
    asked.push({ url: url instanceof Request ? url.url : url.toString(), init });
    const body = 'data: {"choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    return Promise.resolve(new Response(body));
  };
}

test("asks as OpenAI's chat completions are asked, with a fresh token for each answer", async () => {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  let tokens = 0;
  const tools = [
    { name: "get_weather", description: "Tells it.", parameters: { type: "object" }, execute: () => 1 },
    { name: "ring", execute: () => 1 },
  ];
  const options = {
    instructions: "Be brief.",
    extra: { temperature: 0.5, stream: false, messages: [] },
    token: () => Promise.resolve(`token-${++tokens}`),
    fetch: serverOf(asked),
  };
  expect(await answer(options, contextOf({ tools }))).toEqual(["Hi."]);
  const [{ url, init } = { url: "", init: {} }] = asked;
  expect(url).toBe("https://gateway.test/v1/chat/completions");
  expect(init).toMatchObject({
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer token-1" },
  });
  expect(JSON.parse(init.body as string)).toEqual({
    model: "openai/gpt-4o-mini",
    temperature: 0.5,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello." },
    ],
    tools: [
      {
        type: "function",
        function: { name: "get_weather", description: "Tells it.", parameters: { type: "object" } },
      },
      { type: "function", function: { name: "ring", parameters: { type: "object", properties: {} } } },
    ],
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("a model without tools is not told of any; a token may say where to ask", async () => {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const token = () => Promise.resolve({ token: "a-token", url: "http://other.test/v2" });
  await answer({ fetch: serverOf(asked), token });
  expect(asked[0]?.url).toBe("http://other.test/v2/chat/completions");
  expect(JSON.parse(asked[0]?.init.body as string)).not.toHaveProperty("tools");
});

test("a request that does not get through is unreachable; a token that does not come, its own error", async () => {
  const cause = new TypeError("fetch failed");
  await expect(answer({ fetch: () => Promise.reject(cause) })).rejects.toMatchObject({
    code: "gateway-unreachable",
    message: "No connection to https://gateway.test/v1/chat/completions could be opened",
    cause,
  });
  await expect(answer({ token: () => Promise.reject(new Error("HTTP 500")) })).rejects.toMatchObject({
    code: "token-failed",
  });
});

test("aborting gives the reason, and reaches the request", async () => {
  const abort = new AbortController();
  const reason = new Error("interrupted");
  const request: typeof fetch = (_url, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      abort.abort(reason);
    });
  await expect(answer({ fetch: request }, contextOf({ signal: abort.signal }))).rejects.toBe(reason);
});

test.each<[Partial<Record<keyof LivekitLlmOptions, unknown>>, string]>([
  [{ model: "" }, 'llm.model must be "provider/model", got ""'],
  [{ model: undefined }, 'llm.model must be "provider/model", got undefined'],
  [{ token: "secret" }, "llm.token must be a function that fetches a token"],
  [{ url: "ftp://a" }, 'llm.url must be an http or ws URL, absolute or of this page, got "ftp://a"'],
])("bad options fail at once and say why: %j", (options, message) => {
  expect(() => livekitLlm({ ...OPTIONS, ...options } as LivekitLlmOptions)).toThrow(new TypeError(message));
});
