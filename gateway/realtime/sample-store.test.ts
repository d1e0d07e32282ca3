import fc from "fast-check";
import { expect, it } from "vitest";
import { SampleStore } from "./sample-store.ts";

it("gives what was pushed, wherever it was cut into chunks and whatever was dropped before", () => {
  const chunks = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 9 });
  fc.assert(
    fc.property(chunks, fc.nat(60), fc.nat(60), fc.nat(60), (sizes, dropped, from, to) => {
      const store = new SampleStore();
      let next = 0;
      for (const size of sizes) store.push(Int16Array.from({ length: size }, () => next++));
      store.dropBefore(dropped);
      expect([store.from, store.to]).toEqual([Math.min(dropped, next), next]);
      const all = Array.from({ length: next }, (_, index) => index);
      expect([...store.slice(from, to)]).toEqual(
        all.slice(Math.max(from, dropped), Math.max(to, from, dropped)).filter((index) => index < to),
      );
    }),
  );
});
