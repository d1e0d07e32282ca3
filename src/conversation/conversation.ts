import { conversationItem, type ConversationItem, type ConversationRole } from "./conversation-item.ts";

/** An item to be added; without an `id` it is given one that is free. */
export type NewConversationItem = Omit<ConversationItem, "id"> & { readonly id?: string };

/** What of an item may change: anything but its name. */
export type ConversationItemChange = Partial<Omit<ConversationItem, "id">>;

/** What happened to a conversation. */
export type ConversationChange =
  | { readonly type: "item-added"; readonly item: ConversationItem }
  | { readonly type: "item-updated"; readonly item: ConversationItem; readonly previous: ConversationItem }
  | { readonly type: "item-removed"; readonly item: ConversationItem }
  | { readonly type: "cleared" };

/** What an agent or a detector reads of an item: of an answer that was cut off, the part that was heard. */
export interface ConversationMessage<Role extends ConversationRole = ConversationRole> {
  readonly role: Role;
  readonly text: string;
}

/** Which messages are wanted. */
export interface MessagesOptions<Role extends ConversationRole = ConversationRole> {
  /** The last so many, counted after merging; a whole number of at least 0. @defaultValue all */
  readonly limit?: number;
  /** Only these. @defaultValue all */
  readonly roles?: readonly Role[];
  /** Whether what one side says in a row is one message, joined by a space. @defaultValue false */
  readonly mergesAdjacent?: boolean;
}

/** A conversation, ready for `JSON.stringify`. */
export interface ConversationJson {
  readonly items: readonly ConversationItem[];
}

/** What was said, in order, by whom, and how much of it was heard. Items never change; they are replaced. Pure. */
export class Conversation implements Iterable<ConversationItem> {
  readonly #items = new Map<string, ConversationItem>();
  readonly #listeners = new Set<(change: ConversationChange) => void>();
  readonly #untold: ConversationChange[] = [];
  #isTelling = false;
  #lastNumber = 0;

  /**
   * Begins with these items, such as another conversation's: `new Conversation(conversation)` is a copy that goes its
   * own way.
   *
   * @throws TypeError or RangeError as {@link Conversation.add} does.
   */
  constructor(items: Iterable<NewConversationItem> = []) {
    for (const item of items) this.add(item);
  }

  /**
   * Restores what `toJSON` gave.
   *
   * @throws TypeError or RangeError as {@link Conversation.add} does.
   */
  static fromJSON(json: unknown): Conversation {
    const items = (json as ConversationJson | null)?.items;
    if (!Array.isArray(items)) throw new TypeError("conversation.items must be an array");
    return new Conversation(
      items.map((item: unknown, index) => conversationItem(item, `conversation.items[${index}]`)),
    );
  }

  /** How many items there are. */
  get length(): number {
    return this.#items.size;
  }

