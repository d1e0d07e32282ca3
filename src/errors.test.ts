import { expect, test } from "vitest";
import { VoiceError, type VoiceErrorCode } from "./errors.ts";

const RETRYABLE: Readonly<Record<VoiceErrorCode, boolean>> = {
  "microphone-denied": false,
  "microphone-missing": false,
  "microphone-busy": false,
  "microphone-failed": false,
  "microphone-lost": false,
  "source-failed": false,
  "audio-context-failed": false,
  "asset-failed": false,
  "vad-failed": false,
  "gateway-unreachable": true,
  "gateway-lost": true,
  "gateway-timeout": true,
  "gateway-rejected": false,
  "gateway-unavailable": true,
  "token-failed": true,
  "token-rejected": false,
  "protocol-violated": false,
  "invalid-state": false,
  "not-supported": false,
  "provider-failed": true,
};

test.each(Object.entries(RETRYABLE))("whether %s may be retried follows from the code: %s", (code, retryable) => {
  expect(new VoiceError(code as VoiceErrorCode, "why").retryable).toBe(retryable);
});

test("an error keeps its cause and the gateway's code, and has neither unless told", () => {
  const cause = new Error("deep");
  expect(new VoiceError("gateway-lost", "why", { cause, gatewayCode: 2007 })).toMatchObject({
    name: "VoiceError",
    message: "why",
    cause,
    gatewayCode: 2007,
  });
  const bare = new VoiceError("gateway-lost", "why");
  expect("cause" in bare).toBe(false);
  expect(bare.gatewayCode).toBeUndefined();
});

test("a cause of undefined is a cause", () => {
  expect("cause" in new VoiceError("vad-failed", "why", { cause: undefined })).toBe(true);
});
