/** Somebody who is in a room, and can be asked to leave it. */
export interface Inhabitant {
  stop(): Promise<void>;
}

/** What agents are put into rooms with. */
export interface RoomAgentsParts {
  /** Names of the rooms in which somebody is who is no agent. */
  readonly rooms: () => Promise<readonly string[]>;
  /** Puts an agent into a room. */
  readonly start: (room: string) => Promise<Inhabitant>;
  /** Told of each agent that could not come. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Puts an agent into each room that a page has made, and takes it away when the page has gone. It only acts on `look()`:
 * who uses it decides how often.
 */
export class RoomAgents {
  readonly #parts: RoomAgentsParts;
  /** By room; those that are still on their way among them. */
  readonly #agents = new Map<string, Promise<Inhabitant | undefined>>();
  #isClosed = false;

  constructor(parts: RoomAgentsParts) {
    this.#parts = parts;
  }

  /** Looks who has come and gone. A server that does not answer changes nothing. */
  async look(): Promise<void> {
    const rooms = await this.#parts.rooms().catch(() => undefined);
    if (rooms === undefined || this.#isClosed) return;
    for (const room of this.#agents.keys()) if (!rooms.includes(room)) void this.#remove(room);
    for (const room of rooms) if (!this.#agents.has(room)) this.#start(room);
  }

  /** Has all of them leave, also those that are still on their way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#agents.keys()].map((room) => this.#remove(room)));
  }

  #start(room: string): void {
    const coming = this.#parts.start(room).catch((error: unknown) => {
      if (this.#agents.get(room) === coming) this.#agents.delete(room); // the next look tries again
      this.#parts.onFailure(error);
      return undefined;
    });
    this.#agents.set(room, coming);
  }

  async #remove(room: string): Promise<void> {
    const agent = this.#agents.get(room);
    this.#agents.delete(room);
    await (await agent)?.stop();
  }
}
