import { samplesToMs } from "../audio/units.ts";
import type { Conversation, NewConversationItem } from "../conversation/conversation.ts";
import type { FinishedTurn } from "./recognition-events.ts";
import type { TurnEvent } from "./turn-event.ts";
import { turnMetrics } from "./turn-metrics.ts";

/** Enters a turn that is over into the conversation, and tells it. `generationId`: of the answer prepared for it. */
export function recordTurn(
  turn: FinishedTurn,
  conversation: Conversation,
  generationId: number | undefined,
): Extract<TurnEvent, { type: "turn" }> {
  const { transcript, confidence, language, skipsReply } = turn;
  const item = transcript === "" ? undefined : conversation.add({ role: "user", text: transcript, ...timesOf(turn) });
  return {
    type: "turn",
    transcript,
    confidence,
    skipsReply,
    metrics: turnMetrics(turn),
    ...(language === undefined ? {} : { language }),
    ...(item === undefined ? {} : { itemId: item.id }),
    ...(generationId === undefined ? {} : { generationId }),
  };
}

function timesOf({ startSample, endSample }: FinishedTurn): Pick<NewConversationItem, "startMs" | "endMs"> {
  if (startSample === undefined) return {};
  const start = { startMs: samplesToMs(startSample) };
  return endSample === undefined || endSample < startSample ? start : { ...start, endMs: samplesToMs(endSample) };
}
