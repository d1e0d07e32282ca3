import * as layout from "../../src/vad/silero/layout.ts";
import { FORMAT_VERSION, HEADER_BYTES, MAGIC } from "../../src/vad/silero/packed-weights.ts";
import type { SileroVersion } from "./known-models.ts";
import { branchConstants, type FloatTensor } from "./onnx-constants.ts";

/** How finely a file holds the matrices: 24 bits keep 15 of a float's 23 binary places. */
export type Precision = "f24" | "f32";

/** The model's `If` asks whether the sample rate is 16 kHz. */
const BRANCH_16_KHZ = "then_branch";
const GATES = 4;

/** Packs the 16 kHz network of a `.onnx` file; `packed-weights.ts` describes the bytes. */
export function packWeights(model: Uint8Array, version: SileroVersion, precision: Precision): Uint8Array {
  return packNumbers(arrangeWeights(model), version, precision === "f32" ? layout.WEIGHT_COUNT : layout.BIAS_COUNT);
}

/** The numbers of the network in the order of layout.ts. */
export function arrangeWeights(model: Uint8Array): Float32Array {
  const constants = branchConstants(model, BRANCH_16_KHZ);
  const weights = new Float32Array(layout.WEIGHT_COUNT);
  const take = (name: string, ...shape: number[]): Float32Array => valuesOf(constants, name, shape);

  const encoder = [
    { to: layout.ENCODER_0, bias: layout.ENCODER_0_BIAS, rows: 128, channels: layout.BINS, taps: [0, 1, 2], block: 8 },
    { to: layout.ENCODER_1, bias: layout.ENCODER_1_BIAS, rows: 64, channels: 128, taps: [0, 1, 2], block: 16 },
    { to: layout.ENCODER_2, bias: layout.ENCODER_2_BIAS, rows: 64, channels: 64, taps: [1, 2], block: 32 },
    { to: layout.ENCODER_3, bias: layout.ENCODER_3_BIAS, rows: 128, channels: 64, taps: [1], block: 32 },
  ];
  for (const [index, { to, bias, rows, channels, taps, block }] of encoder.entries()) {
    const matrix = take(`encoder.${index}.reparam_conv.weight`, rows, channels, 3);
    const columns = channels * taps.length;
    weights.set(take(`encoder.${index}.reparam_conv.bias`, rows), bias);
    placeMatrix(weights, to, { rows, columns, block }, (row, column) => {
      const channel = Math.floor(column / taps.length);
      return matrix[(row * channels + channel) * 3 + taps[column % taps.length]!]!;
    });
  }

  const { UNITS, LSTM_ROWS, LSTM_COLUMNS, LSTM_BIAS, ROWS_AT_ONCE } = layout;
  const ofInput = take("decoder.rnn.weight_ih", LSTM_ROWS, UNITS);
  const ofHidden = take("decoder.rnn.weight_hh", LSTM_ROWS, UNITS);
  const [inputBias, hiddenBias] = [take("decoder.rnn.bias_ih", LSTM_ROWS), take("decoder.rnn.bias_hh", LSTM_ROWS)];
  for (let row = 0; row < LSTM_ROWS; row++) {
    weights[LSTM_BIAS + row] = inputBias[gateRow(row)]! + hiddenBias[gateRow(row)]!;
  }
  const shape = { rows: LSTM_ROWS, columns: LSTM_COLUMNS, block: ROWS_AT_ONCE };
  placeMatrix(weights, layout.LSTM, shape, (row, column) =>
    column < UNITS ? ofInput[gateRow(row) * UNITS + column]! : ofHidden[gateRow(row) * UNITS + column - UNITS]!,
  );

  weights.set(take("decoder.decoder.2.bias", 1), layout.HEAD_BIAS);
  weights.set(take("decoder.decoder.2.weight", 1, UNITS, 1), layout.HEAD);
  return weights;
}

/** PyTorch keeps all units of a gate together; the layout keeps the gates of eight units together. */
function gateRow(row: number): number {
  const { UNITS, UNITS_AT_ONCE } = layout;
  const group = Math.floor(row / (GATES * UNITS_AT_ONCE));
  const gate = Math.floor(row / UNITS_AT_ONCE) % GATES;
  return gate * UNITS + group * UNITS_AT_ONCE + (row % UNITS_AT_ONCE);
}

function placeMatrix(
  weights: Float32Array,
  start: number,
  { rows, columns, block }: { rows: number; columns: number; block: number },
  at: (row: number, column: number) => number,
): void {
  let to = start;
  for (let top = 0; top < rows; top += block) {
    for (let column = 0; column < columns; column++) {
      for (let row = top; row < top + block; row++) weights[to++] = at(row, column);
    }
  }
}

function valuesOf(constants: ReadonlyMap<string, FloatTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = constants.get(name);
  if (tensor?.shape.join() !== shape.join()) {
    throw new Error(`The model's ${name} is ${tensor ? `of shape ${tensor.shape.join(" x ")}` : "missing"}`);
  }
  return tensor.values;
}

/** Writes numbers as planes of bytes, the first `exactCount` whole and the others rounded to the nearest of 24 bits. */
function packNumbers(numbers: Float32Array, version: SileroVersion, exactCount: number): Uint8Array {
  const count = numbers.length;
  const packed = new Uint8Array(HEADER_BYTES + 3 * count + exactCount);
  const view = new DataView(packed.buffer);
  packed.set(MAGIC);
  view.setUint16(4, FORMAT_VERSION, true);
  view.setUint16(6, version, true);
  view.setUint32(8, count, true);
  view.setUint32(12, exactCount, true);
  const bits = new Uint32Array(numbers.slice().buffer);
  for (const [index, exact] of bits.entries()) {
    // Ties go to even, as floats round; a carry runs into the exponent, which is right.
    const kept = index < exactCount ? exact : exact + 0x7f + ((exact >>> 8) & 1);
    packed[HEADER_BYTES + index] = kept >>> 24;
    packed[HEADER_BYTES + count + index] = kept >>> 16;
    packed[HEADER_BYTES + 2 * count + index] = kept >>> 8;
    if (index < exactCount) packed[HEADER_BYTES + 3 * count + index] = kept;
  }
  return packed;
}
