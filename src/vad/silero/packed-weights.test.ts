import { expect, test } from "vitest";
import { readKnownModel } from "../../../scripts/silero/known-models.ts";
import { arrangeWeights, packWeights } from "../../../scripts/silero/pack-weights.ts";
import { BIAS_COUNT, WEIGHT_COUNT } from "./layout.ts";
import { readHeader, unpackWeights } from "./packed-weights.ts";

const model = await readKnownModel(6);
const arranged = arrangeWeights(model);
const packed = packWeights(model, 6, "f24");

test("32 bits come back as they were", () => {
  expect(unpackWeights(packWeights(model, 6, "f32"))).toEqual(arranged);
});

test("24 bits come back rounded to the nearest, and the few that weigh much as they were", () => {
  const unpacked = unpackWeights(packed);
  expect(unpacked.subarray(0, BIAS_COUNT)).toEqual(arranged.subarray(0, BIAS_COUNT));
  const worst = unpacked.reduce((most, value, index) => {
    const exact = arranged[index]!;
    return exact === 0 ? most : Math.max(most, Math.abs(value / exact - 1));
  }, 0);
  expect(worst).toBeGreaterThan(2 ** -18);
  expect(worst).toBeLessThanOrEqual(2 ** -16);
});

test("the header tells model and precision", () => {
  expect(readHeader(packed)).toEqual({ model: 6, exactCount: BIAS_COUNT });
  expect(readHeader(packWeights(model, 5, "f32"))).toEqual({ model: 5, exactCount: WEIGHT_COUNT });
});

test("bytes within a larger buffer are read where they are", () => {
  const larger = new Uint8Array(packed.length + 7);
  larger.set(packed, 7);
  expect(unpackWeights(larger.subarray(7))).toEqual(unpackWeights(packed));
});

test.each([
  ["an HTML page", new TextEncoder().encode("\n<!doctype html><title>Not found</title>"), /look like an HTML page/],
  ["nothing", new Uint8Array(), /the file is empty/],
  ["another model", model, /no Silero weights: the file is another one/],
  ["a cut file", packed.subarray(0, -1), /668831 bytes where 668832 were expected/],
  ["a file with something behind", Uint8Array.of(...packed.subarray(0, 32), 0), /cut or damaged/],
  ["another format", packed.with(4, 2), /of format 2 with 222596 numbers, where format 1/],
  ["another count", packed.with(8, 0), /of another version of this package/],
])("%s is refused, and the message says what it is", (_name, bytes, message) => {
  expect(() => unpackWeights(bytes)).toThrow(message);
});
