import * as layout from "../../src/vad/silero/layout";
import { hyperbolicTangent, rectified, sigmoid } from "./activations";
import { multiplyBlock } from "./multiply";
import { CELLS, GATES, HIDDEN, INPUT, NEXT_HIDDEN, WEIGHTS } from "./places";

/** One step of the LSTM, eight units at a time. */
export function remember(): void {
  const blockBytes: usize = 4 * layout.LSTM_COLUMNS * layout.ROWS_AT_ONCE;
  let weights: usize = WEIGHTS + 4 * layout.LSTM;
  let bias: usize = WEIGHTS + 4 * layout.LSTM_BIAS;
  for (let unit: usize = 0; unit < 4 * layout.UNITS; unit += 4 * layout.UNITS_AT_ONCE) {
    multiplyBlock(weights, bias, INPUT, INPUT + 4 * layout.LSTM_COLUMNS, GATES);
    turn(GATES, unit);
    turn(GATES + 16, unit + 16);
    weights += blockBytes;
    bias += 4 * layout.ROWS_AT_ONCE;
  }
  memory.copy(HIDDEN, NEXT_HIDDEN, 4 * layout.UNITS);
}

/** Cell and hidden state of four units, from the sums of their input, forget, candidate and output gates. */
function turn(gates: usize, unit: usize): void {
  const input = sigmoid(v128.load(gates));
  const forget = sigmoid(v128.load(gates, 32));
  const candidate = hyperbolicTangent(v128.load(gates, 64));
  const output = sigmoid(v128.load(gates, 96));
  const cell = f32x4.add(f32x4.mul(forget, v128.load(CELLS + unit)), f32x4.mul(input, candidate));
  v128.store(CELLS + unit, cell);
  v128.store(NEXT_HIDDEN + unit, f32x4.mul(output, hyperbolicTangent(cell)));
}

/** The probability: what the hidden state has above 0, weighed and summed up. */
export function head(): f32 {
  let sums = f32x4.splat(0);
  for (let unit: usize = 0; unit < 4 * layout.UNITS; unit += 16) {
    const weights = v128.load(WEIGHTS + 4 * layout.HEAD + unit);
    sums = f32x4.add(sums, f32x4.mul(weights, rectified(v128.load(HIDDEN + unit))));
  }
  let sum = load<f32>(WEIGHTS + 4 * layout.HEAD_BIAS);
  sum += f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
  sum += f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  return f32x4.extract_lane(sigmoid(f32x4.splat(sum)), 0);
}
