import * as layout from "../../src/vad/silero/layout";
import { rectified } from "./activations";
import { multiplyBlock } from "./multiply";
import { ENCODED_0, ENCODED_1, ENCODED_2, INPUT, SPECTRA, WEIGHTS } from "./places";
import { highs, lows, transposed0, transposed1, transposed2, transposed3 } from "./transpose";

/** Four convolutions: from 129 bins at 4 moments to 128 channels at one. */
export function encode(): void {
  convolveFourToFour();
  convolveFourToTwo();
  // Two moments in and one out: channel and moment side by side are the one column that is left.
  encodeColumn(
    layout.ENCODER_2,
    layout.ENCODER_2_BIAS,
    layout.ENCODER_2_ROWS,
    layout.ENCODER_2_COLUMNS,
    ENCODED_1,
    ENCODED_2,
  );
  encodeColumn(
    layout.ENCODER_3,
    layout.ENCODER_3_BIAS,
    layout.ENCODER_3_ROWS,
    layout.ENCODER_3_COLUMNS,
    ENCODED_2,
    INPUT,
  );
}

/** Encoder 0. Eight channels at a time: `a` has four of them, `b` the others, one vector for each moment. */
function convolveFourToFour(): void {
  let weights: usize = WEIGHTS + 4 * layout.ENCODER_0;
  let bias: usize = WEIGHTS + 4 * layout.ENCODER_0_BIAS;
  let into: usize = ENCODED_0;
  for (let row: i32 = 0; row < layout.ENCODER_0_ROWS; row += layout.ENCODER_0_ROWS_AT_ONCE) {
    let a0 = v128.load(bias);
    let b0 = v128.load(bias, 16);
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    let a3 = a0;
    let b3 = b0;
    for (let read: usize = SPECTRA; read < SPECTRA + 16 * layout.BINS; read += 16) {
      const x0 = v128.load32_splat(read);
      const x1 = v128.load32_splat(read, 4);
      const x2 = v128.load32_splat(read, 8);
      const x3 = v128.load32_splat(read, 12);
      // The tap before, the tap here, the tap after. What lies outside of the window counts as 0.
      let a = v128.load(weights);
      let b = v128.load(weights, 16);
      a1 = f32x4.add(a1, f32x4.mul(a, x0));
      b1 = f32x4.add(b1, f32x4.mul(b, x0));
      a2 = f32x4.add(a2, f32x4.mul(a, x1));
      b2 = f32x4.add(b2, f32x4.mul(b, x1));
      a3 = f32x4.add(a3, f32x4.mul(a, x2));
      b3 = f32x4.add(b3, f32x4.mul(b, x2));
      a = v128.load(weights, 32);
      b = v128.load(weights, 48);
      a0 = f32x4.add(a0, f32x4.mul(a, x0));
      b0 = f32x4.add(b0, f32x4.mul(b, x0));
      a1 = f32x4.add(a1, f32x4.mul(a, x1));
      b1 = f32x4.add(b1, f32x4.mul(b, x1));
      a2 = f32x4.add(a2, f32x4.mul(a, x2));
      b2 = f32x4.add(b2, f32x4.mul(b, x2));
      a3 = f32x4.add(a3, f32x4.mul(a, x3));
      b3 = f32x4.add(b3, f32x4.mul(b, x3));
      a = v128.load(weights, 64);
      b = v128.load(weights, 80);
      a0 = f32x4.add(a0, f32x4.mul(a, x1));
      b0 = f32x4.add(b0, f32x4.mul(b, x1));
      a1 = f32x4.add(a1, f32x4.mul(a, x2));
      b1 = f32x4.add(b1, f32x4.mul(b, x2));
      a2 = f32x4.add(a2, f32x4.mul(a, x3));
      b2 = f32x4.add(b2, f32x4.mul(b, x3));
      weights += 96;
    }
    storeFour(into, a0, a1, a2, a3);
    storeFour(into + 64, b0, b1, b2, b3);
    bias += 32;
    into += 128;
  }
}

/** Stores four channels at four moments, given one vector for each moment. */
function storeFour(into: usize, moment0: v128, moment1: v128, moment2: v128, moment3: v128): void {
  v128.store(into, rectified(transposed0(moment0, moment1, moment2, moment3)));
  v128.store(into, rectified(transposed1(moment0, moment1, moment2, moment3)), 16);
  v128.store(into, rectified(transposed2(moment0, moment1, moment2, moment3)), 32);
  v128.store(into, rectified(transposed3(moment0, moment1, moment2, moment3)), 48);
}

