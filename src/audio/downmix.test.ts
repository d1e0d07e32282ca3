import { expect, test } from "vitest";
import { downmix } from "./downmix.ts";

test("channels are averaged, one is itself, none is nothing", () => {
  expect(downmix([Float32Array.of(1, -1, 0.5), Float32Array.of(0, -1, -0.5)])).toEqual(Float32Array.of(0.5, -1, 0));
  expect(downmix([Float32Array.of(0.25)])).toEqual(Float32Array.of(0.25));
  expect(downmix([])).toHaveLength(0);
});
