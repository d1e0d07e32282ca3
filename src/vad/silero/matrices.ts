/** A matrix in reading order, with the number that is added to each row's sum. */
export interface Matrix {
  /** How many sums it makes. */
  readonly rows: number;
  /** How many numbers each sum weighs. */
  readonly columns: number;
  /** Row after row, `rows * columns` numbers. */
  readonly weights: Float64Array;
  /** One number a row. */
  readonly biases: Float64Array;
}

/** Where a matrix is among the packed numbers, which layout.ts describes. */
export interface MatrixPlace {
  /** Offset of its weights. */
  readonly start: number;
  /** Offset of its biases. */
  readonly bias: number;
  /** How many sums it makes. */
  readonly rows: number;
  /** How many numbers each sum weighs. */
  readonly columns: number;
  /** Rows per block. */
  readonly rowsAtOnce: number;
}

/** Takes a matrix out of the packed numbers: from blocks of rows, column by column, to row after row. */
export function readMatrix(numbers: Float32Array, { start, bias, rows, columns, rowsAtOnce }: MatrixPlace): Matrix {
  const weights = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const rowInBlock = row % rowsAtOnce;
    const block = start + (row - rowInBlock) * columns + rowInBlock;
    for (let column = 0; column < columns; column++) {
      weights[row * columns + column] = numbers[block + column * rowsAtOnce]!;
    }
  }
  return { rows, columns, weights, biases: Float64Array.from(numbers.subarray(bias, bias + rows)) };
}

/** Four moments in, four out: `into[row * 4 + t]` sums the taps at t − 1, t and t + 1, and is at least 0. */
export function convolveFourToFour(
  { rows, columns, weights, biases }: Matrix,
  from: Float64Array,
  into: Float64Array,
): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let sum0 = biases[row]!;
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let read = 0; read < (columns / 3) * 4; read += 4, at += 3) {
      const before = weights[at]!;
      const here = weights[at + 1]!;
      const after = weights[at + 2]!;
      const x0 = from[read]!;
      const x1 = from[read + 1]!;
      const x2 = from[read + 2]!;
      const x3 = from[read + 3]!;
      sum0 += here * x0 + after * x1;
      sum1 += before * x0 + here * x1 + after * x2;
      sum2 += before * x1 + here * x2 + after * x3;
      sum3 += before * x2 + here * x3;
    }
    into[row * 4] = Math.max(0, sum0);
    into[row * 4 + 1] = Math.max(0, sum1);
    into[row * 4 + 2] = Math.max(0, sum2);
    into[row * 4 + 3] = Math.max(0, sum3);
  }
}

/** Four moments in, two out: as above, at every other moment only. */
export function convolveFourToTwo(
  { rows, columns, weights, biases }: Matrix,
  from: Float64Array,
  into: Float64Array,
): void {
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let sum0 = biases[row]!;
    let sum2 = sum0;
    for (let read = 0; read < (columns / 3) * 4; read += 4, at += 3) {
      const here = weights[at + 1]!;
      const after = weights[at + 2]!;
      sum0 += here * from[read]! + after * from[read + 1]!;
      sum2 += weights[at]! * from[read + 1]! + here * from[read + 2]! + after * from[read + 3]!;
    }
    into[row * 2] = Math.max(0, sum0);
    into[row * 2 + 1] = Math.max(0, sum2);
  }
}

/** The sums of each row with one column of numbers: four rows at a time, which share what is read of the column. */
export function multiply({ rows, columns, weights, biases }: Matrix, from: Float64Array, into: Float64Array): void {
  for (let row = 0; row < rows; row += 4) {
    const row0 = row * columns;
    const row1 = row0 + columns;
    const row2 = row1 + columns;
    const row3 = row2 + columns;
    let sum0 = biases[row]!;
    let sum1 = biases[row + 1]!;
    let sum2 = biases[row + 2]!;
    let sum3 = biases[row + 3]!;
    for (let column = 0; column < columns; column++) {
      const x = from[column]!;
      sum0 += weights[row0 + column]! * x;
      sum1 += weights[row1 + column]! * x;
      sum2 += weights[row2 + column]! * x;
      sum3 += weights[row3 + column]! * x;
    }
    into[row] = sum0;
    into[row + 1] = sum1;
    into[row + 2] = sum2;
    into[row + 3] = sum3;
  }
}

/** Numbers below 0 become 0. */
export function rectify(numbers: Float64Array): void {
  for (let index = 0; index < numbers.length; index++) numbers[index] = Math.max(0, numbers[index]!);
}

/** 1 / (1 + e^-x): from any number to (0, 1). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
