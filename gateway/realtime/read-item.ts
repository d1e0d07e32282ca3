import type { WireContent, WireItem } from "../../src/realtime/wire.ts";
import { wrongValue } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { MAX_ID_CHARS, newId } from "./ids.ts";
import { decodePcm24 } from "./pcm24.ts";

/** An item that a client made, with its sound apart: that is kept in samples. */
export interface NewItem {
  readonly item: WireItem & { readonly id: string };
  /** What the user's `input_audio` parts hold, at 24 kHz; empty without any. */
  readonly samples: Int16Array;
}

/** Reads an item as clients make them. @throws RealtimeError naming the field at fault. */
export function readItem(fields: Fields): NewItem {
  const id = fields.nullable("id", (key) => fields.text(key), undefined) ?? newId("item");
  if (id.length === 0 || id.length > MAX_ID_CHARS)
    throw wrongValue(fields.path("id"), `1 to ${MAX_ID_CHARS} characters`, id);
  const type = fields.oneOf("type", ["message", "function_call", "function_call_output"] as const);
  const head = { id, object: "realtime.item", status: "completed" } as const;
  const samples = new Int16Array(0);
  switch (type) {
    case "function_call": {
      const callId = fields.nullable("call_id", (key) => fields.text(key), undefined) ?? newId("call");
      const call = { name: fields.text("name"), call_id: callId, arguments: fields.text("arguments") };
      return { item: { ...head, type, ...call }, samples };
    }
    case "function_call_output":
      return { item: { ...head, type, call_id: fields.text("call_id"), output: fields.text("output") }, samples };
    default:
      return readMessage(fields, head);
  }
}

function readMessage(
  fields: Fields,
  head: { readonly id: string; readonly object: "realtime.item"; readonly status: "completed" },
): NewItem {
  const role = fields.oneOf("role", ["user", "assistant", "system"]);
  const sounds: Int16Array[] = [];
  const content = fields.objects("content").map((part) => {
    if (role === "assistant") return readText(part, "output_text");
    if (role === "system") return readText(part, "input_text");
    return readUserPart(part, sounds);
  });
  const samples = new Int16Array(sounds.reduce((sum, { length }) => sum + length, 0));
  let written = 0;
  for (const sound of sounds) {
    samples.set(sound, written);
    written += sound.length;
  }
  return { item: { ...head, type: "message", role, content }, samples };
}

function readText<Type extends "input_text" | "output_text">(part: Fields, type: Type): { type: Type; text: string } {
  return { type: part.oneOf("type", [type]), text: part.text("text") };
}

function readUserPart(part: Fields, sounds: Int16Array[]): WireContent {
  const type = part.oneOf("type", ["input_text", "input_audio", "input_image"] as const);
  switch (type) {
    case "input_text":
      return { type, text: part.text("text") };
    case "input_audio":
      sounds.push(decodePcm24(part.text("audio"), part.path("audio")));
      return { type, transcript: part.nullable("transcript", (key) => part.text(key), null) };
    default: {
      const url = part.text("image_url");
      if (!/^data:image\/(png|jpeg);base64,/.test(url))
        throw wrongValue(part.path("image_url"), "a data: URL of a PNG or JPEG", url);
      return { type, image_url: url };
    }
  }
}
