import { expect, it, test } from "vitest";
import { resolveOptions } from "./options.ts";

const LIVEKIT = { url: "ws://127.0.0.1:7880", apiKey: "key", apiSecret: "secret" };
const RELAY = { url: "https://gateway.example/v1", apiKey: "key", apiSecret: "secret" };

test.each([
  [{ port: 70_000 }, "port must be a whole number in [0, 65535], got 70000"],
  [{ tokenLifetimeMs: 600_001 }, "tokenLifetimeMs must be a whole number in [1000, 600000], got 600001"],
  [{ maxStreams: 0 }, "maxStreams must be"],
  [{ maxStreams: 1, warm: 2 }, "warm must be a whole number in [0, 1], got 2"],
  [{ idleLimitMs: Number.NaN }, "idleLimitMs must be"],
  [{ apiSecret: "" }, "apiSecret must not be empty"],
  [{ maxSockets: 4, maxSocketsPerOrigin: 5 }, "maxSocketsPerOrigin must be a whole number in [1, 4], got 5"],
  [{ maxSocketsPerToken: 0 }, "maxSocketsPerToken must be a whole number in [1, 64], got 0"],
  [{ maxRequests: 1.5 }, "maxRequests must be"],
  [{ maxRequestsPerOrigin: 65 }, "maxRequestsPerOrigin must be"],
  [{ maxRequestsPerToken: 65 }, "maxRequestsPerToken must be"],
  [{ relay: { ...RELAY, url: "nowhere" } }, "relay.url must be"],
  [{ livekit: { ...LIVEKIT, url: "somewhere" } }, "livekit.url must be"],
  [{ livekit: { ...LIVEKIT, url: "ws://user:word@127.0.0.1" } }, "livekit.url must be"],
  [{ livekit: { ...LIVEKIT, apiKey: "" } }, "livekit.apiKey must not be empty"],
  [{ livekit: { ...LIVEKIT, apiSecret: "" } }, "livekit.apiSecret must not be empty"],
  [{ relay: RELAY, defaultEngine: "ledger" }, "defaultEngine and relay exclude each other"],
])("%j is refused at once, by name", (options, message) => {
  expect(() => resolveOptions(options)).toThrow(message);
});

it("every gateway makes up a secret of its own", () => {
  expect(resolveOptions({}).apiSecret).not.toBe(resolveOptions({}).apiSecret);
});

it.each([1, 3, 64])(
  "of %i sockets or requests one page gets half, one token eight at most, each at least one",
  (max) => {
    expect(resolveOptions({ maxSockets: max, maxRequests: max })).toMatchObject({
      maxSocketsPerOrigin: Math.ceil(max / 2),
      maxSocketsPerToken: Math.min(8, max),
      maxRequestsPerOrigin: Math.ceil(max / 2),
      maxRequestsPerToken: Math.min(8, max),
    });
  },
);
