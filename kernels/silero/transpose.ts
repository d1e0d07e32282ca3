/*
 * Four vectors as the rows of a 4 x 4 matrix; each function gives one of its columns. Short enough to be inlined, where
 * the compiler shares what they have in common.
 */

/** The first lanes. */
export function transposed0(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f64>(lows(a, b), lows(c, d), 0, 2);
}

/** The second lanes. */
export function transposed1(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f64>(lows(a, b), lows(c, d), 1, 3);
}

/** The third lanes. */
export function transposed2(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f64>(highs(a, b), highs(c, d), 0, 2);
}

/** The fourth lanes. */
export function transposed3(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<f64>(highs(a, b), highs(c, d), 1, 3);
}

/** a0 b0 a1 b1. */
export function lows(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

/** a2 b2 a3 b3. */
export function highs(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}
