import type { Conversation, StoredItem } from "./conversation.ts";
import type { EventSender } from "./event-sender.ts";
import type { OutputSink } from "./message-output.ts";
import { RealtimeError } from "./realtime-error.ts";
import { RealtimeResponse } from "./response.ts";
import type { CancelReason, ResponseMeans } from "./response.ts";
import type { ResponsePlan } from "./response-plan.ts";

/** Most answers out of band at once. */
const MAX_OUT_OF_BAND = 8;

/** What answers of a session share. */
export interface ResponsesOptions {
  /** Tells the client. */
  readonly sender: EventSender;
  /** What is read, and where answers go that are not out of band. */
  readonly conversation: Conversation;
  /** Its id. */
  readonly conversationId: string;
  /** What answers are made with. */
  readonly means: ResponseMeans;
  /** An answer of the conversation is over. */
  readonly onDone: () => void;
}

/** A session's answers: never two at once in the conversation, any few beside it. */
export class Responses {
  readonly #options: ResponsesOptions;
  readonly #outOfBand = new Set<RealtimeResponse>();
  #active: RealtimeResponse | undefined;
  #waiting: ResponsePlan | undefined;
  #hasSpoken = false;
  #isOpen = true;

  constructor(options: ResponsesOptions) {
    this.#options = options;
  }

  /** Whether any answer has made a sound: the voice stays as it is then. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** Begins an answer. @throws RealtimeError if the conversation is having one, or if there are too many beside it. */
  create(plan: ResponsePlan): void {
    if (plan.isOutOfBand && this.#outOfBand.size >= MAX_OUT_OF_BAND)
      throw new RealtimeError("rate_limit_exceeded", `There are ${MAX_OUT_OF_BAND} responses out of band already.`);
    if (!plan.isOutOfBand && this.#active !== undefined)
      throw new RealtimeError(
        "conversation_already_has_active_response",
        `Conversation already has an active response in progress: ${this.#active.id}. ` +
          "Wait until the response is finished before creating a new one.",
      );
    void this.#run(plan);
  }

  /** Begins an answer as soon as none is active. Of several that wait, the last counts. */
  createWhenFree(plan: ResponsePlan): void {
    if (this.#active === undefined) this.create(plan);
    else this.#waiting = plan;
  }

  /** Cuts off one answer, or the conversation's. @throws RealtimeError `response_cancel_not_active`. */
  cancel(id: string | undefined): void {
    const all = [...(this.#active === undefined ? [] : [this.#active]), ...this.#outOfBand];
    const response = id === undefined ? this.#active : all.find((candidate) => candidate.id === id);
    if (response === undefined)
      throw new RealtimeError("response_cancel_not_active", "Cancellation failed: no active response found");
    this.#cancel(response, "client_cancelled");
  }

  /** The user speaks: cuts off the conversation's answer, if there is one. */
  interrupt(): void {
    if (this.#active !== undefined) this.#cancel(this.#active, "turn_detected");
  }

  /** The session is over. */
  end(): void {
    this.#isOpen = false;
    this.#waiting = undefined;
    this.#active?.cancel("client_cancelled");
    for (const response of this.#outOfBand) response.cancel("client_cancelled");
  }

  #cancel(response: RealtimeResponse, reason: CancelReason): void {
    if (response === this.#active) this.#waiting = undefined;
    response.cancel(reason);
  }

  async #run(plan: ResponsePlan): Promise<void> {
    const { conversation, conversationId, means } = this.#options;
    const response = new RealtimeResponse(
      plan,
      means,
      this.#sinkOf(plan, () => response.id),
      conversationId,
    );
    if (plan.isOutOfBand) this.#outOfBand.add(response);
    else this.#active = response;
    await response.run(plan.input ?? [...conversation.items]);
    this.#outOfBand.delete(response);
    if (response !== this.#active) return;
    this.#active = undefined;
    this.#options.onDone();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined && this.#isOpen) this.create(waiting);
  }

  #sinkOf({ isOutOfBand }: ResponsePlan, responseId: () => string): OutputSink {
    const { sender, conversation } = this.#options;
    const indices = new Map<StoredItem, number>();
    const previous = new Map<StoredItem, string | null>();
    return {
      emit: (event) => {
        if (event.type === "response.output_audio.delta") this.#hasSpoken = true;
        return sender.send(event);
      },
      addItem: (item) => {
        const index = indices.size;
        indices.set(item, index);
        const place = { response_id: responseId(), output_index: index, item: item.wire };
        void sender.send({ type: "response.output_item.added", ...place });
        if (isOutOfBand) return;
        previous.set(item, conversation.insert(item, "end"));
        const before = { previous_item_id: previous.get(item) ?? null };
        void sender.send({ type: "conversation.item.added", ...before, item: item.wire });
      },
      finishItem: (item) => {
        const place = { response_id: responseId(), output_index: indices.get(item) ?? 0, item: item.wire };
        void sender.send({ type: "response.output_item.done", ...place });
        const before = { previous_item_id: previous.get(item) ?? null };
        if (!isOutOfBand) void sender.send({ type: "conversation.item.done", ...before, item: item.wire });
      },
    };
  }
}
