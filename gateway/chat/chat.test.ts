import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import * as jose from "jose";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { Answerer } from "../answers/answerer.ts";
import { STORY } from "../answers/story.ts";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { ApiRequests } from "../http/api-requests.ts";
import { Tokens } from "../http/tokens.ts";
import { Seats } from "../limits/seats.ts";
import { UpstreamServer } from "../testing/upstream-server.ts";
import { ChatCompletions } from "./chat-completions.ts";

const PATH = "/v1/chat/completions";
const PAGE = "https://app.example";
const TOOLS = [
  { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } },
  { type: "function", function: { name: "get_weather" } },
];
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0, allowedOrigins: [PAGE], modelAliases: { "openai/gpt": "rules/answers" } });
});
afterAll(() => gateway.close());

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly function: { name?: string; arguments?: string } }[];
}

interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly { readonly delta: Delta; readonly finish_reason: string | null }[];
  readonly usage?: object;
}

async function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const { token } = await gateway.issueToken();
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${gateway.url}${PATH}`, {
    method: "POST",
    body: text,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

function ask(text: string, more: object = {}): object {
  return { model: "rules/answers", messages: [{ role: "user", content: text }], ...more };
}

/** The events of a stream, which ends as it should. */
async function chunksOf(response: Response): Promise<Chunk[]> {
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = (await response.text()).split("\n\n");
  expect(events.splice(-2)).toEqual(["data: [DONE]", ""]);
  return events.map((event) => JSON.parse(event.replace(/^data: /, "")) as Chunk);
}

function deltasOf(chunks: readonly Chunk[]): Delta[] {
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
}

it("streams its answer word by word, under one id, and says why it ends and what it cost", async () => {
  const chunks = await chunksOf(
    await post(ask("go forward ten meters", { stream: true, stream_options: { include_usage: true } })),
  );
  expect(deltasOf(chunks).map(({ content }) => content)).toEqual([
    "",
    "Going ",
    "forward ",
    "ten ",
    "meters.",
    undefined,
  ]);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks.flatMap(({ choices }) => choices).at(-1)?.finish_reason).toBe("stop");
  expect(chunks.at(-1)?.usage).toEqual({ prompt_tokens: 4, completion_tokens: 4, total_tokens: 8 });
});

it("answers in one piece too, also to parts of text and under another name", async () => {
  const body = ask("", {
    model: "openai/gpt",
    messages: [{ role: "user", content: [{ type: "text", text: "go back" }, { type: "image_url" }] }],
  });
  expect(await (await post(body)).json()).toMatchObject({
    object: "chat.completion",
    model: "openai/gpt",
    choices: [{ index: 0, message: { role: "assistant", content: "Going back." }, finish_reason: "stop" }],
    usage: { completion_tokens: 2 },
  });
});

it("calls a tool, and answers with what it found", async () => {
  const chunks = await chunksOf(await post(ask("what is the weather in berlin", { tools: TOOLS, stream: true })));
  const calls = deltasOf(chunks).flatMap(({ tool_calls: parts }) => parts ?? []);
  const call = {
    id: calls[0]?.id,
    type: "function",
    function: { name: calls[0]?.function.name, arguments: calls.map((part) => part.function.arguments).join("") },
  };
  expect(call.function).toEqual({ name: "get_weather", arguments: '{"location":"Berlin"}' });
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  const messages = [
    { role: "developer", content: "Be kind." },
    { role: "user", content: "what is the weather in berlin" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: call.id, content: "sunny" },
  ];
  const answer = await post({ model: "rules/answers", tools: TOOLS, messages });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "The weather in Berlin is sunny." } }] });
  const whole = await post(ask("what time is it", { tools: TOOLS }));
  expect(await whole.json()).toMatchObject({
    choices: [
      {
        message: { content: null, tool_calls: [{ function: { name: "get_time", arguments: "{}" } }] },
        finish_reason: "tool_calls",
      },
    ],
  });
});

test.each(["none", { type: "function", function: { name: "get_weather" } }])(
  "the tool choice %j leaves other tools alone",
  async (choice) => {
    const answer = await post(ask("what time is it", { tools: TOOLS, tool_choice: choice }));
    expect(await answer.json()).toMatchObject({ choices: [{ finish_reason: "stop" }] });
  },
);

it("an answer ends at the limit that the client set", async () => {
  const answer = await post(ask("", { model: "rules/long", max_tokens: 7 }));
  const content = `${STORY.split(" ").slice(0, 7).join(" ")} `;
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content }, finish_reason: "length" }] });
});

const call = (changes: object): object => ({ id: "call_1", type: "function", function: { name: "f" }, ...changes });

test.each<[string, unknown]>([
  ["must be JSON", "{"],
  ["must be a JSON object", "[]"],
  ["model is missing", { messages: [] }],
  ["model must be a string", ask("", { model: 7 })],
  ["messages is missing", { model: "rules/answers" }],
  ["messages is missing", { model: "rules/answers", messages: [] }],
  ["messages must be an array", { model: "rules/answers", messages: "hello" }],
  ["messages[0] must be an object", { model: "rules/answers", messages: ["hello"] }],
  ["messages[0].role", { model: "rules/answers", messages: [{ role: "wizard", content: "" }] }],
  ["messages[0].content", { model: "rules/answers", messages: [{ role: "user", content: 7 }] }],
  ["messages[0].tool_call_id is missing", { model: "rules/answers", messages: [{ role: "tool", content: "" }] }],
  [
    "messages[0].tool_calls[0].id",
    { model: "rules/answers", messages: [{ role: "assistant", tool_calls: [call({ id: 1 })] }] },
  ],
  [
    "messages[0].tool_calls[0].function",
    { model: "rules/answers", messages: [{ role: "assistant", tool_calls: [call({ function: 1 })] }] },
  ],
  ["tools must be an array", ask("", { tools: {} })],
  ["tools[0].function is missing", ask("", { tools: [{ type: "function" }] })],
  ["stream must be true or false", ask("", { stream: "yes" })],
  ["stream_options", ask("", { stream_options: [] })],
  ["max_tokens", ask("", { max_tokens: 0 })],
])("a request of which %j is told is refused with 400, in OpenAI's shape", async (message, body) => {
  const refused = await post(body);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({
    error: { type: "malformed-message", code: 4400, message: expect.stringContaining(message), param: null },
  });
});

it("every prefix of a request is refused, and not one breaks the gateway", async () => {
  const whole = JSON.stringify(ask("go back", { tools: TOOLS }));
  const cuts = Array.from({ length: 40 }, (_, index) => Math.floor((index * whole.length) / 40));
  for (const cut of cuts) expect((await post(whole.slice(0, cut))).status).toBe(400);
  expect((await post(whole)).status).toBe(200);
});

it("other models are refused with 404, which says who there is", async () => {
  const refused = await post(ask("", { model: "openai/gpt-4o" }));
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({
    error: { code: 4404, message: expect.stringContaining("rules/answers") },
  });
});

it("without a token there is no answer, and no body is too large to be refused", async () => {
  expect((await fetch(`${gateway.url}${PATH}`, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await post("x".repeat(1_048_577))).status).toBe(413);
  expect((await fetch(`${gateway.url}${PATH}`)).status).toBe(405);
});

it("pages of allowed origins may ask with any header and read the answer; others may not", async () => {
  for (const [origin, allowed] of [
    [PAGE, PAGE],
    ["https://evil.example", null],
  ] as const) {
    const headers = { origin, "access-control-request-headers": "authorization, x-stainless-os" };
    const preflight = await fetch(`${gateway.url}${PATH}`, { method: "OPTIONS", headers });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(allowed);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    expect((await post(ask("go back"), { origin })).headers.get("access-control-allow-origin")).toBe(allowed);
  }
});

it("with a relay our models are answered here, and everything else upstream, to the byte", async () => {
  const upstream = await UpstreamServer.listen({
    answer: (incoming, response) => void incoming.pipe(response.writeHead(418)),
  });
  const own = gateway;
  gateway = await createGateway({ warm: 0, relay: upstream.relay });
  expect(await (await post(ask("go back"))).json()).toMatchObject({
    choices: [{ message: { content: "Going back." } }],
  });
  expect(upstream.visits).toEqual([]);
  for (const body of ["{", '{ "model" : "acme/one" }', "[]"]) {
    const relayed = await post(body);
    expect([relayed.status, await relayed.text()]).toEqual([418, body]);
  }
  await gateway.close();
  await upstream.close();
  gateway = own;
});

it("a client that leaves ends its answer, and gives its seat back", async () => {
  const seats = new Seats({ what: "requests", max: 1, maxPerOrigin: 1, maxPerToken: 1 });
  const tokens = new Tokens(jose, { apiKey: "key", apiSecret: "secret of this test only", lifetimeMs: 60_000 });
  const answerer = new Answerer({ wordIntervalMs: 3_600_000 }); // says nothing within an hour
  const chat = new ChatCompletions({ answerer, modelAliases: {}, others: undefined });
  const paths = new Map([[PATH, chat.answer.bind(chat)]]);
  const api = new ApiRequests({ tokens, seats, paths, maxRequestBytes: 1_000 });
  const server = createServer((incoming, response) => void api.answer(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { token } = await tokens.issue();
  const { port } = server.address() as AddressInfo;
  for (const stream of [true, false, true]) {
    const options = { port, path: PATH, method: "POST", headers: { authorization: `Bearer ${token}` }, agent: false };
    const outgoing = request(options).on("error", () => undefined);
    outgoing.end(JSON.stringify(ask("tell me a story", { stream })));
    if (stream) await once(outgoing, "response");
    while (seats.taken === 0) await new Promise((resolve) => setImmediate(resolve));
    outgoing.destroy();
    while (seats.taken > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await api.close();
  server.closeAllConnections();
  server.close();
});
