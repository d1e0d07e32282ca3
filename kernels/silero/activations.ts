/** Numbers below 0 become 0. */
export function rectified(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0));
}

/** 1 / (1 + e^-x). It reaches 0 and 1: a forget gate that stops short of 1 would let the cell state leak away. */
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** The hyperbolic tangent: 2 sigmoid(2x) − 1. */
export function hyperbolicTangent(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(one, exponential(f32x4.mul(f32x4.splat(-2), x)))), one);
}

/**
 * e^x to about one unit in the last place: Cephes' expf, 2^n times a polynomial of degree 5 around 0.
 *
 * @see https://www.netlib.org/cephes/
 */
function exponential(x: v128): v128 {
  // Beyond these, 2^n is no float any more.
  const inside = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const power = f32x4.nearest(f32x4.mul(inside, f32x4.splat(Mathf.LOG2E)));
  // ln 2 in two parts, of which the first is exact.
  const partial = f32x4.sub(inside, f32x4.mul(power, f32x4.splat(0.693359375)));
  const rest = f32x4.add(partial, f32x4.mul(power, f32x4.splat(2.1219444e-4)));
  let sum = f32x4.splat(1.98756915e-4);
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.3981999507e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(8.3334519073e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(4.1665795894e-2));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.6666665459e-1));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(5.0000001201e-1));
  sum = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(sum, rest), rest), rest), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(power), i32x4.splat(127)), 23);
  return f32x4.mul(sum, exponent);
}
