import type { ClientMessage, SessionCreate } from "../../src/stt/livekit/wire.ts";
import { GatewayError } from "../errors.ts";

/** Largest message a client may send, in bytes of UTF-8. Half a minute of audio fits. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Largest frame that is read at all, in bytes; beyond it `ws` itself closes with 1009. */
export const MAX_FRAME_BYTES = 4 * MAX_MESSAGE_BYTES;

/** A parsed message. `session.create` is reduced to what this gateway acts on. */
export type ParsedMessage =
  | { readonly type: "session.create"; readonly model: string | undefined }
  | { readonly type: "input_audio"; readonly samples: Int16Array }
  | { readonly type: Exclude<ClientMessage["type"], "session.create" | "input_audio"> };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one text frame.
 * @throws GatewayError `malformed-message`, `too-large`, `unknown-message`, `unsupported-format` or `bad-audio`.
 */
export function parseMessage(text: string): ParsedMessage {
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) {
    throw new GatewayError(
      "too-large",
      `A message may have ${MAX_MESSAGE_BYTES} bytes, got ${Buffer.byteLength(text)}`,
    );
  }
  const message = parseObject(text);
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
  if (typeof type !== "string")
    throw new GatewayError("malformed-message", "A message needs a type, which is a string");
  throw new GatewayError("unknown-message", `Unknown message type ${quote(type)}`);
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("malformed-message", "A message must be JSON", { cause });
  }
  if (!isObject(value)) throw new GatewayError("malformed-message", "A message must be a JSON object");
  return value;
}

function readCreate(message: Fields): SessionCreate["model"] {
  const settings = message["settings"];
  if (!isObject(settings)) throw new GatewayError("malformed-message", "session.create needs settings, an object");
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
  readExtra(settings);
  return readText(message, "model", "session.create.model");
}

/** An update is checked and then ignored, as LiveKit's providers do that cannot change a live stream. */
function readUpdate(message: Fields): void {
  const settings = message["settings"];
  if (!isObject(settings)) throw new GatewayError("malformed-message", "session.update needs settings, an object");
  readText(settings, "model", "settings.model");
  readText(settings, "language", "settings.language");
  readExtra(settings);
}

function readExtra(settings: Fields): void {
  const extra = settings["extra"];
  if (extra !== undefined && !isObject(extra))
    throw new GatewayError("malformed-message", "settings.extra must be an object");
}

function readText(fields: Fields, key: string, path: string): string | undefined {
  const value = fields[key];
  if (value === undefined || typeof value === "string") return value;
  throw new GatewayError("malformed-message", `${path} must be a string, got ${quote(value)}`);
}

function missing(path: string): never {
  throw new GatewayError("malformed-message", `${path} is missing`);
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

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at fault, short enough for a message. */
function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
