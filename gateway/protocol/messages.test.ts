import { expect, it, test } from "vitest";
import { GatewayError } from "../errors.ts";
import { GOOD_MESSAGES } from "../testing/good-messages.ts";
import { MAX_MESSAGE_BYTES, parseMessage } from "./messages.ts";

const create = { type: "session.create", settings: { sample_rate: "16000", encoding: "pcm_s16le", extra: {} } };
const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString("base64");

/** The code that a message is refused with, or its type if it is not. */
function verdictOf(message: unknown): number | string {
  try {
    return parseMessage(typeof message === "string" ? message : JSON.stringify(message)).type;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

it("audio arrives as the samples that were sent, low byte first", () => {
  const message = parseMessage(
    JSON.stringify({ type: "input_audio", audio: base64(0x01, 0x00, 0xff, 0xff, 0x00, 0x80) }),
  );
  expect(message).toEqual({ type: "input_audio", samples: Int16Array.of(1, -1, -32_768) });
});

test.each([
  [create, "session.create"],
  [
    { ...create, model: "deepgram/nova-3", fallback: { models: [] }, connection: { timeout: 10, retries: 3 } },
    "session.create",
  ],
  [{ ...create, settings: { ...create.settings, sample_rate: 16_000 } }, "session.create"],
  [{ ...create, settings: { ...create.settings, sample_rate: "48000" } }, 4424],
  [{ ...create, settings: { ...create.settings, encoding: "opus" } }, 4424],
  [{ ...create, settings: { ...create.settings, extra: [] } }, 4400],
  [{ ...create, settings: { ...create.settings, language: 5 } }, 4400],
  [{ ...create, model: {} }, 4400],
  [{ type: "session.create" }, 4400],
  [{ type: "session.update", settings: { language: "de", extra: { diarize: true } } }, "session.update"],
  [{ type: "session.update" }, 4400],
  [{ type: "session.finalize" }, "session.finalize"],
  [{ type: "session.close" }, "session.close"],
  [{ type: "input_audio", audio: "" }, "input_audio"],
  [{ type: "input_audio" }, 4400],
  [{ type: "input_audio", audio: 7 }, 4400],
  [{ type: "input_audio", audio: base64(1, 2, 3) }, 4415],
  [{ type: "input_audio", audio: "AAA" }, 4415],
  [{ type: "input_audio", audio: "AAAA AAA" }, 4415],
  [{ type: "input_audio", audio: "AAAB-_==" }, 4415],
  [{ type: "input_audio", audio: "A".repeat(MAX_MESSAGE_BYTES) }, 4413],
  [{ type: "session.flush" }, 4422],
  [{ type: "__proto__" }, 4422],
  [{ type: 5 }, 4400],
  [{}, 4400],
  [[], 4400],
  ["null", 4400],
  ['"session.create"', 4400],
  ["", 4400],
  ["not json", 4400],
])("%j is judged %s", (message, verdict) => {
  expect(verdictOf(message)).toBe(verdict);
});

test.each(GOOD_MESSAGES)("every proper prefix of %s is refused as malformed", (text) => {
  expect(verdictOf(text)).toBeTypeOf("string");
  for (let length = 0; length < text.length; length++) expect(verdictOf(text.slice(0, length))).toBe(4400);
});
