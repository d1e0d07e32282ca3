import { VoiceError } from "../errors.ts";
import { toWire } from "./casing.ts";
import { Deferred, rejected } from "./deferred.ts";
import { newItemId } from "./new-item-id.ts";
import type { PendingRequests } from "./pending-requests.ts";
import type { RealtimeItem, RealtimeItemInput } from "./realtime-item.ts";
import type { WireClientEvent, WireItem } from "./wire.ts";

/** What an item desk needs. */
export interface ItemDeskParts {
  readonly requests: PendingRequests;
  readonly nowMs: () => number;
  /** Sends a message and returns its id; an empty one if there is no session. */
  readonly send: (event: WireClientEvent) => string;
  readonly hasSession: () => boolean;
  /** Hears of the id of each item that is made here. */
  readonly onOwn: (itemId: string) => void;
}

interface Waiting {
  readonly item: RealtimeItemInput & { readonly id: string };
  readonly previousItemId: string | undefined;
  readonly created: Deferred<RealtimeItem>;
}

/** Makes items of the conversation, and asks about them. What is made while there is no session waits for it. Pure. */
export class ItemDesk {
  readonly #parts: ItemDeskParts;
  #waiting: Waiting[] = [];

  constructor(parts: ItemDeskParts) {
    this.#parts = parts;
  }

  /** Makes an item; resolves when it is there. */
  create(input: RealtimeItemInput, previousItemId?: string): Promise<RealtimeItem> {
    const item = { ...input, id: input.id ?? newItemId() };
    if (this.#parts.hasSession()) return this.#create(item, previousItemId);
    const created = new Deferred<RealtimeItem>();
    this.#waiting.push({ item, previousItemId, created });
    return created.promise;
  }

  /** Makes an item that nobody waits for. */
  put(input: RealtimeItemInput, previousItemId?: string): void {
    const item = { ...input, id: input.id ?? newItemId() };
    this.#parts.onOwn(item.id);
    const previous = previousItemId === undefined ? {} : { previous_item_id: previousItemId };
    this.#parts.send({ type: "conversation.item.create", ...previous, item: toWire(item) as WireItem });
  }

  /** A session began: it is told of the conversation so far, and of what waits and is no part of that. */
  restore(context: readonly RealtimeItemInput[]): void {
    for (const item of context) this.put(item);
    const ids = new Set(context.map(({ id }) => id));
    for (const { item, previousItemId, created } of this.#waiting.splice(0)) {
      if (ids.has(item.id)) created.resolve(item);
      else this.#create(item, previousItemId).then(created.resolve, created.reject);
    }
  }

  /** Asks about an item; resolves with the answer to `key`. Rejects at once if there is no session. */
  ask<T>(key: string, event: WireClientEvent): Promise<T> {
    const { requests, nowMs, send, hasSession } = this.#parts;
    if (hasSession()) return requests.ask(key, nowMs(), () => send(event));
    return rejected(new VoiceError("gateway-lost", "There is no session that knows the item"));
  }

  /** Nothing is made any more. */
  close(error: VoiceError): void {
    for (const { created } of this.#waiting.splice(0)) created.reject(error);
  }

  #create(item: Waiting["item"], previousItemId: string | undefined): Promise<RealtimeItem> {
    const { requests, nowMs, send, onOwn } = this.#parts;
    onOwn(item.id);
    const previous = previousItemId === undefined ? {} : { previous_item_id: previousItemId };
    const event = { type: "conversation.item.create", ...previous, item: toWire(item) as WireItem } as const;
    return requests.ask(`create ${item.id}`, nowMs(), () => send(event));
  }
}
