import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { settled } from "../../testing/settled.ts";
import { pump } from "./pump.ts";

/** An iterable made by hand, which gives its next value when a test says so. */
function handMade() {
  const calls: string[] = [];
  let give: (result: IteratorResult<number>) => void = () => undefined;
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        calls.push("next");
        return new Promise((resolve) => (give = resolve));
      },
      return: () => {
        calls.push("return");
        return Promise.reject(new Error("nobody hears this"));
      },
    }),
  };
  return { source, calls, give: (value: number) => give({ done: false, value }) };
}

test("what comes is taken in order until the end, and no listener stays on the signal", async () => {
  const { signal } = new AbortController();
  const taken: number[] = [];
  async function* count(): AsyncGenerator<number> {
    yield* [1, 2, 3];
  }
  await pump(count(), signal, (value) => taken.push(value));
  expect(taken).toEqual([1, 2, 3]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("aborting tells a source to return at once, though it hangs, and takes nothing that comes after", async () => {
  const controller = new AbortController();
  const { source, calls, give } = handMade();
  const taken: number[] = [];
  const pumped = pump(source, controller.signal, (value) => taken.push(value));
  give(1);
  await settled();
  controller.abort();
  expect(calls).toEqual(["next", "next", "return"]);
  give(2);
  await pumped;
  expect(taken).toEqual([1]);
});

test("a source is told to return when its value cannot be taken, or nothing is wanted at all", async () => {
  const { source, calls, give } = handMade();
  const refusing = pump(source, new AbortController().signal, () => {
    throw new Error("no");
  });
  give(1);
  await expect(refusing).rejects.toThrow("no");
  expect(calls).toEqual(["next", "return"]);
  await pump(source, AbortSignal.abort(), () => undefined);
  expect(calls).toEqual(["next", "return", "return"]);
});