/** Encoder 1: as above at every other moment, sixteen channels at a time: `a`, `b`, `c`, `d` have four each. */
function convolveFourToTwo(): void {
  let weights: usize = WEIGHTS + 4 * layout.ENCODER_1;
  let bias: usize = WEIGHTS + 4 * layout.ENCODER_1_BIAS;
  let into: usize = ENCODED_1;
  for (let row: i32 = 0; row < layout.ENCODER_1_ROWS; row += layout.ENCODER_1_ROWS_AT_ONCE) {
    let a0 = v128.load(bias);
    let b0 = v128.load(bias, 16);
    let c0 = v128.load(bias, 32);
    let d0 = v128.load(bias, 48);
    let a2 = a0;
    let b2 = b0;
    let c2 = c0;
    let d2 = d0;
    for (let read: usize = ENCODED_0; read < ENCODED_1; read += 16) {
      const x0 = v128.load32_splat(read);
      const x1 = v128.load32_splat(read, 4);
      const x2 = v128.load32_splat(read, 8);
      const x3 = v128.load32_splat(read, 12);
      a2 = f32x4.add(a2, f32x4.mul(v128.load(weights), x1));
      b2 = f32x4.add(b2, f32x4.mul(v128.load(weights, 16), x1));
      c2 = f32x4.add(c2, f32x4.mul(v128.load(weights, 32), x1));
      d2 = f32x4.add(d2, f32x4.mul(v128.load(weights, 48), x1));
      let a = v128.load(weights, 64);
      let b = v128.load(weights, 80);
      let c = v128.load(weights, 96);
      let d = v128.load(weights, 112);
      a0 = f32x4.add(a0, f32x4.mul(a, x0));
      b0 = f32x4.add(b0, f32x4.mul(b, x0));
      c0 = f32x4.add(c0, f32x4.mul(c, x0));
      d0 = f32x4.add(d0, f32x4.mul(d, x0));
      a2 = f32x4.add(a2, f32x4.mul(a, x2));
      b2 = f32x4.add(b2, f32x4.mul(b, x2));
      c2 = f32x4.add(c2, f32x4.mul(c, x2));
      d2 = f32x4.add(d2, f32x4.mul(d, x2));
      a = v128.load(weights, 128);
      b = v128.load(weights, 144);
      c = v128.load(weights, 160);
      d = v128.load(weights, 176);
      a0 = f32x4.add(a0, f32x4.mul(a, x1));
      b0 = f32x4.add(b0, f32x4.mul(b, x1));
      c0 = f32x4.add(c0, f32x4.mul(c, x1));
      d0 = f32x4.add(d0, f32x4.mul(d, x1));
      a2 = f32x4.add(a2, f32x4.mul(a, x3));
      b2 = f32x4.add(b2, f32x4.mul(b, x3));
      c2 = f32x4.add(c2, f32x4.mul(c, x3));
      d2 = f32x4.add(d2, f32x4.mul(d, x3));
      weights += 192;
    }
    storeTwo(into, a0, a2);
    storeTwo(into + 32, b0, b2);
    storeTwo(into + 64, c0, c2);
    storeTwo(into + 96, d0, d2);
    bias += 64;
    into += 128;
  }
}

/** Stores four channels at two moments, given one vector for each moment. */
function storeTwo(into: usize, moment0: v128, moment2: v128): void {
  v128.store(into, rectified(lows(moment0, moment2)));
  v128.store(into, rectified(highs(moment0, moment2)), 16);
}

/** Encoders 2 and 3: a matrix times one column. */
function encodeColumn(start: i32, biasStart: i32, rows: i32, columns: i32, from: usize, to: usize): void {
  const blockBytes: usize = 4 * columns * layout.ROWS_AT_ONCE;
  let weights: usize = WEIGHTS + 4 * start;
  let bias: usize = WEIGHTS + 4 * biasStart;
  let into: usize = to;
  for (let row: i32 = 0; row < rows; row += layout.ROWS_AT_ONCE) {
    multiplyBlock(weights, bias, from, from + 4 * columns, into);
    weights += blockBytes;
    bias += 4 * layout.ROWS_AT_ONCE;
    into += 4 * layout.ROWS_AT_ONCE;
  }
  for (let at: usize = to; at < into; at += 16) v128.store(at, rectified(v128.load(at)));
}
