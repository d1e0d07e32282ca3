import { SignJWT } from "jose";
import * as jose from "jose";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { ClientSecrets } from "./client-secrets.ts";

const API_KEY = "key";
const API_SECRET = "a secret for tests, which nobody needs to guess";
const PAGE = "https://app.example";
const PATHS = ["/realtime/client_secrets", "/v1/realtime/client_secrets"];
const secrets = new ClientSecrets(jose, { apiKey: API_KEY, apiSecret: API_SECRET });
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ warm: 0, apiKey: API_KEY, apiSecret: API_SECRET, allowedOrigins: [PAGE] });
});
afterAll(() => gateway.close());

async function post(body: unknown, path = PATHS[0], headers: Readonly<Record<string, string>> = { origin: PAGE }) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${gateway.url}${path}`, { method: "POST", body: text, headers });
}

test.each(PATHS)("%s gives an allowed page a secret that carries its session and ends when it says", async (path) => {
  const session = { type: "realtime", model: "rules/answers", audio: { output: { voice: "en-gb" } } };
  const answer = await post({ expires_after: { anchor: "created_at", seconds: 30 }, session }, path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
  const given = (await answer.json()) as { value: string; expires_at: number; session: unknown };
  expect(given.session).toEqual(session);
  expect(given.value).toMatch(/^ek_/);
  expect(await secrets.verify(given.value)).toEqual(session);
  expect(given.expires_at - Date.now() / 1000).toBeGreaterThan(0);
  expect(given.expires_at - Date.now() / 1000).toBeLessThanOrEqual(30);
});

it("who says nothing gets a session of the usual kind, for ten minutes; no two secrets are the same", async () => {
  const [one, two] = await Promise.all(
    ["", "{}"].map(async (body) => (await (await post(body)).json()) as { value: string; expires_at: number }),
  );
  expect(one).toMatchObject({ session: { type: "realtime" } });
  expect(one?.value).not.toBe(two?.value);
  expect(Math.abs((one?.expires_at ?? 0) - Date.now() / 1000 - 600)).toBeLessThan(5);
});

test.each<[string, Readonly<Record<string, string>>, number]>([
  ["a page of this server", { "sec-fetch-site": "same-origin" }, 200],
  ["a page elsewhere", { origin: "https://evil.example" }, 403],
  ["who hides where it comes from", {}, 403],
])("%s (%o) gets %i", async (_, headers, status) => {
  expect((await post("", PATHS[1], headers)).status).toBe(status);
});

test.each<[unknown, number, string]>([
  ["{", 400, "must be JSON"],
  [[], 400, "must be a JSON object"],
  [{ session: "realtime" }, 400, "session must be an object"],
  [{ expires_after: 600 }, 400, "expires_after must be an object"],
  [{ expires_after: { anchor: "now" } }, 400, "expires_after.anchor"],
  [{ expires_after: { seconds: 9 } }, 400, "expires_after.seconds must be a whole number in [10, 600], got 9"],
  [{ expires_after: { seconds: 601 } }, 400, "expires_after.seconds"],
  [{ expires_after: { seconds: "60" } }, 400, "expires_after.seconds"],
  [{ session: { instructions: "x".repeat(8_192) } }, 413, "8192 bytes"],
])("%j is refused with %i", async (body, status, message) => {
  const refused = await post(body);
  expect(refused.status).toBe(status);
  expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
});

async function sign(changes: {
  issuer?: string;
  audience?: string;
  secret?: string;
  expires?: number;
}): Promise<string> {
  const { issuer = API_KEY, audience = "realtime", secret = API_SECRET, expires = 60 } = changes;
  const jwt = new SignJWT({ session: {} }).setProtectedHeader({ alg: "HS256" }).setIssuer(issuer).setAudience(audience);
  return `ek_${await jwt.setExpirationTime(Math.floor(Date.now() / 1000) + expires).sign(new TextEncoder().encode(secret))}`;
}

it("a secret is ours, in time, and for realtime only; a token of the speech API is none", async () => {
  await expect(secrets.verify(await sign({}))).resolves.toEqual({});
  await expect(secrets.verify(await sign({ expires: -1 }))).rejects.toMatchObject({ reason: "token-expired" });
  const { token } = await gateway.issueToken();
  const wrong = [
    await sign({ issuer: "somebody" }),
    await sign({ audience: "speech" }),
    await sign({ secret: "another" }),
    token,
    `ek_${token}`,
    "ek_nonsense",
    "",
    undefined,
  ];
  for (const value of wrong) await expect(secrets.verify(value)).rejects.toMatchObject({ reason: "token-refused" });
});
