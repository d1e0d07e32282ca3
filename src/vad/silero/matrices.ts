/**
 * Floating-point numbers in a plain array, which engines keep unboxed. Not a typed one: as soon as a page has transferred
 * any buffer, V8 asks at each access whether this one is still there, which costs a quarter of the speed.
 */
export type Numbers = readonly number[];

/** So many zeros: negative ones, since V8 would take positive ones for integers and keep them in another way. */
export function zeros(length: number): number[] {
  return Array.from({ length }, () => -0);
}

/** Where a matrix is among the packed numbers: layout.ts tells how its blocks of rows lie. */
export interface Matrix {
  /** Offset of its weights. */
  readonly start: number;
  /** Offset of its biases, one a row. */
  readonly bias: number;
  /** How many sums it makes. */
  readonly rows: number;
  /** How many numbers each sum weighs. */
  readonly columns: number;
  /** Rows per block. */
  readonly rowsAtOnce: number;
}

/** Four moments in, four out: `into[row * 4 + t]` sums the taps at t − 1, t and t + 1, and is at least 0. */
export function convolveFourToFour(numbers: Numbers, matrix: Matrix, from: Numbers, into: number[]): void {
  const { bias, rows, columns, rowsAtOnce: block } = matrix;
  const end = (columns / 3) * 4;
  for (let row = 0; row < rows; row++) {
    let at = startOfRow(matrix, row);
    let sum0 = numbers[bias + row]!;
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (let read = 0; read < end; read += 4) {
      const before = numbers[at]!;
      const here = numbers[at + block]!;
      const after = numbers[at + 2 * block]!;
      const x0 = from[read]!;
      const x1 = from[read + 1]!;
      const x2 = from[read + 2]!;
      const x3 = from[read + 3]!;
      sum0 += here * x0 + after * x1;
      sum1 += before * x0 + here * x1 + after * x2;
      sum2 += before * x1 + here * x2 + after * x3;
      sum3 += before * x2 + here * x3;
      at += 3 * block;
    }
    into[row * 4] = Math.max(0, sum0);
    into[row * 4 + 1] = Math.max(0, sum1);
    into[row * 4 + 2] = Math.max(0, sum2);
    into[row * 4 + 3] = Math.max(0, sum3);
  }
}

/** Four moments in, two out: as above, at every other moment only. */
export function convolveFourToTwo(numbers: Numbers, matrix: Matrix, from: Numbers, into: number[]): void {
  const { bias, rows, columns, rowsAtOnce: block } = matrix;
  const end = (columns / 3) * 4;
  for (let row = 0; row < rows; row++) {
    let at = startOfRow(matrix, row);
    let sum0 = numbers[bias + row]!;
    let sum2 = sum0;
    for (let read = 0; read < end; read += 4) {
      const here = numbers[at + block]!;
      const after = numbers[at + 2 * block]!;
      const x1 = from[read + 1]!;
      sum0 += here * from[read]! + after * x1;
      sum2 += numbers[at]! * x1 + here * from[read + 2]! + after * from[read + 3]!;
      at += 3 * block;
    }
    into[row * 2] = Math.max(0, sum0);
    into[row * 2 + 1] = Math.max(0, sum2);
  }
}

/** The sums of each row with one column of numbers: four rows at a time, which share what is read of the column. */
export function multiply(numbers: Numbers, matrix: Matrix, from: Numbers, into: number[]): void {
  const { bias, rows, columns, rowsAtOnce: block } = matrix;
  for (let row = 0; row < rows; row += 4) {
    let at = startOfRow(matrix, row);
    let sum0 = numbers[bias + row]!;
    let sum1 = numbers[bias + row + 1]!;
    let sum2 = numbers[bias + row + 2]!;
    let sum3 = numbers[bias + row + 3]!;
    for (let column = 0; column < columns; column++) {
      const x = from[column]!;
      sum0 += numbers[at]! * x;
      sum1 += numbers[at + 1]! * x;
      sum2 += numbers[at + 2]! * x;
      sum3 += numbers[at + 3]! * x;
      at += block;
    }
    into[row] = sum0;
    into[row + 1] = sum1;
    into[row + 2] = sum2;
    into[row + 3] = sum3;
  }
}

/** Offset of a row's first number; its others follow `rowsAtOnce` apart. */
function startOfRow({ start, columns, rowsAtOnce }: Matrix, row: number): number {
  const rowInBlock = row % rowsAtOnce;
  return start + (row - rowInBlock) * columns + rowInBlock;
}

/** Numbers below 0 become 0. */
export function rectify(numbers: number[]): void {
  for (let index = 0; index < numbers.length; index++) numbers[index] = Math.max(0, numbers[index]!);
}

/** 1 / (1 + e^-x): from any number to (0, 1). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
