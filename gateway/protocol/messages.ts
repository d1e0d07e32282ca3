import type { ClientMessage, SessionCreate } from "../../src/stt/livekit/wire.ts";
import { GatewayError } from "../errors.ts";
import { missing, parseFields, quote, readObject, readText } from "./fields.ts";
import type { Fields } from "./fields.ts";

/** Largest message a client may send, in bytes of UTF-8. Half a minute of audio fits. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Largest frame that is read at all, in bytes; beyond it `ws` itself closes with 1009. */
export const MAX_FRAME_BYTES = 4 * MAX_MESSAGE_BYTES;

/** A parsed message. `session.create` is reduced to what this gateway acts on. */
export type ParsedMessage =
  | { readonly type: "session.create"; readonly model: string | undefined }
  | { readonly type: "input_audio"; readonly samples: Int16Array }
  | { readonly type: Exclude<ClientMessage["type"], "session.create" | "input_audio"> };

/**
 * Reads one text frame.
 * @throws GatewayError `malformed-message`, `too-large`, `unknown-message`, `unsupported-format` or `bad-audio`.
 */
export function parseMessage(text: string): ParsedMessage {
  const message = parseBounded(text);
  const type = message["type"];
  switch (type) {
    case "session.create":
      return { type, model: readCreate(message) };
    case "input_audio":
      return {
        type,
        samples: decodePcm(readText(message, "audio", "input_audio.audio") ?? missing("input_audio.audio")),
      };
    case "session.update":
      readUpdate(message);
      return { type };
    case "session.finalize":
    case "session.close":
      return { type };
  }
  throw noSuchType(type);
}

/**
 * Parses a text frame of any protocol.
 * @throws GatewayError `too-large`, or `malformed-message` for anything but a JSON object.
 */
export function parseBounded(text: string): Fields {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new GatewayError("too-large", `A message may have ${MAX_MESSAGE_BYTES} bytes, got ${bytes}`);
  return parseFields(text, "A message");
}

/** What is wrong with a message whose type is none of the protocol's. */
export function noSuchType(type: unknown): GatewayError {
  return typeof type === "string"
    ? new GatewayError("unknown-message", `Unknown message type ${quote(type)}`)
    : new GatewayError("malformed-message", "A message needs a type, which is a string");
}

function readCreate(message: Fields): SessionCreate["model"] {
  const settings = readObject(message, "settings", "session.create.settings") ?? missing("session.create.settings");
  const sampleRate = settings["sample_rate"];
  if (sampleRate !== "16000" && sampleRate !== 16_000) {
    throw new GatewayError("unsupported-format", `settings.sample_rate must be "16000", got ${quote(sampleRate)}`);
  }
  if (settings["encoding"] !== "pcm_s16le") {
    throw new GatewayError(
      "unsupported-format",
      `settings.encoding must be "pcm_s16le", got ${quote(settings["encoding"])}`,
    );
  }
  readText(settings, "language", "settings.language");
  readObject(settings, "extra", "settings.extra");
  return readText(message, "model", "session.create.model");
}

/** An update is checked and then ignored, as LiveKit's providers do that cannot change a live stream. */
function readUpdate(message: Fields): void {
  const settings = readObject(message, "settings", "session.update.settings") ?? missing("session.update.settings");
  readText(settings, "model", "settings.model");
  readText(settings, "language", "settings.language");
  readObject(settings, "extra", "settings.extra");
}

/** Decodes strictly: what does not encode back to the same text was not base64. */
function decodePcm(base64: string): Int16Array {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64)
    throw new GatewayError("bad-audio", "input_audio.audio is not canonical base64");
  if (bytes.length % 2 !== 0) {
    throw new GatewayError(
      "bad-audio",
      `input_audio.audio has an odd number of bytes (${bytes.length}) for 16-bit samples`,
    );
  }
  const samples = new Int16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(index * 2);
  return samples;
}
