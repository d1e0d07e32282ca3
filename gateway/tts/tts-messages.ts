import type { TtsClientMessage } from "../../src/agent/livekit/wire.ts";
import { GatewayError } from "../errors.ts";
import { missing, quote, readObject, readText } from "../protocol/fields.ts";
import type { Fields } from "../protocol/fields.ts";
import { noSuchType, parseBounded } from "../protocol/messages.ts";
import { SPEECH_RATES_HZ } from "../speech/synthesizer.ts";
import type { WishedVoice } from "./speech-models.ts";

/** A parsed message, reduced to what this gateway acts on. */
export type ParsedTtsMessage =
  | { readonly type: "session.create"; readonly rateHz: number; readonly wish: WishedVoice }
  | { readonly type: "input_transcript"; readonly text: string; readonly wish: WishedVoice }
  | { readonly type: Exclude<TtsClientMessage["type"], "session.create" | "input_transcript"> };

/**
 * Reads one text frame of the text-to-speech protocol.
 * @throws GatewayError `malformed-message`, `too-large`, `unknown-message` or `unsupported-format`.
 */
export function parseTtsMessage(text: string): ParsedTtsMessage {
  const message = parseBounded(text);
  const type = message["type"];
  switch (type) {
    case "session.create":
      readObject(message, "extra", "session.create.extra");
      return { type, rateHz: readFormat(message), wish: readWish(message, "session.create") };
    case "input_transcript": {
      readObject(message, "extra", "input_transcript.extra");
      const config = readObject(message, "generation_config", "input_transcript.generation_config") ?? {};
      const transcript = readText(message, "transcript", "input_transcript.transcript");
      const wish = readWish(config, "generation_config");
      return { type, text: transcript ?? missing("input_transcript.transcript"), wish };
    }
    case "session.flush":
    case "session.close":
      return { type };
  }
  throw noSuchType(type);
}

/** The rate, once it is clear that it can be had. */
function readFormat(message: Fields): number {
  const rate = message["sample_rate"];
  const isNumber = typeof rate === "number" || (typeof rate === "string" && /^\d{1,6}$/.test(rate));
  const rateHz = isNumber ? Number(rate) : 0;
  if (!SPEECH_RATES_HZ.includes(rateHz)) {
    const choice = SPEECH_RATES_HZ.map((hz) => `"${hz}"`).join(", ");
    throw new GatewayError("unsupported-format", `sample_rate must be one of ${choice}, got ${quote(rate)}`);
  }
  const encoding = message["encoding"];
  if (encoding !== "pcm_s16le")
    throw new GatewayError("unsupported-format", `encoding must be "pcm_s16le", got ${quote(encoding)}`);
  return rateHz;
}

function readWish(fields: Fields, path: string): WishedVoice {
  const read = (key: keyof WishedVoice): string | undefined => readText(fields, key, `${path}.${key}`);
  return { model: read("model"), voice: read("voice"), language: read("language") };
}
