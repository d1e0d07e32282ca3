import { expect, it, test } from "vitest";
import { FrameLane, MAX_PENDING_BYTES } from "./frame-lane.ts";

/** A lane between a source that notes when it is held back and a target that takes frames when `deliver` says so. */
class Rehearsal {
  readonly log: string[] = [];
  readonly arrived: string[] = [];
  readonly lane: FrameLane;
  readonly #sent: (() => void)[] = [];
  readonly stalled: Promise<void>;

  constructor(stallLimitMs = 60_000) {
    let onStalled = (): void => undefined;
    this.stalled = new Promise((resolve) => (onStalled = resolve));
    this.lane = new FrameLane({
      from: { pause: () => void this.log.push("pause"), resume: () => void this.log.push("resume") },
      stallLimitMs,
      onStalled,
    });
  }

  open(): void {
    this.lane.open({
      send: (payload, { binary }, sent) => {
        this.arrived.push(`${binary ? "binary" : "text"} ${payload.toString("latin1").slice(0, 8)}`);
        this.#sent.push(sent);
      },
    });
  }

  /** The operating system takes the next frames. */
  deliver(count: number): void {
    for (const sent of this.#sent.splice(0, count)) sent();
  }
}

const kilobyte = Buffer.alloc(1_024 - 64);

it("what came before the target was open goes first, in order, each frame of its own kind", () => {
  const rehearsal = new Rehearsal();
  rehearsal.lane.push(Buffer.from("one"), false);
  rehearsal.lane.push(Buffer.from("two"), true);
  expect(rehearsal.arrived).toEqual([]);
  rehearsal.open();
  rehearsal.lane.push(Buffer.from(""), false);
  expect(rehearsal.arrived).toEqual(["text one", "binary two", "text "]);
  rehearsal.lane.end();
});

test.each([true, false])(
  "holds the source back above the limit, until half of it is gone (target open: %s)",
  (isOpen) => {
    const rehearsal = new Rehearsal();
    if (isOpen) rehearsal.open();
    const { lane, log } = rehearsal;
    while (log.length === 0) lane.push(kilobyte, true);
    expect(lane.pendingBytes).toBe(MAX_PENDING_BYTES + 1_024);
    lane.push(kilobyte, true);
    if (!isOpen) rehearsal.open();
    rehearsal.deliver(129);
    expect(log).toEqual(["pause"]);
    rehearsal.deliver(1);
    expect(log).toEqual(["pause", "resume"]);
    rehearsal.deliver(1_000);
    expect(lane.pendingBytes).toBe(0);
    while (log.length === 2) lane.push(kilobyte, true);
    expect(log).toEqual(["pause", "resume", "pause"]);
    lane.end();
  },
);

it("a flood of empty frames is held back too", () => {
  const { lane, log } = new Rehearsal();
  for (let frame = 0; frame <= MAX_PENDING_BYTES / 64; frame++) lane.push(Buffer.alloc(0), false);
  expect(log).toEqual(["pause"]);
  lane.end();
});

it("a target that takes nothing while the source is held back has stalled", async () => {
  const rehearsal = new Rehearsal(1);
  rehearsal.open();
  while (rehearsal.log.length === 0) rehearsal.lane.push(kilobyte, true);
  await rehearsal.stalled;
  rehearsal.lane.end();
});

it("a target that takes a frame now and then is slow, not stalled", async () => {
  const stallLimitMs = 500;
  const rehearsal = new Rehearsal(stallLimitMs);
  let hasStalled = false;
  void rehearsal.stalled.then(() => (hasStalled = true));
  rehearsal.open();
  while (rehearsal.log.length === 0) rehearsal.lane.push(kilobyte, true);
  const beginMs = performance.now();
  while (performance.now() - beginMs < 1.2 * stallLimitMs) {
    rehearsal.deliver(1);
    rehearsal.lane.push(kilobyte, true);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([hasStalled, rehearsal.log]).toEqual([false, ["pause"]]);
  rehearsal.lane.end();
});

it("after its end it carries nothing, and its source reads again", () => {
  const rehearsal = new Rehearsal();
  while (rehearsal.log.length === 0) rehearsal.lane.push(kilobyte, true);
  rehearsal.lane.end();
  rehearsal.lane.end();
  rehearsal.open();
  rehearsal.lane.push(kilobyte, true);
  expect(rehearsal.log).toEqual(["pause", "resume"]);
  expect(rehearsal.arrived).toEqual([]);
});
