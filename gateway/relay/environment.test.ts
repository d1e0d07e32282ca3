import { expect, test } from "vitest";
import { relayFromEnvironment } from "./environment.ts";

const KEYS = { LIVEKIT_API_KEY: "key", LIVEKIT_API_SECRET: "secret" };
const PRODUCTION = "https://agent-gateway.livekit.cloud/v1";

test.each([
  [{}, PRODUCTION],
  [{ LIVEKIT_INFERENCE_URL: "" }, PRODUCTION],
  [{ LIVEKIT_URL: "wss://app.livekit.cloud" }, PRODUCTION],
  [{ LIVEKIT_URL: "wss://app.staging.livekit.cloud" }, "https://agent-gateway.staging.livekit.cloud/v1"],
  [
    { LIVEKIT_URL: "wss://app.staging.livekit.cloud", LIVEKIT_INFERENCE_URL: "https://mine.example/v1" },
    "https://mine.example/v1",
  ],
])("with %j the relay leads to %s", (environment, url) => {
  expect(relayFromEnvironment({ ...KEYS, ...environment }).url).toBe(url);
});

test.each([
  [{}, { apiKey: "key", apiSecret: "secret" }],
  [{ LIVEKIT_INFERENCE_API_KEY: "own" }, { apiKey: "own", apiSecret: "secret" }],
  [{ LIVEKIT_INFERENCE_API_SECRET: "own" }, { apiKey: "key", apiSecret: "own" }],
  [{ LIVEKIT_INFERENCE_API_KEY: "" }, { apiKey: "key", apiSecret: "secret" }],
])("with %j, Inference's own variables go before LiveKit's: %j", (environment, credentials) => {
  expect(relayFromEnvironment({ ...KEYS, ...environment })).toMatchObject(credentials);
});

test.each([
  [{ LIVEKIT_API_SECRET: "secret" }, "--relay needs LIVEKIT_INFERENCE_API_KEY or LIVEKIT_API_KEY in the environment"],
  [{ LIVEKIT_API_KEY: "key" }, "--relay needs LIVEKIT_INFERENCE_API_SECRET or LIVEKIT_API_SECRET in the environment"],
])("%j is not enough", (environment, message) => {
  expect(() => relayFromEnvironment(environment)).toThrow(message);
});