  /** The items, oldest first. */
  [Symbol.iterator](): Iterator<ConversationItem> {
    return [...this.#items.values()][Symbol.iterator]();
  }

  /** The item of that name, if there is one. */
  get(id: string): ConversationItem | undefined {
    return this.#items.get(id);
  }

  /**
   * Appends an item and returns it as it is kept.
   *
   * @throws TypeError or RangeError for a field that is not what it must be; RangeError if there is an item of that name.
   */
  add(item: NewConversationItem): ConversationItem {
    const added = conversationItem({ ...item, id: item.id ?? this.#freeId() }, "item");
    if (this.#items.has(added.id)) {
      throw new RangeError(`conversation.add: there is already an item ${JSON.stringify(added.id)}`);
    }
    this.#items.set(added.id, added);
    this.#tell({ type: "item-added", item: added });
    return added;
  }

  /**
   * Changes some fields of an item, which keeps its place, and returns it as it is now.
   *
   * @throws TypeError or RangeError for a field that is not what it must be; RangeError if there is no such item.
   */
  update(id: string, change: ConversationItemChange): ConversationItem {
    const previous = this.#require(id, "update");
    const item = conversationItem({ ...previous, ...change, id }, "item");
    this.#items.set(id, item);
    this.#tell({ type: "item-updated", item, previous });
    return item;
  }

  /**
   * Notes that an answer was cut off after `heardText`, and returns it as it is now. An agent reads no more than that
   * from then on: nothing, if nothing was heard.
   *
   * @throws RangeError if there is no such item, or if it is not the assistant's.
   */
  truncate(id: string, heardText: string): ConversationItem {
    const { role } = this.#require(id, "truncate");
    if (role !== "assistant") {
      throw new RangeError(`conversation.truncate: item ${JSON.stringify(id)} is the ${role}'s`);
    }
    return this.update(id, { heardText, isInterrupted: true });
  }

  /**
   * Takes an item out and returns it.
   *
   * @throws RangeError if there is no such item.
   */
  remove(id: string): ConversationItem {
    const item = this.#require(id, "remove");
    this.#items.delete(id);
    this.#tell({ type: "item-removed", item });
    return item;
  }

  /** Takes all items out. */
  clear(): void {
    if (this.#items.size === 0) return;
    this.#items.clear();
    this.#tell({ type: "cleared" });
  }

  /**
   * What agents and detectors read, oldest first: texts as heard, and none that are empty.
   *
   * @throws RangeError if `limit` is not a whole number of at least 0.
   */
  messages<Role extends ConversationRole = ConversationRole>(
    options: MessagesOptions<Role> = {},
  ): ConversationMessage<Role>[] {
    const { limit = this.#items.size, roles, mergesAdjacent = false } = options;
    if (!(Number.isInteger(limit) && limit >= 0)) {
      throw new RangeError(`limit must be a whole number of at least 0, got ${limit}`);
    }
    const messages: ConversationMessage<Role>[] = [];
    for (const item of this.#items.values()) {
      const role = item.role as Role;
      const text = (item.heardText ?? item.text).trim();
      if (text === "" || (roles && !roles.includes(role))) continue;
      const last = messages.at(-1);
      if (mergesAdjacent && last?.role === role) messages[messages.length - 1] = { role, text: `${last.text} ${text}` };
      else messages.push({ role, text });
    }
    return messages.slice(messages.length - Math.min(limit, messages.length));
  }

  /**
   * Whether an agent reads the same in both, so that an answer that was prepared for one serves the other. Names, times
   * and metadata do not count.
   */
  isEquivalentTo(other: Conversation): boolean {
    const [own, others] = [this.messages(), other.messages()];
    return (
      own.length === others.length &&
      own.every(({ role, text }, index) => role === others[index]?.role && text === others[index].text)
    );
  }

  /**
   * Calls `listener` after each change, in order, until the returned function is called. A listener that throws hurts
   * nobody else; one that changes the conversation is told of it when all have heard of the change before.
   */
  onChange(listener: (change: ConversationChange) => void): () => void {
    const own = (change: ConversationChange): void => listener(change); // the same function may be added twice
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** The conversation as plain data. */
  toJSON(): ConversationJson {
    return { items: [...this] };
  }

  #freeId(): string {
    do this.#lastNumber += 1;
    while (this.#items.has(`item-${this.#lastNumber}`));
    return `item-${this.#lastNumber}`;
  }

  #require(id: string, caller: string): ConversationItem {
    const item = this.#items.get(id);
    if (!item) throw new RangeError(`conversation.${caller}: there is no item ${JSON.stringify(id)}`);
    return item;
  }

  #tell(change: ConversationChange): void {
    this.#untold.push(change);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#untold.shift(); next; next = this.#untold.shift()) {
      for (const listener of [...this.#listeners]) {
        if (!this.#listeners.has(listener)) continue; // another one has removed it just now
        try {
          listener(next);
        } catch (error) {
          queueMicrotask(() => {
            throw error; // to the page's own error reporting, as an event target does
          });
        }
      }
    }
    this.#isTelling = false;
  }
}
