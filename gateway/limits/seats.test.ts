import fc from "fast-check";
import { expect, it, test } from "vitest";
import { Seats } from "./seats.ts";

const seats = (): Seats => new Seats({ what: "connections", max: 4, maxPerOrigin: 3, maxPerToken: 2 });
const page = "https://app.example";

test.each([
  [
    "a token",
    [
      ["t", undefined],
      ["t", undefined],
    ],
    ["t", undefined],
    4429,
  ],
  [
    "a page",
    [
      ["a", page],
      ["b", page],
      ["c", page],
    ],
    ["d", page],
    4429,
  ],
  [
    "the gateway",
    [
      ["a", undefined],
      ["b", undefined],
      ["c", undefined],
      ["d", page],
    ],
    ["e", undefined],
    4503,
  ],
] as const)("%s that has all of its seats gets no other, until one is given back", (_, taken, next, code) => {
  const hall = seats();
  const leave = taken.map(([token, origin]) => hall.take({ token, origin }));
  const [token, origin] = next;
  expect(() => hall.take({ token, origin })).toThrow(expect.objectContaining({ code }));
  leave[0]?.();
  expect(hall.take({ token, origin })).toBeTypeOf("function");
});

it("who sends no origin is not counted as one page", () => {
  const hall = seats();
  for (const token of ["a", "b", "c", "d"]) hall.take({ token, origin: undefined });
  expect(hall.taken).toBe(4);
});

it("a message names the page and the limit, and never the token", () => {
  const hall = seats();
  for (const token of ["a", "b", "c"]) hall.take({ token, origin: page });
  expect(() => hall.take({ token: "secret", origin: page })).toThrow(
    `Pages of ${page} have all of their 3 connections`,
  );
  hall.take({ token: "secret", origin: undefined });
});

it("never gives more than there are, and has all again when everybody has left", () => {
  const visitor = fc.record({ token: fc.constantFrom("a", "b", "c"), origin: fc.constantFrom(undefined, "x", "y") });
  fc.assert(
    fc.property(fc.array(fc.tuple(visitor, fc.nat()), { maxLength: 60 }), (steps) => {
      const hall = seats();
      const inside: { readonly token: string; readonly origin: string | undefined; readonly leave: () => void }[] = [];
      for (const [who, choice] of steps) {
        if (choice % 3 === 0) {
          const [one] = inside.splice(choice % (inside.length + 1), 1);
          one?.leave();
          one?.leave(); // twice counts once
        } else {
          try {
            inside.push({ ...who, leave: hall.take(who) });
          } catch {
            // refused
          }
        }
        const most = (of: (string | undefined)[]): number =>
          Math.max(0, ...of.map((key) => of.filter((other) => other === key).length));
        expect(hall.taken).toBe(inside.length);
        expect(inside.length).toBeLessThanOrEqual(4);
        expect(most(inside.map(({ token }) => token))).toBeLessThanOrEqual(2);
        expect(most(inside.flatMap(({ origin }) => origin ?? []))).toBeLessThanOrEqual(3);
      }
      for (const { leave } of inside) leave();
      expect(hall.taken).toBe(0);
      for (const token of ["a", "b", "c", "d"]) hall.take({ token, origin: undefined });
    }),
    { seed: 1, numRuns: 300 },
  );
});
