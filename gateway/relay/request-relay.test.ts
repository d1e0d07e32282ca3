import { once } from "node:events";
import { request } from "node:http";
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { afterEach, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import type { GatewayOptions } from "../options.ts";
import { UpstreamServer } from "../testing/upstream-server.ts";
import type { RelayOptions } from "./relay-options.ts";

const COMPLETIONS = "/v1/chat/completions";
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).toReversed()) await server.close();
});

async function start(answer: RequestListener, patience: Partial<RelayOptions> = {}, options: GatewayOptions = {}) {
  const upstream = await UpstreamServer.listen({ answer });
  const gateway = await createGateway({ warm: 0, relay: { ...upstream.relay, ...patience }, ...options });
  running.push(upstream, gateway);
  return { upstream, gateway };
}

async function ask(gateway: Gateway, path: string, init: RequestInit = {}): Promise<Response> {
  const { token } = await gateway.issueToken();
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) };
  return fetch(`${gateway.url}${path}`, { method: "POST", body: "{}", ...init, headers });
}

/** A request whose body and answer can be taken apart. */
async function open(gateway: Gateway, headers: Readonly<Record<string, string>> = {}) {
  const { token } = await gateway.issueToken();
  const outgoing = request(`${gateway.url}${COMPLETIONS}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
  outgoing.on("error", () => undefined);
  return outgoing;
}

async function errorOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error: { code: number; type: string; message: string } };
  return [response.status, error.code, error.type, error.message];
}

async function bodyOf(incoming: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

it("a streamed answer comes event by event, each before the next one is written", async () => {
  let stream: ServerResponse | undefined;
  const { gateway, upstream } = await start((incoming, response) => {
    incoming.resume();
    stream = response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.flushHeaders();
  });
  const body = JSON.stringify({ model: "acme/one", stream: true });
  const response = await ask(gateway, `${COMPLETIONS}?trace=1`, {
    body,
    headers: { "content-type": "application/json" },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.getReader();
  for (const event of ["data: one\n\n", "data: two\n\n", "data: [DONE]\n\n"]) {
    stream?.write(event);
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(event);
  }
  stream?.end();
  expect((await reader?.read())?.done).toBe(true);
  expect(upstream.visits.map(({ url }) => url)).toEqual([`${COMPLETIONS}?trace=1`]);
});

test.each([COMPLETIONS, "/v1/bargein?threshold=0.5", "/v1/eot"])(
  "%s gets every byte of the body, and its type",
  async (path) => {
    const bytes = Buffer.from(Array.from({ length: 96_000 }, (_, index) => index % 256));
    let came = "";
    let headers: IncomingHttpHeaders = {};
    const { gateway } = await start((incoming, response) => {
      ({ headers } = incoming);
      void bodyOf(incoming).then((body) => response.end((came = body), "latin1"));
    });
    const response = await ask(gateway, path, { body: bytes, headers: { "content-type": "application/octet-stream" } });
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(came).toHaveLength(96_000);
    expect(headers).toMatchObject({ "content-type": "application/octet-stream", "content-length": "96000" });
  },
);

it("credentials stay on their own side, in both directions; quotas pass", async () => {
  const { gateway, upstream } = await start((incoming, response) => {
    incoming.resume();
    const { authorization = "" } = incoming.headers;
    response.writeHead(200, {
      Authorization: authorization,
      "Set-Cookie": `upstream=${authorization}`,
      "WWW-Authenticate": authorization,
      "X-Upstream-Key": UpstreamServer.API_KEY,
      "Proxy-Authenticate": "Basic",
      "X-LiveKit-Inference-RPM-Limit": "60",
      "X-LiveKit-Inference-Credits-Used": "1.5",
      "Retry-After": "2",
      "Access-Control-Allow-Origin": "*",
    });
    response.end("{}");
  });
  const { token } = await gateway.issueToken();
  const headers = { authorization: `Bearer ${token}`, cookie: `mine=${token}`, "x-livekit-inference-provider": "acme" };
  const response = await ask(gateway, COMPLETIONS, { headers });
  const [visit] = upstream.visits;
  expect(JSON.stringify(visit)).not.toContain(token);
  expect(Object.keys(visit?.headers ?? {}).toSorted()).toEqual([
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
    "x-livekit-inference-provider",
    "x-livekit-session-id",
  ]);
  const received = JSON.stringify([...response.headers]);
  for (const secret of [
    visit?.headers.authorization?.slice(7) ?? "",
    UpstreamServer.API_KEY,
    UpstreamServer.API_SECRET,
  ])
    expect(received).not.toContain(secret);
  expect([...response.headers.keys()].toSorted()).toEqual([
    "access-control-expose-headers",
    "connection",
    "date",
    "keep-alive",
    "retry-after",
    "transfer-encoding",
    "vary",
    "x-content-type-options",
    "x-livekit-inference-credits-used",
    "x-livekit-inference-rpm-limit",
  ]);
});

test.each([
  [400, 400],
  [404, 404],
  [429, 429],
  [500, 500],
])("an upstream's HTTP %i is the client's HTTP %i, with what it says", async (status, shown) => {
  const { gateway } = await start((incoming, response) => {
    incoming.resume();
    response
      .writeHead(status, { "Content-Type": "application/json", "Retry-After": "3" })
      .end('{"error":"upstream says"}');
  });
  const response = await ask(gateway, COMPLETIONS);
  expect([response.status, response.headers.get("retry-after"), await response.text()]).toEqual([
    shown,
    "3",
    '{"error":"upstream says"}',
  ]);
});

test.each([401, 403, 407, 302])(
  "an upstream's HTTP %i speaks of the gateway's own credentials or whereabouts: the client gets 502",
  async (status) => {
    const { gateway } = await start((incoming, response) => {
      incoming.resume();
      response.writeHead(status, { Location: "http://elsewhere" }).end(`no such key: ${UpstreamServer.API_KEY}`);
    });
    const response = await ask(gateway, COMPLETIONS, { redirect: "manual" });
    expect(await errorOf(response)).toEqual([502, 4403, "upstream-refused", `The upstream refused (HTTP ${status})`]);
  },
);

it("an upstream that is not there is 502, and one that does not answer is 504", async () => {
  const absent = await start(() => undefined);
  await absent.upstream.close();
  const message = "The upstream could not be reached (ECONNREFUSED)";
  expect(await errorOf(await ask(absent.gateway, COMPLETIONS))).toEqual([502, 4502, "upstream-unreachable", message]);
  const mute = await start((incoming) => void incoming.resume(), { answerTimeoutMs: 50 });
  expect(await errorOf(await ask(mute.gateway, COMPLETIONS))).toEqual([
    504,
    4504,
    "upstream-timeout",
    "The upstream said nothing for 50 ms",
  ]);
});

test.each([
  ["dies", (response: ServerResponse) => void response.socket?.destroy()],
  ["falls silent", () => undefined],
])(
  "an upstream that %s in the middle of an answer breaks the client's answer off: it never looks complete",
  async (_, then) => {
    const { gateway } = await start(
      (incoming, response) => {
        incoming.resume();
        response.writeHead(200).write("first words", () => then(response));
      },
      { answerTimeoutMs: 50 },
    );
    const response = await ask(gateway, COMPLETIONS);
    await expect(response.text()).rejects.toThrow("terminated");
  },
);

test.each([true, false])("a client that leaves aborts the upstream's work (answer begun: %s)", async (hasBegun) => {
  let aborted = (): void => undefined;
  const gone = new Promise<void>((resolve) => (aborted = resolve));
  const { gateway, upstream } = await start((incoming, response) => {
    incoming.resume();
    response.on("close", aborted);
    if (hasBegun) response.writeHead(200).write("first words");
  });
  const outgoing = await open(gateway);
  outgoing.end("{}");
  if (hasBegun) await once(outgoing, "response");
  else await upstream.visit();
  outgoing.destroy();
  await gone;
});

it("a client that leaves in the middle of its request never reaches the upstream, and gives its seat back", async () => {
  const { gateway, upstream } = await start((_incoming, response) => void response.end("ok"), {}, { maxRequests: 1 });
  const outgoing = await open(gateway, { "content-length": "100" });
  outgoing.write("half of it");
  while ((await requestsOf(gateway)) === 0);
  expect((await ask(gateway, COMPLETIONS)).status).toBe(503);
  outgoing.destroy();
  while ((await requestsOf(gateway)) > 0);
  expect(upstream.visits).toEqual([]);
  expect((await ask(gateway, COMPLETIONS)).status).toBe(200);
});

async function requestsOf(gateway: Gateway): Promise<number> {
  const { relay } = (await (await fetch(`${gateway.url}/health`)).json()) as { relay: { requests: number } };
  return relay.requests;
}

test.each([
  ["says so", { "content-length": "1001" }, 1],
  ["does not say so", { "transfer-encoding": "chunked" }, 1_001],
] as const)("a body over the limit is refused with 413, also if its header %s", async (_, headers, sentBytes) => {
  const { gateway, upstream } = await start((_incoming, response) => void response.end("ok"), {
    maxRequestBytes: 1_000,
  });
  const outgoing = await open(gateway, headers);
  outgoing.write(Buffer.alloc(sentBytes));
  const [response] = (await once(outgoing, "response")) as [AsyncIterable<Buffer> & { statusCode: number }];
  expect(response.statusCode).toBe(413);
  expect(JSON.parse(await bodyOf(response))).toMatchObject({ error: { code: 4413, type: "too-large" } });
  expect(upstream.visits).toEqual([]);
  expect((await ask(gateway, COMPLETIONS, { body: Buffer.alloc(1_000) })).status).toBe(200);
});

it("without a good token nothing gets through, and by POST only", async () => {
  const { gateway, upstream } = await start((_incoming, response) => void response.end("ok"));
  for (const authorization of ["", "Bearer ", "Bearer nonsense", "Basic dTpw"]) {
    const response = await ask(gateway, COMPLETIONS, { headers: { authorization } });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await errorOf(response)).toEqual([401, 4401, "token-refused", expect.any(String)]);
  }
  expect((await ask(gateway, COMPLETIONS, { method: "GET", body: null })).status).toBe(405);
  expect((await ask(gateway, "/v1/completions")).status).toBe(404);
  expect(upstream.visits).toEqual([]);
});

it("pages of allowed origins may ask with the headers that they need, and read quotas; others may not", async () => {
  const elsewhere = "https://app.example";
  const { gateway } = await start(
    (_incoming, response) => void response.writeHead(200, { "X-LiveKit-Inference-RPM-Used": "1" }).end("ok"),
    {},
    { allowedOrigins: [elsewhere] },
  );
  const asked = "authorization, content-type";
  const preflight = await fetch(`${gateway.url}${COMPLETIONS}`, {
    method: "OPTIONS",
    headers: { origin: elsewhere, "access-control-request-method": "POST", "access-control-request-headers": asked },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBe(elsewhere);
  expect(preflight.headers.get("access-control-allow-headers")).toBe(asked);
  const answer = await ask(gateway, COMPLETIONS, { headers: { origin: elsewhere } });
  expect(answer.headers.get("access-control-allow-origin")).toBe(elsewhere);
  expect(answer.headers.get("access-control-expose-headers")).toContain("x-livekit-inference-rpm-used");
  const other = await ask(gateway, COMPLETIONS, { headers: { origin: "https://evil.example" } });
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

it("without a relay its paths are not the gateway's", async () => {
  const gateway = await createGateway({ warm: 0 });
  running.push(gateway);
  expect((await ask(gateway, "/v1/bargein")).status).toBe(404);
});
