import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import { ResponseSequencer } from "./response-sequencer.ts";

/** A server that refuses a second answer, and may begin one by itself; what is on its way arrives late. */
class Server {
  readonly sequencer: ResponseSequencer;
  readonly cancels = new Map<string, number>();
  readonly promises: Promise<unknown>[] = [];
  /** What the client has sent and the server has not read. */
  #inbox: string[] = [];
  /** What the server has said and the client has not read. */
  #outbox: (() => void)[] = [];
  #active: string | undefined;
  #ids = 0;
  refusals = 0;
  answers = 0;

  constructor() {
    this.sequencer = new ResponseSequencer({
      create: () => {
        const id = `vv_${++this.#ids}`;
        expect(this.sequencer.responseId, "asked while an answer is being made").toBeUndefined();
        expect(this.#inbox, "asked twice").toEqual([]);
        this.#inbox.push(id);
        return id;
      },
      cancel: (responseId) => this.cancels.set(responseId, (this.cancels.get(responseId) ?? 0) + 1),
    });
  }

  ask(isManual: boolean): void {
    this.promises.push(this.sequencer.request(isManual ? { instructions: "x" } : undefined));
  }

  begin(): void {
    if (this.#active !== undefined) return;
    const id = (this.#active = `resp_${++this.#ids}`);
    this.answers += 1;
    this.#outbox.push(() => this.sequencer.created(id, false));
  }

  read(): void {
    const id = this.#inbox.shift();
    if (id === undefined) return;
    if (this.#active === undefined) return this.begin();
    this.refusals += 1;
    const error = new VoiceError("gateway-rejected", `There is ${this.#active}`, {
      gatewayCode: "conversation_already_has_active_response",
    });
    this.#outbox.push(() => expect(this.sequencer.refused(id, error)).toBeUndefined());
  }

  /** An answer takes longer than a message. */
  finish(): void {
    if (this.#inbox.length > 0) return;
    const id = this.#active;
    this.#active = undefined;
    if (id !== undefined) this.#outbox.push(() => this.sequencer.done(id));
  }

  deliver(): void {
    this.#outbox.shift()?.();
  }

  reconnect(): void {
    this.#inbox = [];
    this.#outbox = [];
    this.#active = undefined;
    this.sequencer.lost();
    this.sequencer.open();
  }

  /** Everything takes its course. */
  settle(): void {
    for (let steps = 0; steps < 1_000; steps++) {
      if (this.#outbox.length > 0) this.deliver();
      else if (this.#inbox.length > 0) this.read();
      else if (this.#active !== undefined) this.finish();
      else return;
    }
    throw new Error("It never comes to rest");
  }
}

const STEPS = ["auto", "manual", "begin", "read", "finish", "deliver", "cancel", "reconnect"] as const;

test("whatever crosses on the way: one answer at a time, one cancel per answer, and nobody waits for ever", async () => {
  const step = fc.constantFrom(...STEPS, "deliver" as const, "deliver" as const, "read" as const);
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const server = new Server();
    server.sequencer.open();
    for (const next of steps) {
      if (next === "auto" || next === "manual") server.ask(next === "manual");
      else if (next === "cancel") server.sequencer.cancel();
      else server[next]();
    }
    server.settle();
    expect(server.sequencer.isBusy).toBe(false);
    expect(Math.max(0, ...server.cancels.values())).toBeLessThanOrEqual(1);
    await Promise.all(server.promises);
  });
  await fc.assert(property, { numRuns: 300 });
});

test("a request that crossed with the server's own answer is answered after it", () => {
  const server = new Server();
  server.sequencer.open();
  server.ask(false);
  server.begin();
  server.read();
  server.settle();
  expect([server.refusals, server.answers]).toEqual([1, 2]);
});

test("closing releases everybody who waits", async () => {
  const server = new Server();
  server.ask(false);
  server.ask(true);
  const error = new VoiceError("gateway-lost", "over");
  server.sequencer.close(error);
  for (const promise of server.promises) await expect(promise).rejects.toBe(error);
});
