import type { WireServerEvent } from "../../src/realtime/wire.ts";

/** Text frames for the client: a string as it is, anything else as JSON. */
export type ScriptFrames = (event: WireServerEvent) => readonly unknown[];

/** What happens at an event of one type. Without `nth` it happens each time. */
export type ScriptStep = {
  /** Type of the server's event. */
  readonly at: WireServerEvent["type"];
  /** Counted in the session from 1. */
  readonly nth?: number;
} & (
  | { readonly before: ScriptFrames }
  | { readonly after: ScriptFrames }
  /** It is not sent. */
  | { readonly swallow: true }
  /** The socket is closed after it, with this code. */
  | { readonly close: number }
  /** The connection is cut after it. */
  | { readonly drop: true }
);

/** A way for a realtime server to misbehave; the model `script/<name>`, or `&script=<name>`, plays one. For tests. */
export interface RealtimeScript {
  /** How many times faster than they play answers are sent. @defaultValue 5 */
  readonly pace?: number;
  /** What the answerer is asked as. @defaultValue "rules/long", so that there is time to misbehave */
  readonly model?: string;
  /** @defaultValue none */
  readonly steps?: readonly ScriptStep[];
}

/** Answers are sent so many times faster than they play. */
export const DEFAULT_PACE = 5;
