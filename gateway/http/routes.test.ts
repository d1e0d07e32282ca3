import { request } from "node:http";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { WireClient } from "../testing/wire-client.ts";
import type { Recording } from "./recordings.ts";

const ELSEWHERE = "https://app.example";
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    warm: 0,
    allowedOrigins: [ELSEWHERE],
    fallback: (_request, response) => void response.end("the page"),
  });
});
afterAll(() => gateway.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Plain HTTP, since `fetch` does not let a test write every header. */
function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${gateway.url}${path}`, { method, headers, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    outgoing.on("error", reject).end();
  });
}

it("a page of this server gets a token that opens the socket and ends within ten minutes", async () => {
  const answer = await ask("POST", "/token", { origin: gateway.url, "sec-fetch-site": "same-origin" });
  expect(answer.status).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  const { token, expiresAtMs } = JSON.parse(answer.body) as { token: string; expiresAtMs: number };
  expect(expiresAtMs - Date.now()).toBeLessThanOrEqual(600_000);
  const client = await WireClient.connect(gateway, { protocols: ["vivavoce", `bearer.${token}`], model: "ledger" });
  client.create();
  await client.next("session.created");
});

test.each([
  ["an allowed origin", { origin: ELSEWHERE, "sec-fetch-site": "cross-site" }, 200],
  ["a same-origin request without Origin", { "sec-fetch-site": "same-origin" }, 200],
  ["another origin", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
  ["a request that hides where it comes from", {}, 403],
  ["an opaque origin", { origin: "null" }, 403],
  ["another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }, 403],
  [
    "a name re-bound to this machine",
    { origin: "http://evil.example", host: "evil.example", "sec-fetch-site": "same-origin" },
    403,
  ],
] as const)("a token for %s: %o gets %i", async (_, headers, status) => {
  expect((await ask("POST", "/token", headers)).status).toBe(status);
});

it("a token is given for POST only", async () => {
  const answer = await ask("GET", "/token", { origin: gateway.url });
  expect(answer.status).toBe(405);
  expect(answer.headers["allow"]).toContain("POST");
});

it("only allowed origins may read the answers", async () => {
  const allowed = await ask("OPTIONS", "/token", { origin: ELSEWHERE });
  expect(allowed.headers["access-control-allow-origin"]).toBe(ELSEWHERE);
  expect(
    (await ask("GET", "/health", { origin: "https://evil.example" })).headers["access-control-allow-origin"],
  ).toBeUndefined();
});

it("each listed recording is a 16 kHz WAV of the length that the list says", async () => {
  const recordings = JSON.parse((await ask("GET", "/recordings")).body) as Recording[];
  for (const { id, durationMs } of recordings) {
    const wav = Buffer.from((await ask("GET", `/recordings/${id}.wav`)).body, "latin1");
    expect([wav.toString("latin1", 0, 4), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual(["RIFF", 16_000, 16]);
    expect(wav.length).toBe(44 + wav.readUInt32LE(40));
    expect(Math.round(wav.readUInt32LE(40) / 32)).toBe(durationMs);
  }
  expect((await ask("GET", "/recordings/unknown.wav")).status).toBe(404);
});

it("what is not the gateway's goes to the fallback, the ledger included unless it is exposed", async () => {
  expect((await ask("GET", "/")).body).toBe("the page");
  expect((await ask("GET", "/ledger/last")).body).toBe("the page");
  expect((await ask("GET", "/__proto__")).body).toBe("the page");
  expect(JSON.parse((await ask("GET", "/health")).body)).toMatchObject({ status: "ok" });
});
