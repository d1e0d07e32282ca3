import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { settled } from "../testing/settled.ts";
import type { AgentEvent } from "./agent-event.ts";
import { checkedTools, ToolRunner } from "./tool-runner.ts";
import type { Tool } from "./tool.ts";

class Bench {
  readonly events: AgentEvent[] = [];
  readonly warnings: VoiceError[] = [];
  readonly clock = new FakeClock();
  readonly abort = new AbortController();
  readonly #runner: ToolRunner;

  constructor(execute: Tool<unknown>["execute"], timeoutMs?: number) {
    this.#runner = new ToolRunner(
      [{ name: "do_it", execute, ...(timeoutMs === undefined ? {} : { timeoutMs }) }],
      {
        now: () => this.clock.nowMs() * 16,
        emit: (event) => this.events.push(event),
        onWarning: (error) => this.warnings.push(error),
      },
      this.clock,
    );
  }

  run(args: unknown, name = "do_it"): Promise<string> {
    return this.#runner.run({ callId: "call-1", name, arguments: args }, this.abort.signal);
  }
}

test.each<[string, unknown, unknown]>([
  ["an object", { place: "Bonn" }, { place: "Bonn" }],
  ["JSON", '{"place":"Bonn"}', { place: "Bonn" }],
  ["nothing", "", {}],
  ["space", " \n", {}],
])("arguments may be %s", async (_what, given, args) => {
  const taken: unknown[] = [];
  const bench = new Bench((input) => void taken.push(input));
  expect(await bench.run(given)).toBe("null");
  expect(taken).toEqual([args]);
  expect(bench.events).toEqual([
    { type: "tool-call", callId: "call-1", name: "do_it", arguments: args },
    { type: "tool-result", callId: "call-1", name: "do_it", output: "null", durationMs: 0 },
  ]);
});

test.each<[unknown, string]>([
  ["sunny", "sunny"],
  ["", ""],
  [21, "21"],
  [{ degrees: [21, null] }, '{"degrees":[21,null]}'],
  [null, "null"],
  [undefined, "null"],
  [() => 1, "null"],
])("the model is told a string as it is, and anything else as JSON: %s", async (result, output) => {
  expect(await new Bench(() => result as string).run({})).toBe(output);
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each<[string, unknown, Tool<unknown>["execute"], string, string]>([
  ["arguments that are not JSON", '{"place":', () => 1, "protocol-violated", "arguments for do_it are not JSON"],
  ["arguments that are a list", "[1]", () => 1, "protocol-violated", "arguments for do_it are not an object"],
  ["arguments that are null", null, () => 1, "protocol-violated", "arguments for do_it are not an object"],
  ["no arguments", undefined, () => 1, "protocol-violated", "arguments for do_it are not an object"],
  ["a handler that throws", {}, throwing("no wires"), "provider-failed", "The tool do_it failed: no wires"],
  ["one that rejects", {}, () => Promise.reject("no wires"), "provider-failed", "The tool do_it failed: no wires"],
  ["a result that is no JSON", {}, () => cycle as never, "provider-failed", "The tool do_it failed: "],
])("%s: the model is told, and the app is warned", async (_what, given, execute, code, message) => {
  const bench = new Bench(execute);
  const output = await bench.run(given);
  expect(bench.warnings).toMatchObject([{ code, message: expect.stringContaining(message) }]);
  expect(JSON.parse(output)).toEqual({ error: bench.warnings[0]?.message });
  expect(bench.events.at(-1)).toMatchObject({ type: "tool-result", output, error: bench.warnings[0] });
});

function throwing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

test("a tool that there is not is told to the model, which may choose another", async () => {
  const bench = new Bench(() => 1);
  expect(JSON.parse(await bench.run({}, "undo_it"))).toEqual({
    error: "The model asks for a tool that there is not: undo_it",
  });
  expect(bench.warnings.map(({ code }) => code)).toEqual(["protocol-violated"]);
});

test("when time is up the handler's signal says so, and what it gives later is not told", async () => {
  let signal: AbortSignal | undefined;
  let finish: (value: string) => void = () => undefined;
  const bench = new Bench((_args, context) => {
    signal = context.signal;
    return new Promise<string>((resolve) => (finish = resolve));
  }, 500);
  const running = bench.run({});
  await settled();
  bench.clock.advance(499);
  await settled();
  expect(signal?.aborted).toBe(false);
  bench.clock.advance(1);
  expect(JSON.parse(await running)).toEqual({ error: "The tool do_it did not answer within 500 ms" });
  expect(signal?.reason).toBe(bench.warnings[0]);
  finish("late");
  await settled();
  expect(bench.events.filter(({ type }) => type === "tool-result")).toMatchObject([{ durationMs: 500 }]);
  expect(bench.clock.pending).toBe(0);
});

test("a handler that has answered may go on with what its signal guards", async () => {
  let signal: AbortSignal | undefined;
  const bench = new Bench((_args, context) => {
    signal = context.signal;
    return "begun";
  });
  expect(await bench.run({})).toBe("begun");
  expect(signal?.aborted).toBe(false);
  expect(bench.clock.pending).toBe(0);
});

test("aborting rejects with the reason, tells the handler, and is nobody's error", async () => {
  let signal: AbortSignal | undefined;
  const bench = new Bench((_args, context) => {
    signal = context.signal;
    return new Promise<never>(() => undefined);
  });
  const running = bench.run({});
  await settled();
  bench.abort.abort("interrupted");
  await expect(running).rejects.toBe("interrupted");
  expect(signal?.aborted).toBe(true);
  expect(bench.warnings).toEqual([]);
  expect(bench.events.map(({ type }) => type)).toEqual(["tool-call"]);
  expect(bench.clock.pending).toBe(0);
});

test("two tools run at the same time, each with its own limit", async () => {
  const bench = new Bench(() => new Promise<never>(() => undefined), 500);
  const one = bench.run({});
  await settled();
  bench.clock.advance(300);
  const other = bench.run({});
  await settled();
  bench.clock.advance(200);
  expect(await one).toContain("500 ms");
  expect(bench.clock.pending).toBe(1);
  bench.clock.advance(300);
  expect(await other).toContain("500 ms");
});

const execute = (): null => null;

test.each<[unknown, Error]>([
  ["none", new TypeError('tools must be a list, got "none"')],
  [[{ execute }], new RangeError("tools[0].name must be 1 to 64 letters, digits, _ or -, got undefined")],
  [[{ name: "é", execute }], new RangeError('tools[0].name must be 1 to 64 letters, digits, _ or -, got "é"')],
  [[{ name: "a".repeat(65), execute }], RangeError as never],
  [
    [
      { name: "a", execute },
      { name: "a", execute },
    ],
    new RangeError('tools[1].name "a" is taken by another tool'),
  ],
  [[{ name: "a", execute: "run" }], new TypeError("tools[0].execute must be a function")],
  [[{ name: "a", execute, timeoutMs: 0 }], new RangeError("tools[0].timeoutMs must be in [1, 600000] ms, got 0")],
  [
    [{ name: "a", execute, timeoutMs: Number.POSITIVE_INFINITY }],
    new RangeError("tools[0].timeoutMs must be in [1, 600000] ms, got Infinity"),
  ],
])("tools that cannot be are refused by name: %j", (tools, error) => {
  expect(() => checkedTools(tools as Tool[])).toThrow(error);
});
