import { expect, test } from "vitest";
import { FakeClock } from "./fake-clock.ts";

/** A clock, and what fired on it: what, and when. */
class Rig {
  readonly clock = new FakeClock();
  readonly fired: string[] = [];

  plan(name: string, delayMs: number, then: () => void = () => undefined): () => void {
    return this.clock.schedule(delayMs, () => {
      this.fired.push(`${name} at ${this.clock.nowMs()}`);
      then();
    });
  }
}

test("time stands still unless it is moved", () => {
  const { clock } = new Rig();
  expect(clock.nowMs()).toBe(0);
  clock.advance(12.5);
  clock.advance(0);
  expect(clock.nowMs()).toBe(12.5);
});

test("timers fire in the order in which they are due, each at its own time, equal ones in the order of their making", () => {
  const rig = new Rig();
  rig.plan("c", 30);
  rig.plan("a", 10);
  rig.plan("d", 30);
  rig.plan("b", 20);
  rig.clock.advance(29);
  expect(rig.fired).toEqual(["a at 10", "b at 20"]);
  rig.clock.advance(1);
  expect(rig.fired).toEqual(["a at 10", "b at 20", "c at 30", "d at 30"]);
  expect([rig.clock.nowMs(), rig.clock.pending]).toEqual([30, 0]);
});

test("what is scheduled while firing falls due on the same way, in its place", () => {
  const rig = new Rig();
  rig.plan("first", 10, () => {
    rig.plan("soon", 5);
    rig.plan("at once", 0);
    rig.plan("too late", 100);
  });
  rig.plan("second", 12);
  rig.clock.advance(50);
  expect(rig.fired).toEqual(["first at 10", "at once at 10", "second at 12", "soon at 15"]);
  expect([rig.clock.nowMs(), rig.clock.pending]).toEqual([50, 1]);
});

test("a timer that is called off never fires, not even by one that is due at the same time", () => {
  const rig = new Rig();
  const callOff = rig.plan("never", 10);
  const callOffLater = rig.plan("nor this", 20);
  rig.plan("before", 5, callOffLater);
  callOff();
  callOff();
  rig.clock.advance(100);
  expect(rig.fired).toEqual(["before at 5"]);
  expect(rig.clock.pending).toBe(0);
});

test("nothing fires twice, and nothing without a move", () => {
  const rig = new Rig();
  rig.plan("now", -5);
  expect(rig.fired).toEqual([]);
  rig.clock.advance(0);
  rig.clock.advance(1_000);
  expect(rig.fired).toEqual(["now at 0"]);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("it does not move by %d", (ms) => {
  expect(() => new FakeClock().advance(ms)).toThrow(new RangeError(`ms must be in [0, ∞), got ${ms}`));
});

test("a delay that is no number is refused where it is given", () => {
  expect(() => new FakeClock().schedule(Number.NaN, () => undefined)).toThrow("delayMs must be a number, got NaN");
});
