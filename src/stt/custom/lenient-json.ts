import { VoiceError } from "../../errors.ts";
import { isFields, type CustomTranscript } from "./custom-transcript.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses the JSON object that a server sent.
 *
 * @throws VoiceError `protocol-violated` for anything else.
 */
export function parseObject(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new VoiceError("protocol-violated", `The server's answer is not JSON: ${json.slice(0, 100)}`, { cause });
  }
  if (isFields(value)) return value;
  throw new VoiceError("protocol-violated", `The server's answer is not a JSON object: ${json.slice(0, 100)}`);
}

/**
 * Finds the text in a server's JSON: `{ "text": … }`, `{ "transcript": … }` or `{ "transcript": { "text": … } }`, and
 * beside it what may be there: `language`, `confidence`, `start` with `end` or `duration` (seconds) and
 * `words: [{ "word" or "text", "start", "end", "confidence" }]`. `undefined` if there is no text.
 */
export function transcriptOf(message: Fields): CustomTranscript | undefined {
  const holder = isFields(message["transcript"]) ? message["transcript"] : message;
  const text = holder["text"] ?? holder["transcript"];
  if (typeof text !== "string") return undefined;
  const { language, confidence } = holder;
  const words = Array.isArray(holder["words"]) ? holder["words"].filter(isFields).map(wordOf) : [];
  // What is of a wrong type counts as missing when the transcript is read.
  return {
    text,
    language,
    confidence,
    words,
    ...span(holder),
    requestId: holder["request_id"] ?? message["request_id"],
    speakerId: holder["speaker_id"] ?? holder["speaker"],
  } as CustomTranscript;
}

function wordOf(fields: Fields): object {
  const { confidence } = fields;
  const speakerId = fields["speaker_id"] ?? fields["speaker"];
  return { word: fields["word"] ?? fields["text"], confidence, speakerId, ...span(fields) };
}

function span({ start, end, duration }: Fields): object {
  const from = typeof start === "number" ? start : 0;
  const to = typeof end === "number" ? end : typeof duration === "number" ? from + duration : from;
  return { startMs: 1_000 * from, endMs: 1_000 * to };
}
