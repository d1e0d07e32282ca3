import { expect, it, test } from "vitest";
import { resolveRelay } from "./relay-options.ts";

const KEYS = { apiKey: "key", apiSecret: "the secret" };

test.each([
  [
    "https://agent-gateway.livekit.cloud/v1",
    "https://agent-gateway.livekit.cloud/v1",
    "wss://agent-gateway.livekit.cloud/v1",
  ],
  ["http://127.0.0.1:8790/v1/", "http://127.0.0.1:8790/v1", "ws://127.0.0.1:8790/v1"],
  ["wss://gateway.example", "https://gateway.example", "wss://gateway.example"],
  ["ws://[::1]:80/a/b//", "http://[::1]/a/b", "ws://[::1]/a/b"],
])("%s is asked at %s and by socket at %s", (url, requestBase, socketBase) => {
  expect(resolveRelay({ ...KEYS, url })).toMatchObject({ requestBase, socketBase });
});

test.each([
  [{ url: "agent-gateway.livekit.cloud" }, "relay.url must be"],
  [{ url: "ftp://gateway.example" }, "relay.url must be"],
  [{ url: "https://somebody:the secret@gateway.example" }, "relay.url must be"],
  [{ url: "https://gateway.example/v1?key=the secret" }, "relay.url must be"],
  [{ apiKey: "" }, "relay.apiKey must not be empty"],
  [{ apiSecret: "" }, "relay.apiSecret must not be empty"],
  [{ connectTimeoutMs: 0 }, "relay.connectTimeoutMs must be a whole number in [1, 2147483647], got 0"],
  [{ answerTimeoutMs: 1.5 }, "relay.answerTimeoutMs must be"],
  [{ stallLimitMs: Number.NaN }, "relay.stallLimitMs must be"],
  [{ maxRequestBytes: -1 }, "relay.maxRequestBytes must be"],
])("%j is refused at once, by name and without a secret", (options, message) => {
  const resolve = (): unknown => resolveRelay({ url: "https://gateway.example/v1", ...KEYS, ...options });
  expect(resolve).toThrow(message);
  expect(resolve).not.toThrow("the secret");
});

it("is patient by default", () => {
  expect(resolveRelay({ url: "https://gateway.example/v1", ...KEYS })).toMatchObject({
    connectTimeoutMs: 10_000,
    answerTimeoutMs: 60_000,
    stallLimitMs: 30_000,
    maxRequestBytes: 4_194_304,
  });
});
