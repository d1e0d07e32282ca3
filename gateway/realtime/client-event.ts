import type { WireClientEvent } from "../../src/realtime/wire.ts";
import { Fields, wrongValue } from "./fields.ts";
import { RealtimeError } from "./realtime-error.ts";

/** What a client may ask for. */
export type ClientEventType = Exclude<WireClientEvent["type"], "output_audio_buffer.clear">;

/** A frame as far as it can be read. */
export interface ReadFrame {
  /** Comes back in an error. */
  readonly eventId: string | undefined;
  /** Reads the event. @throws RealtimeError if it is none. */
  readonly event: () => { readonly type: ClientEventType; readonly fields: Fields };
}

const TYPES: Readonly<Record<ClientEventType, readonly string[]>> = {
  "session.update": ["session"],
  "input_audio_buffer.append": ["audio"],
  "input_audio_buffer.commit": [],
  "input_audio_buffer.clear": [],
  "conversation.item.create": ["item", "previous_item_id"],
  "conversation.item.retrieve": ["item_id"],
  "conversation.item.truncate": ["item_id", "content_index", "audio_end_ms"],
  "conversation.item.delete": ["item_id"],
  "response.create": ["response"],
  "response.cancel": ["response_id"],
};

/** Reads a text frame: at once what errors need, the rest when asked. */
export function readFrame(text: string): ReadFrame {
  const value = parse(text);
  const id = typeof value === "object" && value !== null && "event_id" in value ? value.event_id : undefined;
  return {
    eventId: typeof id === "string" ? id : undefined,
    event: () => {
      if (value === undefined) throw new RealtimeError("invalid_event", "The message is not valid JSON.");
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new RealtimeError("invalid_event", "The message is not a JSON object.");
      const fields = Fields.of(value, "");
      if (fields.raw("type") === undefined) throw new RealtimeError("invalid_event", "The 'type' field is missing.");
      const type = fields.text("type");
      if (!isType(type)) throw wrongValue("type", `one of ${Object.keys(TYPES).join(", ")}`, type);
      fields.allowOnly(["type", "event_id", ...TYPES[type]]);
      return { type, fields };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isType(type: string): type is ClientEventType {
  return Object.hasOwn(TYPES, type);
}
