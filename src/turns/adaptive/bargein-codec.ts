import { pcm16Bytes } from "../../audio/pcm16.ts";
import { CAPTURE_RATE } from "../../audio/units.ts";
import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";

/*
 * ▶ {"type":"session.create","settings":{"sample_rate":16000,"num_channels":1,"min_frames":2,"encoding":"s16le"}}
 * ◀ {"type":"session.created","default_threshold":0.42}
 * ▶ <8 bytes: created_at, little-endian><16-bit little-endian samples: the whole window>
 * ◀ {"type":"inference_done","created_at":171200,"prediction_duration":0.02,"probabilities":[0.1,0.3]}
 * ▶ <…>
 * ◀ {"type":"bargein_detected","created_at":271200,"prediction_duration":0.02,"probabilities":[0.7,0.8]}
 * ▶ {"type":"session.close"}
 */

const HEADER_BYTES = 8;
const TWO_TO_32 = 2 ** 32;

/** What a message of the server means. */
export type BargeinMessage =
  /** `defaultThreshold`: the server's own, in [0, 1]; absent if it has none. */
  | { readonly type: "created"; readonly defaultThreshold?: number }
  | { readonly type: "closed" }
  | {
      readonly type: "answer";
      /** Whether that window holds an interruption. */
      readonly isInterruption: boolean;
      /** Names the window. */
      readonly createdAt: number;
      readonly predictionMs: number;
      /** One for each 25 ms, in [0, 1]. */
      readonly probabilities: readonly number[];
    }
  | { readonly type: "failed"; readonly error: VoiceError };

/** The first message; without a threshold the server's own counts. */
export function encodeCreate(minFrames: number, threshold: number | undefined): string {
  const settings = { sample_rate: CAPTURE_RATE, num_channels: 1, threshold, min_frames: minFrames, encoding: "s16le" };
  return JSON.stringify({ type: "session.create", settings });
}

/** The last message. */
export function encodeClose(): string {
  return JSON.stringify({ type: "session.close" });
}

/** A window, named by a whole number below 2^53. */
export function encodeWindow(createdAt: number, pcm: Int16Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_BYTES + 2 * pcm.length);
  const header = new DataView(message.buffer);
  header.setUint32(0, createdAt % TWO_TO_32, true);
  header.setUint32(4, Math.floor(createdAt / TWO_TO_32), true);
  message.set(pcm16Bytes(pcm), HEADER_BYTES);
  return message;
}

/**
 * Reads a message; `undefined` for kinds that it does not know.
 *
 * @throws VoiceError `protocol-violated` for what no server of the kind would send.
 */
export function decodeBargein(data: unknown): BargeinMessage | undefined {
  if (typeof data !== "string") return undefined;
  const message = parseObject(data);
  switch (message["type"]) {
    case "session.created": {
      const threshold = message["default_threshold"] ?? undefined;
      if (threshold === undefined) return { type: "created" };
      return { type: "created", defaultThreshold: probabilityOf(threshold, "default_threshold") };
    }
    case "session.closed":
      return { type: "closed" };
    case "bargein_detected":
      return answerOf(message, true);
    case "inference_done":
      return answerOf(message, false);
    case "error":
      return { type: "failed", error: errorOf(message) };
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function answerOf(message: Fields, isInterruption: boolean): BargeinMessage {
  const { created_at: createdAt, prediction_duration: seconds = 0, probabilities = [] } = message;
  if (!Number.isSafeInteger(createdAt)) throw violation("created_at is not a whole number");
  if (!Array.isArray(probabilities)) throw violation("probabilities is not a list");
  if (typeof seconds !== "number" || !(seconds >= 0)) throw violation("prediction_duration is not a duration");
  return {
    type: "answer",
    isInterruption,
    createdAt: createdAt as number,
    predictionMs: seconds * 1_000,
    probabilities: probabilities.map((one) => probabilityOf(one, "a probability")),
  };
}

function errorOf(message: Fields): VoiceError {
  const { code, message: why = "" } = message;
  const status = typeof code === "number" || typeof code === "string" ? code : "none";
  return errorOfStatus(
    status,
    `The gateway judges no interruptions (code ${status}): ${typeof why === "string" ? why : JSON.stringify(why)}`,
  );
}

function probabilityOf(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw violation(`${what} is not in [0, 1]`);
}

function parseObject(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new VoiceError("protocol-violated", "The gateway sent a message that is not JSON", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw violation("a message is not a JSON object");
}

function violation(what: string): VoiceError {
  return new VoiceError("protocol-violated", `The gateway sent what the protocol does not allow: ${what}`);
}
