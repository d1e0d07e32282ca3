/** A message that is JSON of an object. */
export type JsonMessage = Readonly<Record<string, unknown>>;

/** What a client sent: parsed where it is JSON of an object, else text or bytes as they are. */
export type SentMessage = JsonMessage | string | Uint8Array;

/** What a server says: an object goes as JSON, a string as it is, bytes as an `ArrayBuffer`; or it closes. */
export type Reply = JsonMessage | string | Uint8Array | ScriptedClose;

/** The end of a connection, as a reply. Made by {@link closeWith}. */
export class ScriptedClose {
  /** The close code. */
  readonly code: number;
  /** Why, in words. */
  readonly reason: string;

  constructor(code: number, reason: string) {
    this.code = code;
    this.reason = reason;
  }
}

/**
 * Lets the server close.
 *
 * @example socket.expect("session.create").reply({ type: "error", code: 4401 }, closeWith(4401));
 */
export function closeWith(code: number, reason = ""): ScriptedClose {
  return new ScriptedClose(code, reason);
}

/** What the client's listener gets. */
export function toWire(message: JsonMessage | string | Uint8Array): string | ArrayBuffer {
  if (message instanceof Uint8Array) return new Uint8Array(message).buffer;
  return typeof message === "string" ? message : JSON.stringify(message);
}

/** What a test sees of a message that the client sent. */
export function parseSent(message: string | Uint8Array): SentMessage {
  if (typeof message !== "string") return message.slice();
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonMessage) : message;
  } catch {
    return message;
  }
}
