import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { createGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { WireClient } from "../testing/wire-client.ts";

const SECRET = "a secret for tests, which nobody needs to guess";
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({ apiKey: "key", apiSecret: SECRET, warm: 0, maxSockets: 4 });
});
afterAll(() => gateway.close());

interface Claims {
  readonly issuer?: string;
  readonly secret?: string;
  readonly grant?: unknown;
  readonly expires?: string | undefined;
}

async function sign({
  issuer = "key",
  secret = SECRET,
  grant = { perform: true },
  expires = "1m",
}: Claims): Promise<string> {
  const jwt = new SignJWT({ inference: grant }).setProtectedHeader({ alg: "HS256" }).setIssuer(issuer);
  if (expires !== "never") jwt.setExpirationTime(expires);
  return jwt.sign(new TextEncoder().encode(secret));
}

const REFUSED: readonly (readonly [string, Claims])[] = [
  ["signed with another secret", { secret: "another secret" }],
  ["of another issuer", { issuer: "somebody" }],
  ["that has expired", { expires: "-1m" }],
  ["that never expires", { expires: "never" }],
  ["without the grant", { grant: null }],
  ["with the grant switched off", { grant: { perform: false } }],
];

test.each(REFUSED)(
  "a token %s is refused: in-band with 4401 for a browser, with HTTP 401 for others",
  async (_, claims) => {
    const token = await sign(claims);
    const browser = await WireClient.connect(gateway, { protocols: ["vivavoce", `bearer.${token}`] });
    expect(await browser.next("error")).toMatchObject({ code: 4401 });
    expect(await browser.closed).toBe(4401);
    const headers = { authorization: `Bearer ${token}` };
    await expect(WireClient.connect(gateway, { protocols: [], headers })).rejects.toThrow("401");
  },
);

it("a good token opens the door both ways, and the token is never echoed", async () => {
  const token = await sign({});
  const browser = await WireClient.connect(gateway, { protocols: ["vivavoce", `bearer.${token}`], model: "ledger" });
  expect(browser.socket.protocol).toBe("vivavoce");
  const other = await WireClient.connect(gateway, { protocols: [], headers: { authorization: `Bearer ${token}` } });
  expect(other.socket.protocol).toBe("");
  for (const client of [browser, other]) client.socket.close();
  await Promise.all([browser.closed, other.closed]);
});

it("without any token there is no entry", async () => {
  const browser = await WireClient.connect(gateway, { protocols: ["vivavoce"] });
  expect(await browser.closed).toBe(4401);
  await expect(WireClient.connect(gateway, { protocols: [] })).rejects.toThrow("401");
});

it("a malformed message ends its own session, and another never notices", async () => {
  const [unhurt, clumsy] = await Promise.all([WireClient.open(gateway, "ledger"), WireClient.open(gateway, "ledger")]);
  clumsy.send('{"type":"input_au');
  expect(await clumsy.next("error")).toMatchObject({ code: 4400 });
  expect(await clumsy.closed).toBe(4400);
  unhurt.speak(new Int16Array(1_600));
  unhurt.send({ type: "session.finalize" });
  await unhurt.next("session.finalized");
  expect(unhurt.finals()).toEqual(["received 1600 samples"]);
  unhurt.socket.close();
  await unhurt.closed;
});

it("a connection beyond the limit is told 4503", async () => {
  const clients = await Promise.all([1, 2, 3, 4].map(() => WireClient.open(gateway, "ledger")));
  const fifth = await WireClient.connect(gateway);
  expect(await fifth.next("error")).toMatchObject({ code: 4503 });
  for (const client of clients) client.socket.close();
  await Promise.all(clients.map(({ closed }) => closed));
});

it("an unknown model is refused with 4404, and the message lists what there is", async () => {
  const client = await WireClient.connect(gateway, { model: "acme/one" });
  client.create();
  expect(await client.next("error")).toMatchObject({ code: 4404, message: expect.stringContaining("pocketsphinx") });
});
