/*
 * Every way in which a session ends badly, as the client sees it:
 *
 *   ← {"type":"error","code":4415,"message":"input_audio.audio is not canonical base64"}
 *   ← close 4415
 *
 * An error always ends its own session and never touches another one. The close code equals the error's code, except
 * for the idle close, whose 2007 is no legal close code: it closes with 1000. Codes from 4400 to 4499 come again if the
 * client repeats itself; from 4500 on the fault is here or upstream, and another attempt may succeed.
 */

/** What ends a session, by name, with the number that goes over the wire. */
export const GATEWAY_ERRORS = {
  /** Nothing came from the client for the idle limit. The number is LiveKit Inference's own. */
  idle: 2007,
  /** A message is not text, not JSON, not an object, or one of its fields has the wrong type. */
  "malformed-message": 4400,
  /** The token is missing, not ours, expired, or lacks the inference grant. */
  "token-refused": 4401,
  /** The upstream of a relay says no with an HTTP status that stays: 4xx, or a redirection. */
  "upstream-refused": 4403,
  /** No engine has this model, or espeak-ng has no such voice. */
  "unknown-model": 4404,
  /** The client secret was good, and its time is up. */
  "token-expired": 4419,
  /** Audio before `session.create`, a second `session.create`, or anything after `session.close`. */
  "out-of-order": 4409,
  /** A message or its audio is larger than allowed. */
  "too-large": 4413,
  /** The audio is not canonical base64, or has an odd number of bytes. */
  "bad-audio": 4415,
  /** The message is well formed, but its type is not one of the protocol's. */
  "unknown-message": 4422,
  /** The session asks for a sample rate or an encoding that there is not. */
  "unsupported-format": 4424,
  /** This page, or this token, has as many connections or requests as it may have. */
  "too-many": 4429,
  /** The recogniser of this session has died. */
  "recognizer-lost": 4500,
  /** The recogniser cannot run here: its library, its model or koffi is not installed. */
  "recognizer-missing": 4501,
  /** The upstream of a relay cannot be reached. */
  "upstream-unreachable": 4502,
  /** All streams, or all connections, are taken. */
  full: 4503,
  /** The upstream does not answer, or has stopped reading. */
  "upstream-timeout": 4504,
  /** The upstream's connection broke without a close frame. */
  "upstream-lost": 4505,
  /** The voice of this session has died. */
  "synthesizer-lost": 4510,
  /** Nobody can speak here: espeak-ng or koffi is not installed. */
  "synthesizer-missing": 4511,
  /** The upstream says no for now: HTTP 408, 425, 429 or 5xx. */
  "upstream-busy": 4529,
} as const;

/** The name of one of {@link GATEWAY_ERRORS}. */
export type GatewayErrorName = keyof typeof GATEWAY_ERRORS;

/** Ends one session; `reason` says why, the message goes to the client as it is. */
export class GatewayError extends Error {
  /** Why, as one of a closed list of words. */
  readonly reason: GatewayErrorName;

  constructor(reason: GatewayErrorName, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "GatewayError";
    this.reason = reason;
  }

  /** The number that the client sees in the `error` message. */
  get code(): number {
    return GATEWAY_ERRORS[this.reason];
  }

  /** The WebSocket close code that follows the `error` message. */
  get closeCode(): number {
    return this.reason === "idle" ? 1000 : this.code;
  }
}
