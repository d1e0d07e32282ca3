import type { WireTranscription } from "../../src/realtime/wire.ts";
import type { StoredItem } from "./conversation.ts";
import type { EventSender } from "./event-sender.ts";
import { toRealtimeError } from "./realtime-error.ts";
import { heardTokens, textTokens } from "./usage.ts";

/**
 * Tells what was recognised in an item of the user, word by word, once it is known; without transcription nobody but the
 * answerer learns it. A recognition that failed is told, and the item counts as silent from then on.
 */
export async function tellTranscript(
  sender: EventSender,
  item: StoredItem,
  transcription: WireTranscription | null,
): Promise<void> {
  const place = { item_id: item.wire.id, content_index: 0 };
  try {
    const transcript = (await item.heard) ?? "";
    if (transcription === null) return;
    for (const delta of transcript.match(/\s*\S+/g) ?? [])
      void sender.send({ type: "conversation.item.input_audio_transcription.delta", ...place, delta });
    setTranscript(item, transcript);
    const usage = usageOf(item, transcript);
    void sender.send({ type: "conversation.item.input_audio_transcription.completed", ...place, transcript, usage });
  } catch (error) {
    delete item.heard;
    const { code, message } = toRealtimeError(error);
    const told = { type: "transcription_error", code, message, param: null };
    void sender.send({ type: "conversation.item.input_audio_transcription.failed", ...place, error: told });
  }
}

function setTranscript(item: StoredItem, transcript: string): void {
  const { wire } = item;
  if (wire.type !== "message") return;
  item.wire = {
    ...wire,
    content: wire.content.map((part) => (part.type === "input_audio" ? { ...part, transcript } : part)),
  };
}

function usageOf(
  { sound }: StoredItem,
  transcript: string,
): {
  type: "tokens";
  total_tokens: number;
  [detail: string]: unknown;
} {
  const audio = heardTokens(sound.to);
  const text = textTokens(transcript);
  return {
    type: "tokens",
    total_tokens: audio + text,
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: text,
  };
}
