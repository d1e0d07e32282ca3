import type { WireServerItem } from "../../src/realtime/wire.ts";
import type { AskedTool } from "../answers/answer.ts";
import type { StoredItem } from "./conversation.ts";
import { newId } from "./ids.ts";
import type { OutputSink } from "./message-output.ts";
import { SampleStore } from "./sample-store.ts";

/** Arguments are told in pieces of this many characters. */
const PIECE_CHARS = 8;

/** Tells that a tool is asked for, its arguments in pieces. Returns the item. */
export function writeCall(sink: OutputSink, responseId: string, outputIndex: number, call: AskedTool): StoredItem {
  const { callId, name, arguments: json } = call;
  const id = newId("item");
  const place = { response_id: responseId, item_id: id, output_index: outputIndex, call_id: callId };
  const wire = (status: "in_progress" | "completed", args: string): WireServerItem => {
    return { id, object: "realtime.item", type: "function_call", status, name, call_id: callId, arguments: args };
  };
  const item: StoredItem = { wire: wire("in_progress", ""), sound: new SampleStore() };
  sink.addItem(item);
  for (let start = 0; start < json.length; start += PIECE_CHARS) {
    const delta = json.slice(start, start + PIECE_CHARS);
    void sink.emit({ type: "response.function_call_arguments.delta", ...place, delta });
  }
  void sink.emit({ type: "response.function_call_arguments.done", ...place, name, arguments: json });
  item.wire = wire("completed", json);
  sink.finishItem(item);
  return item;
}
