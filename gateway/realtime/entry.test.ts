import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { ClientSecrets } from "../http/client-secrets.ts";
import { loadPeers } from "../peers.ts";
import { RealtimeClient } from "../testing/realtime-client.ts";

const KEY = { apiKey: "key", apiSecret: "a secret for tests, which nobody needs to guess" };
let gateway: Gateway;
let secrets: ClientSecrets;
beforeAll(async () => {
  gateway = await createGateway({ ...KEY, warm: 0, maxSocketsPerToken: 2 });
  secrets = new ClientSecrets((await loadPeers()).jose, KEY);
});
afterAll(() => gateway.close());

function browser(key: string, search?: string): Promise<RealtimeClient> {
  const protocols = ["realtime", `openai-insecure-api-key.${key}`, "openai-agents-sdk.0.20.0"];
  return RealtimeClient.connect(gateway, { protocols, ...(search !== undefined && { search }) });
}

function other(key: string): Promise<RealtimeClient> {
  return RealtimeClient.connect(gateway, { protocols: [], headers: { authorization: `Bearer ${key}` } });
}

async function secretThat(expires: string): Promise<string> {
  const jwt = new SignJWT({ session: {} }).setProtectedHeader({ alg: "HS256" }).setIssuer(KEY.apiKey);
  jwt.setAudience("realtime").setExpirationTime(expires);
  return `ek_${await jwt.sign(new TextEncoder().encode(KEY.apiSecret))}`;
}

it("a client secret and a token of the gateway open the door both ways, and neither is echoed", async () => {
  const { value } = await secrets.issue({}, 60);
  const { token } = await gateway.issueToken();
  for (const key of [value, token]) {
    const page = await browser(key);
    expect(page.socket.protocol).toBe("realtime");
    const server = await other(key);
    expect(server.socket.protocol).toBe("");
    for (const client of [page, server]) {
      await client.next("session.created");
      expect(client.received[0]?.type).toBe("session.created");
      await client.close();
    }
  }
});

it("a secret that has expired, one that was never issued and a wrong token are refused: browsers are told, others get 401", async () => {
  for (const key of [await secretThat("-1m"), "ek_nonsense", "sk-nonsense"]) {
    const page = await browser(key);
    const { error } = await page.next("error");
    expect(error).toMatchObject({
      type: "invalid_request_error",
      code: "invalid_api_key",
      param: null,
      event_id: null,
    });
    expect(await page.closed).toBe(4401);
    expect(page.all("session.created")).toEqual([]);
    await expect(other(key)).rejects.toThrow("401");
  }
  const { error } = await (await browser(await secretThat("-1m"))).next("error");
  expect(error.message).toContain("expired");
});

it("without any key there is no entry", async () => {
  const page = await RealtimeClient.connect(gateway, { protocols: ["realtime"] });
  expect(await page.closed).toBe(4401);
  await expect(RealtimeClient.connect(gateway, { protocols: [] })).rejects.toThrow("401");
});

it("the door of /v1/stt and this one do not know each other's subprotocol", async () => {
  const { token } = await gateway.issueToken();
  await expect(RealtimeClient.connect(gateway, { protocols: ["vivavoce", `bearer.${token}`] })).rejects.toThrow("401");
});

it("a secret brings its session's settings along; what is not legal in them is told, after the session was created", async () => {
  const settings = { type: "realtime", model: "gpt-realtime-mini", instructions: "Be brief." };
  const good = await browser((await secrets.issue(settings, 60)).value);
  expect((await good.next("session.created")).session).toMatchObject({
    model: "gpt-realtime",
    instructions: "Be brief.",
  });
  await good.close();
  const bad = await browser((await secrets.issue({ audio: { output: { speed: 9 } } }, 60)).value);
  expect((await bad.next("error")).error).toMatchObject({ code: "invalid_value", param: "session.audio.output.speed" });
  expect(bad.types()).toEqual(["session.created", "conversation.created", "error"]);
  await bad.close();
});

it("sockets of one key are counted: one too many is told so", async () => {
  const { value } = await secrets.issue({}, 60);
  const clients = [await browser(value), await browser(value)];
  const third = await browser(value);
  expect((await third.next("error")).error).toMatchObject({ code: "rate_limit_exceeded" });
  expect(await third.closed).toBe(4429);
  for (const client of clients) await client.close();
});

test.each([
  ["", "invalid_event", 4400],
  ["?model=", "invalid_event", 4400],
  ["?model=script/unheard-of", "invalid_value", 4404],
  ["?model=gpt-realtime&script=toString", "invalid_value", 4404],
])("the query %j is refused in-band", async (search, code, closeCode) => {
  const client = await browser((await gateway.issueToken()).token, search);
  expect((await client.next("error")).error.code).toBe(code);
  expect(await client.closed).toBe(closeCode);
});

it("half a minute in one append is heard, an append of more than 15 MiB is told, and one of far more closes with 1009", async () => {
  const client = await RealtimeClient.open(gateway, {
    audio: { input: { turn_detection: null, transcription: { model: "ledger" } } },
  });
  client.send({ type: "input_audio_buffer.append", audio: "A".repeat(2 ** 20) });
  client.send({ type: "input_audio_buffer.commit" });
  const { transcript } = await client.next("conversation.item.input_audio_transcription.completed");
  const samples = (2 ** 20 * 0.75) / 3;
  expect(samples - Number(/\d+/.exec(transcript)?.[0])).toBeLessThan(100); // some are on their way through the resampler
  client.send({ type: "input_audio_buffer.append", audio: "A".repeat(15 * 2 ** 20 + 4), event_id: "mine" });
  expect((await client.next("error")).error).toMatchObject({ code: "invalid_value", param: "audio", event_id: "mine" });
  client.send({ type: "input_audio_buffer.append", audio: "A".repeat(15 * 2 ** 20 + 2 ** 17) });
  expect(await client.closed).toBe(1009);
});

it("a client that says nothing is told, and let go", async () => {
  const impatient = await createGateway({ warm: 0, idleLimitMs: 100 });
  const client = await RealtimeClient.connect(impatient);
  expect((await client.next("error")).error).toMatchObject({ code: "session_expired" });
  expect(await client.closed).toBe(1000);
  await impatient.close();
});

it("a gateway that closes says goodbye with 1001", async () => {
  const passing = await createGateway({ warm: 0 });
  const client = await RealtimeClient.connect(passing);
  await client.next("session.created");
  await passing.close();
  expect(await client.closed).toBe(1001);
});
