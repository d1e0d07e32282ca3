import { VoiceError } from "../../errors.ts";
import { errorOfStatus } from "../../net/status-error.ts";
import type { CodecEvent } from "../codec.ts";
import { isFields, readTranscript, type CustomTranscript } from "./custom-transcript.ts";

/** A text from a provider of the app's own, in one of three degrees of certainty. */
export interface CustomTranscriptEvent extends CustomTranscript {
  readonly type: "interim" | "preflight" | "final";
}

/** What a provider of the app's own says. */
export type CustomSttEvent =
  | CustomTranscriptEvent
  /** It hears somebody; the first text says so too. */
  | { readonly type: "speech-started" }
  /** The answer to a flush, or to the end of the input: all was told. A final text is an answer as well. */
  | { readonly type: "flushed" }
  /** It ends the connection, without an error. */
  | { readonly type: "closed" }
  /** It cannot go on. `code`: an HTTP status or something like it (4401, 4503); it decides whether to try again. */
  | { readonly type: "error"; readonly message: string; readonly code?: number | string };

/**
 * Takes what an app's hook gave; nothing is nothing.
 *
 * @throws VoiceError `protocol-violated` for what is not a {@link CustomSttEvent}.
 */
export function readEvent(given: unknown, language: string): CodecEvent | undefined {
  if (given === undefined || given === null) return undefined;
  const type = isFields(given) ? given["type"] : undefined;
  if (!isFields(given) || typeof type !== "string") throw violation(typeof given);
  switch (type) {
    case "interim":
    case "preflight":
    case "final":
      return { type, transcript: readTranscript(given, language) };
    case "speech-started":
    case "flushed":
    case "closed":
      return { type };
    case "error":
      return { type: "failed", error: errorOf(given["message"], given["code"]) };
    default:
      throw violation(JSON.stringify(type.slice(0, 100)));
  }
}

function errorOf(message: unknown, code: unknown): VoiceError {
  const text = `The recogniser failed: ${typeof message === "string" ? message : "no reason given"}`;
  if (typeof code === "number" || typeof code === "string") return errorOfStatus(code, text);
  return new VoiceError("gateway-rejected", text);
}

function violation(kind: string): VoiceError {
  return new VoiceError("protocol-violated", `An event must have a type of those documented, got ${kind}`);
}
