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
  /** Most requests that were on their way at once. */
  mostAsked = 0;
  refusals = 0;
  answers = 0;

  constructor() {
    this.sequencer = new ResponseSequencer({
      create: () => {
        const id = `vv_${++this.#ids}`;
        expect(this.sequencer.responseId, "asked while an answer is being made").toBeUndefined();
        this.#inbox.push(id);
        this.mostAsked = Math.max(this.mostAsked, this.#inbox.length);
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

const STEPS = [
  "auto",
  "manual",
  "read",
  "read",
  "finish",
  "deliver",
  "deliver",
  "deliver",
  "cancel",
  "reconnect",
] as const;
type Step = (typeof STEPS)[number] | "begin";

function walk(steps: readonly Step[]): Server {
  const server = new Server();
  server.sequencer.open();
  for (const step of steps) {
    if (step === "auto" || step === "manual") server.ask(step === "manual");
    else if (step === "cancel") server.sequencer.cancel();
    else server[step]();
  }
  server.settle();
  return server;
}

test("nothing is asked for while something is on its way, and nothing is refused", () => {
  const property = fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 60 }), (steps) => {
    const { mostAsked, refusals } = walk(steps);
    expect(mostAsked).toBeLessThanOrEqual(1);
    expect(refusals).toBe(0);
  });
  fc.assert(property, { numRuns: 300 });
});

test("whatever crosses with answers of the server's own: one cancel per answer, and nobody waits for ever", async () => {
  const steps = fc.array(fc.constantFrom<Step>(...STEPS, "begin", "begin"), { maxLength: 60 });
  const property = fc.asyncProperty(steps, async (walked) => {
    const { sequencer, cancels, promises } = walk(walked);
    expect(sequencer.isBusy).toBe(false);
    expect(Math.max(0, ...cancels.values())).toBeLessThanOrEqual(1);
    await Promise.all(promises);
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
