import * as layout from "./layout.ts";
import {
  convolveFourToFour,
  convolveFourToTwo,
  type Matrix,
  multiply,
  type Numbers,
  rectify,
  sigmoid,
  zeros,
} from "./matrices.ts";
import { RealTransform } from "./real-transform.ts";
import type { SileroEngine } from "./silero-engine.ts";

const { WINDOW, MIRRORED, HOP, BINS, SPECTRA, UNITS, UNITS_AT_ONCE } = layout;

const ENCODER_0: Matrix = {
  start: layout.ENCODER_0,
  bias: layout.ENCODER_0_BIAS,
  rows: layout.ENCODER_0_ROWS,
  columns: layout.ENCODER_0_COLUMNS,
  rowsAtOnce: layout.ENCODER_0_ROWS_AT_ONCE,
};
const ENCODER_1: Matrix = {
  start: layout.ENCODER_1,
  bias: layout.ENCODER_1_BIAS,
  rows: layout.ENCODER_1_ROWS,
  columns: layout.ENCODER_1_COLUMNS,
  rowsAtOnce: layout.ENCODER_1_ROWS_AT_ONCE,
};
const ENCODER_2: Matrix = {
  start: layout.ENCODER_2,
  bias: layout.ENCODER_2_BIAS,
  rows: layout.ENCODER_2_ROWS,
  columns: layout.ENCODER_2_COLUMNS,
  rowsAtOnce: layout.ROWS_AT_ONCE,
};
const ENCODER_3: Matrix = {
  start: layout.ENCODER_3,
  bias: layout.ENCODER_3_BIAS,
  rows: layout.ENCODER_3_ROWS,
  columns: layout.ENCODER_3_COLUMNS,
  rowsAtOnce: layout.ROWS_AT_ONCE,
};
const LSTM: Matrix = {
  start: layout.LSTM,
  bias: layout.LSTM_BIAS,
  rows: layout.LSTM_ROWS,
  columns: layout.LSTM_COLUMNS,
  rowsAtOnce: layout.ROWS_AT_ONCE,
};

/**
 * Silero v5 and v6 in plain TypeScript: the copy to read, and the one that runs where WebAssembly or its SIMD is
 * missing. Numbers are kept in 64 bits, which is faster here than rounding each to 32. Allocates only in the
 * constructor.
 */
export class PlainEngine implements SileroEngine {
  readonly kernel = "typescript";
  readonly #transform = new RealTransform();
  readonly #numbers: Numbers;
  readonly #samples = zeros(WINDOW + MIRRORED);
  /** `[bin][moment]`; what follows likewise: `[channel][moment]`. */
  readonly #spectra = zeros(BINS * SPECTRA);
  readonly #encoded0 = zeros(layout.ENCODER_0_ROWS * 4);
  readonly #encoded1 = zeros(layout.ENCODER_1_ROWS * 2);
  readonly #encoded2 = zeros(layout.ENCODER_2_ROWS);
  readonly #encoded3 = zeros(layout.ENCODER_3_ROWS);
  /** What the LSTM weighs: what the encoder made of this window, then the hidden state. */
  readonly #inputAndHidden = zeros(layout.LSTM_COLUMNS);
  readonly #cells = zeros(UNITS);
  readonly #gates = zeros(layout.LSTM_ROWS);

  /** @param numbers The unpacked weights, in the order of layout.ts. */
  constructor(numbers: Float32Array) {
    this.#numbers = Array.from(numbers);
  }

  process(window: Float32Array): number {
    this.#transformWindow(window);
    this.#encode();
    this.#remember();
    return this.#judge();
  }

  reset(): void {
    this.#inputAndHidden.fill(-0);
    this.#cells.fill(-0);
  }

  close(): void {}

  /** Four spectra; the last one reaches 64 samples past the end, where the window is mirrored at its last sample. */
  #transformWindow(window: Float32Array): void {
    const samples = this.#samples;
    for (let index = 0; index < WINDOW; index++) samples[index] = window[index]!;
    for (let index = 0; index < MIRRORED; index++) samples[WINDOW + index] = samples[WINDOW - 2 - index]!;
    for (let moment = 0; moment < SPECTRA; moment++) {
      this.#transform.magnitudes(samples, moment * HOP, this.#spectra, moment, SPECTRA);
    }
  }

  #encode(): void {
    const numbers = this.#numbers;
    convolveFourToFour(numbers, ENCODER_0, this.#spectra, this.#encoded0);
    convolveFourToTwo(numbers, ENCODER_1, this.#encoded0, this.#encoded1);
    // Two moments in and one out: channel and moment side by side are the one column that is left.
    multiply(numbers, ENCODER_2, this.#encoded1, this.#encoded2);
    rectify(this.#encoded2);
    multiply(numbers, ENCODER_3, this.#encoded2, this.#encoded3);
    rectify(this.#encoded3);
  }

  /** One step of the LSTM. @see https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html */
  #remember(): void {
    const gates = this.#gates;
    for (let channel = 0; channel < UNITS; channel++) this.#inputAndHidden[channel] = this.#encoded3[channel]!;
    multiply(this.#numbers, LSTM, this.#inputAndHidden, gates);
    for (let unit = 0; unit < UNITS; unit++) {
      const unitInGroup = unit % UNITS_AT_ONCE;
      const row = (unit - unitInGroup) * 4 + unitInGroup;
      const input = sigmoid(gates[row]!);
      const forget = sigmoid(gates[row + UNITS_AT_ONCE]!);
      const candidate = Math.tanh(gates[row + 2 * UNITS_AT_ONCE]!);
      const output = sigmoid(gates[row + 3 * UNITS_AT_ONCE]!);
      const cell = forget * this.#cells[unit]! + input * candidate;
      this.#cells[unit] = cell;
      this.#inputAndHidden[UNITS + unit] = output * Math.tanh(cell);
    }
  }

  #judge(): number {
    const numbers = this.#numbers;
    let sum = numbers[layout.HEAD_BIAS]!;
    for (let unit = 0; unit < UNITS; unit++) {
      sum += numbers[layout.HEAD + unit]! * Math.max(0, this.#inputAndHidden[UNITS + unit]!);
    }
    return sigmoid(sum);
  }
}
