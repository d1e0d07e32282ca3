/** Sums of 32 rows: `into` = `bias` + matrix times the column of numbers from `from` up to `end`. */
export function multiplyBlock(matrix: usize, bias: usize, from: usize, end: usize, into: usize): void {
  let a = v128.load(bias);
  let b = v128.load(bias, 16);
  let c = v128.load(bias, 32);
  let d = v128.load(bias, 48);
  let e = v128.load(bias, 64);
  let f = v128.load(bias, 80);
  let g = v128.load(bias, 96);
  let h = v128.load(bias, 112);
  let weights = matrix;
  // Two columns a turn: the loop's own work counts here.
  for (let read = from; read < end; read += 8) {
    const x = v128.load32_splat(read);
    a = f32x4.add(a, f32x4.mul(v128.load(weights), x));
    b = f32x4.add(b, f32x4.mul(v128.load(weights, 16), x));
    c = f32x4.add(c, f32x4.mul(v128.load(weights, 32), x));
    d = f32x4.add(d, f32x4.mul(v128.load(weights, 48), x));
    e = f32x4.add(e, f32x4.mul(v128.load(weights, 64), x));
    f = f32x4.add(f, f32x4.mul(v128.load(weights, 80), x));
    g = f32x4.add(g, f32x4.mul(v128.load(weights, 96), x));
    h = f32x4.add(h, f32x4.mul(v128.load(weights, 112), x));
    const y = v128.load32_splat(read, 4);
    a = f32x4.add(a, f32x4.mul(v128.load(weights, 128), y));
    b = f32x4.add(b, f32x4.mul(v128.load(weights, 144), y));
    c = f32x4.add(c, f32x4.mul(v128.load(weights, 160), y));
    d = f32x4.add(d, f32x4.mul(v128.load(weights, 176), y));
    e = f32x4.add(e, f32x4.mul(v128.load(weights, 192), y));
    f = f32x4.add(f, f32x4.mul(v128.load(weights, 208), y));
    g = f32x4.add(g, f32x4.mul(v128.load(weights, 224), y));
    h = f32x4.add(h, f32x4.mul(v128.load(weights, 240), y));
    weights += 256;
  }
  v128.store(into, a);
  v128.store(into, b, 16);
  v128.store(into, c, 32);
  v128.store(into, d, 48);
  v128.store(into, e, 64);
  v128.store(into, f, 80);
  v128.store(into, g, 96);
  v128.store(into, h, 112);
}
