import { expect, test } from "vitest";
import { renewalMs } from "./renewal-ms.ts";

test.each([
  ["nobody knows how long it lasts", undefined, 55],
  ["it lasts an hour", 60, 55],
  ["it lasts less", 30, 25],
  ["the page's clock is fast, so that it seems to be over", -500, 10],
  ["the page's clock is slow, so that it seems to last for ever", 900, 55],
])("a session is renewed five minutes before it ends: %s", (_what, lifeMinutes, minutes) => {
  expect(renewalMs(lifeMinutes === undefined ? undefined : lifeMinutes * 60_000)).toBe(minutes * 60_000);
});
