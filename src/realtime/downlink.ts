import { VoiceError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import type { AudioLane } from "./audio-lane.ts";
import type { PendingRequests } from "./pending-requests.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import type { ResponseSequencer } from "./response-sequencer.ts";
import type { ServerFact } from "./server-fact.ts";
import type { ToolCalls } from "./tool-calls.ts";

/** Who knows what about a session. */
export interface RealtimeParts {
  readonly lane: AudioLane;
  readonly answers: Answers;
  readonly sequencer: ResponseSequencer;
  readonly requests: PendingRequests;
  readonly tools: ToolCalls;
  readonly nowMs: () => number;
  readonly emit: (event: RealtimeEvent) => void;
}

type FactOf<Type extends ServerFact["type"]> = Extract<ServerFact, { readonly type: Type }>;
type OutputFact = Extract<ServerFact, { readonly responseId: string }>;

/** Errors that only say that a race was lost. */
const HARMLESS: ReadonlySet<unknown> = new Set([
  "item_retrieve_invalid_item_id",
  "response_cancel_not_active",
  "conversation_already_has_active_response",
]);

/** What the server says of a session that began: it is noted by those whom it concerns, and told. Pure. */
export class Downlink {
  readonly #parts: RealtimeParts;
  /** Items of this client's making. */
  readonly #ownIds = new Set<string>();
  readonly #itemIds = new Set<string>();
  readonly #inputTexts = new Map<string, string>();
  /** Where speech ended that is no item yet, in the server's time. */
  readonly #speechEnds = new Map<string, number>();
  #speakingId: string | undefined;

  constructor(parts: RealtimeParts) {
    this.#parts = parts;
  }

  /** Whether the server hears speech, or owes the item of what it heard. */
  get isHearing(): boolean {
    return this.#speakingId !== undefined || this.#speechEnds.size > 0;
  }

  /** An item is this client's own. */
  own(itemId: string): void {
    this.#ownIds.add(itemId);
  }

  /** The session is gone. What was being answered ends; `error` says why, unless it was on purpose. */
  lost(error: VoiceError | undefined): void {
    const { answers, emit, nowMs } = this.#parts;
    this.#itemIds.clear();
    this.#inputTexts.clear();
    this.#speechEnds.clear();
    this.#speakingId = undefined;
    for (const responseId of answers.openIds) {
      const times = answers.close(responseId, nowMs()) ?? { totalMs: 0 };
      const ended = { type: "response-done", responseId, items: [], isOutOfBand: false, times } as const;
      emit(error ? { ...ended, status: "failed", error } : { ...ended, status: "cancelled" });
    }
  }

  /** An error about one message: whoever waits for its answer is told, and the app. */
  refused({ error, clientEventId }: FactOf<"server-error">): void {
    const { requests, sequencer, lane, emit } = this.#parts;
    for (const part of [requests, sequencer, lane]) part.refused(clientEventId, error);
    if (HARMLESS.has(error.gatewayCode) || error.message.startsWith("Cancellation failed")) return;
    emit({ type: "warning", error, ...(clientEventId === undefined ? {} : { clientEventId }) });
  }

  /** Takes what the server says of anything but the session itself. */
  take(fact: Exclude<ServerFact, FactOf<"session-created" | "session-updated" | "server-error">>): void {
    const { lane, requests, answers, emit, nowMs } = this.#parts;
    switch (fact.type) {
      case "speech-started":
        this.#speakingId = fact.itemId;
        return this.#tellPlace({ type: fact.type, itemId: fact.itemId }, lane.startOf(fact.audioStartMs));
      case "speech-stopped":
        this.#speakingId = undefined;
        this.#speechEnds.set(fact.itemId, fact.audioEndMs);
        answers.asked(nowMs());
        return this.#tellPlace({ type: fact.type, itemId: fact.itemId }, undefined, lane.endOf(fact.audioEndMs));
      case "idle-timeout": {
        const { type, itemId, audioStartMs, audioEndMs } = fact;
        this.#speechEnds.set(itemId, audioEndMs);
        return this.#tellPlace({ type, itemId }, lane.startOf(audioStartMs), lane.endOf(audioEndMs));
      }
      case "audio-committed":
        lane.committed(fact.itemId, this.#speechEnds.get(fact.itemId));
        this.#speechEnds.delete(fact.itemId);
        return emit(fact);
      case "item-added":
        return this.#added(fact);
      case "item-done":
        requests.resolve(`create ${fact.item.id}`, fact.item);
        return emit(fact);
      case "item-retrieved":
        requests.resolve(`retrieve ${fact.item.id}`, fact.item);
        return emit(fact);
      case "item-truncated":
        requests.resolve(`truncate ${fact.itemId} ${fact.contentIndex} ${fact.audioEndMs}`);
        return emit(fact);
      case "item-deleted":
        requests.resolve(`delete ${fact.itemId}`);
        this.#itemIds.delete(fact.itemId);
        return emit(fact);
      case "input-delta": {
        const { itemId, contentIndex, delta } = fact;
        const key = `${itemId} ${contentIndex}`;
        const text = (this.#inputTexts.get(key) ?? "") + delta;
        this.#inputTexts.set(key, text);
        return emit({ type: "input-transcript", itemId, contentIndex, text, isFinal: false });
      }
      case "input-done": {
        const { itemId, contentIndex, text } = fact;
        this.#inputTexts.delete(`${itemId} ${contentIndex}`);
        return emit({ type: "input-transcript", itemId, contentIndex, text, isFinal: true });
      }
      case "input-transcript-failed":
        this.#inputTexts.delete(`${fact.itemId} ${fact.contentIndex}`);
        return emit(fact);
      case "audio-cleared":
      case "rate-limits":
        return emit(fact);
      case "response-created":
        return this.#created(fact);
      case "response-done":
        return this.#done(fact);
      default:
        return this.#output(fact);
    }
  }

  #tellPlace(
    event: { readonly type: "speech-started" | "speech-stopped" | "idle-timeout"; readonly itemId: string },
    startSample: number | undefined,
    endSample?: number,
  ): void {
    const start = startSample === undefined ? {} : { startSample };
    this.#parts.emit({ ...event, ...start, ...(endSample === undefined ? {} : { endSample }) });
  }

  #added(fact: FactOf<"item-added">): void {
    const { item } = fact;
    if (this.#itemIds.has(item.id)) return; // by its older name as well
    this.#itemIds.add(item.id);
    const isOwn = this.#ownIds.has(item.id);
    if (!isOwn) this.#parts.tools.announce(item, this.#parts.sequencer.responseId ?? "");
    this.#parts.requests.resolve(`create ${item.id}`, item);
    this.#parts.emit({ ...fact, isOwn });
  }

  #created({ responseId, isBeside, metadata }: FactOf<"response-created">): void {
    const { answers, sequencer, emit, nowMs } = this.#parts;
    if (!answers.open(responseId, nowMs())) return;
    sequencer.created(responseId, isBeside);
    const isOutOfBand = sequencer.isBeside(responseId);
    if (!isOutOfBand) this.#parts.tools.takenUp();
    emit({ type: "response-created", responseId, isOutOfBand, ...(metadata === undefined ? {} : { metadata }) });
  }

  #done(fact: FactOf<"response-done">): void {
    const { answers, sequencer, tools, emit, nowMs } = this.#parts;
    const { responseId, status, items } = fact;
    const verdict = answers.judge(responseId);
    const isOutOfBand = sequencer.isBeside(responseId);
    if (verdict === "wanted" && status === "completed") for (const item of items) tools.ask(item, responseId);
    const times = answers.close(responseId, nowMs());
    if (times) tools.responseDone(responseId, status === "completed" && !isOutOfBand);
    sequencer.done(responseId);
    if (times) emit({ ...fact, isOutOfBand, times });
    else if (verdict === "unknown") this.#warnOfUnknown(fact);
  }

  #output(fact: Exclude<OutputFact, FactOf<"response-created" | "response-done">>): void {
    const { answers, tools, emit, nowMs } = this.#parts;
    const { responseId } = fact;
    const verdict = answers.judge(responseId);
    if (verdict === "unknown") this.#warnOfUnknown(fact);
    if (verdict !== "wanted") return; // nothing of a cancelled answer is told
    switch (fact.type) {
      case "output-item-added":
        tools.announce(fact.item, responseId);
        return emit(fact);
      case "output-item-done":
        emit(fact);
        if (fact.item.status === "completed") tools.ask(fact.item, responseId);
        return;
      case "call-done":
        return tools.askFor(fact);
      case "output-audio":
        answers.heard(responseId, nowMs());
        return emit(fact);
      case "output-delta": {
        const { type: _, ...output } = fact;
        const text = answers.read(responseId, `${fact.itemId} ${fact.contentIndex}`, fact.delta, nowMs());
        return emit({ type: "output-text", ...output, text });
      }
      case "output-audio-done":
      case "output-text-done":
        return emit(fact);
    }
  }

  #warnOfUnknown({ type, responseId }: OutputFact): void {
    const message = `The server told of ${responseId} (${type}), which never began`;
    this.#parts.emit({ type: "warning", error: new VoiceError("protocol-violated", message) });
  }
}
