import { expect, test } from "vitest";
import { RoomAgents, type Inhabitant } from "./room-agents.ts";

/** A server with rooms, and agents that come when they are let. */
class Rig {
  rooms: readonly string[] | Error = [];
  readonly told: string[] = [];
  readonly #arrivals = new Map<string, { resolve: (agent: Inhabitant) => void; reject: (error: Error) => void }>();
  readonly agents = new RoomAgents({
    rooms: () => (this.rooms instanceof Error ? Promise.reject(this.rooms) : Promise.resolve(this.rooms)),
    start: (room) => {
      this.told.push(`${room} is awaited`);
      return new Promise((resolve, reject) => this.#arrivals.set(room, { resolve, reject }));
    },
    onFailure: (error) => this.told.push((error as Error).message),
  });

  /** What came of a look at these rooms. */
  async sees(...rooms: string[]): Promise<string[]> {
    this.rooms = rooms;
    return this.looks();
  }

  async looks(): Promise<string[]> {
    await this.agents.look();
    return this.news();
  }

  async arrives(room: string): Promise<void> {
    const stop = (): Promise<void> => Promise.resolve(void this.told.push(`${room} is left`));
    this.#arrivals.get(room)?.resolve({ stop });
    await Promise.resolve();
  }

  fails(room: string): void {
    this.#arrivals.get(room)?.reject(new Error(`${room} failed`));
  }

  async news(): Promise<string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.told.splice(0);
  }
}

test("each room gets one agent, which leaves when the page has gone, and comes again when it is back", async () => {
  const rig = new Rig();
  expect(await rig.sees("a")).toEqual(["a is awaited"]);
  expect(await rig.sees("a", "b")).toEqual(["b is awaited"]);
  await rig.arrives("a");
  await rig.arrives("b");
  expect(await rig.sees("b")).toEqual(["a is left"]);
  expect(await rig.sees("a", "b")).toEqual(["a is awaited"]);
});

test("an agent that comes when the page has gone already leaves at once", async () => {
  const rig = new Rig();
  await rig.sees("a");
  expect(await rig.sees()).toEqual([]);
  await rig.arrives("a");
  expect(await rig.news()).toEqual(["a is left"]);
});

test("an agent that cannot come is told of, and tried again at the next look", async () => {
  const rig = new Rig();
  await rig.sees("a");
  rig.fails("a");
  expect(await rig.news()).toEqual(["a failed"]);
  expect(await rig.sees("a")).toEqual(["a is awaited"]);
});

test("a server that does not answer changes nothing", async () => {
  const rig = new Rig();
  await rig.sees("a");
  await rig.arrives("a");
  rig.rooms = new Error("no answer");
  expect(await rig.looks()).toEqual([]);
  expect(await rig.sees("a")).toEqual([]);
});

test("at the end all leave, also who is on the way, and nobody comes any more", async () => {
  const rig = new Rig();
  await rig.sees("a", "b");
  await rig.arrives("a");
  await rig.news();
  const closing = rig.agents.close();
  expect(await rig.news()).toEqual(["a is left"]);
  await rig.arrives("b");
  await closing;
  expect(await rig.sees("a", "b", "c")).toEqual(["b is left"]);
});
