import fc from "fast-check";
import { MAX_MESSAGE_BYTES } from "../protocol/messages.ts";

/** A frame of a client that may mean well, be clumsy, or be up to something: text or bytes. */
export type Frame = string | Buffer;

/** One of each message of the protocol, well formed. */
export const GOOD_MESSAGES: readonly string[] = [
  {
    type: "session.create",
    settings: { sample_rate: "16000", encoding: "pcm_s16le", language: "en", extra: { diarize: true } },
    fallback: { models: [{ model: "acme/one", extra: null }] },
    connection: { timeout: 10, retries: 3 },
  },
  { type: "input_audio", audio: Buffer.alloc(1_600, 7).toString("base64") },
  { type: "session.update", settings: { language: "de", extra: {} } },
  { type: "session.finalize" },
  { type: "session.close" },
].map((message) => JSON.stringify(message));

const HUGE = JSON.stringify({ type: "input_audio", audio: "A".repeat(MAX_MESSAGE_BYTES) });

const good = fc.constantFrom(...GOOD_MESSAGES);
const type = fc.constantFrom(
  "session.create",
  "input_audio",
  "session.update",
  "session.finalize",
  "session.close",
  "x",
);
/** The right type and, more often than not, the wrong fields. */
const wrong = fc
  .record({ type, settings: fc.jsonValue(), audio: fc.oneof(fc.jsonValue(), fc.base64String()), model: fc.jsonValue() })
  .map((message) => JSON.stringify(message));
const truncated = fc.tuple(good, fc.nat()).map(([text, cut]) => text.slice(0, cut % text.length));
const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));

/** Any frame; half of them are good ones, so that a session gets somewhere. */
export const hostileFrame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 12, arbitrary: good },
  { weight: 4, arbitrary: truncated },
  { weight: 4, arbitrary: wrong },
  { weight: 2, arbitrary: fc.oneof(fc.string(), fc.json()) },
  { weight: 2, arbitrary: bytes },
  { weight: 1, arbitrary: fc.constant(HUGE) },
);
