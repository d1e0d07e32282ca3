/*
 * Where each of the network's numbers is, in the packed file and in the memory of the kernels: offsets and counts of
 * 32-bit floats. Read by two compilers, TypeScript's and AssemblyScript's, so this file holds plain constants only.
 *
 *   window 576 ─▶ STFT ─▶ 129 bins x 4 ─▶ encoder 0 ─▶ 128 x 4 ─▶ 1 ─▶ 64 x 2 ─▶ 2 ─▶ 64 x 1 ─▶ 3 ─▶ 128 x 1
 *     ─▶ LSTM ─▶ 128 ─▶ head ─▶ probability
 *
 * A matrix of rows x columns lies in blocks of as many rows as the SIMD kernel sums up at once (ROWS_AT_ONCE): block
 * after block, in it column after column, in that row after row. A convolution's row is an output channel; its column
 * is an input channel and, within, a tap. Taps that only ever meet padding are left out.
 */

/** Samples of a window, context included. */
export const WINDOW = 576;
/** Samples that the window is lengthened by at its end, mirrored. */
export const MIRRORED = 64;
/** Samples of one transform. */
export const TRANSFORM = 256;
/** Samples from one transform to the next. */
export const HOP = 128;
/** Frequencies of one transform: 0 to 8 kHz. */
export const BINS = 129;
/** Transforms of one window. */
export const SPECTRA = 4;
/** Units of the LSTM; as many numbers make its hidden and its cell state each. */
export const UNITS = 128;

/** Encoder 0, 4 spectra to 4: taps 0, 1, 2. */
export const ENCODER_0_ROWS = 128;
/** 129 bins of 3 taps. */
export const ENCODER_0_COLUMNS = 387;
/** 4 moments of 8 rows. */
export const ENCODER_0_ROWS_AT_ONCE = 8;
/** Encoder 1, 4 moments to 2: taps 0, 1, 2. */
export const ENCODER_1_ROWS = 64;
/** 128 channels of 3 taps. */
export const ENCODER_1_COLUMNS = 384;
/** 2 moments of 16 rows. */
export const ENCODER_1_ROWS_AT_ONCE = 16;
/** Encoder 2, 2 moments to 1: taps 1, 2; tap 0 meets padding. */
export const ENCODER_2_ROWS = 64;
/** 64 channels of 2 taps. */
export const ENCODER_2_COLUMNS = 128;
/** Encoder 3, 1 moment to 1: tap 1; the others meet padding. */
export const ENCODER_3_ROWS = 128;
/** 64 channels of 1 tap. */
export const ENCODER_3_COLUMNS = 64;
/** LSTM: 8 units at a time, of which first the input gates, then the forget gates, cells and output gates. */
export const LSTM_ROWS = 512;
/** 128 numbers from the encoder, then the hidden state. */
export const LSTM_COLUMNS = 256;
/** Rows at once where there is but one moment: encoder 2 and 3, LSTM. */
export const ROWS_AT_ONCE = 32;
/** Units at once in the LSTM. */
export const UNITS_AT_ONCE = 8;

/** Biases of encoder 0. */
export const ENCODER_0_BIAS = 0;
/** Biases of encoder 1. */
export const ENCODER_1_BIAS = ENCODER_0_BIAS + ENCODER_0_ROWS;
/** Biases of encoder 2. */
export const ENCODER_2_BIAS = ENCODER_1_BIAS + ENCODER_1_ROWS;
/** Biases of encoder 3. */
export const ENCODER_3_BIAS = ENCODER_2_BIAS + ENCODER_2_ROWS;
/** Biases of the LSTM, those for input and for hidden state added up. */
export const LSTM_BIAS = ENCODER_3_BIAS + ENCODER_3_ROWS;
/** Bias of the head, and 3 zeros, so that what follows lies on 16 bytes. */
export const HEAD_BIAS = LSTM_BIAS + LSTM_ROWS;
/** Weights of the head. */
export const HEAD = HEAD_BIAS + 4;
/** Numbers up to here are few and weigh much: every precision keeps them whole. */
export const BIAS_COUNT = HEAD + UNITS;

/** Matrix of encoder 0. */
export const ENCODER_0 = BIAS_COUNT;
/** Matrix of encoder 1. */
export const ENCODER_1 = ENCODER_0 + ENCODER_0_ROWS * ENCODER_0_COLUMNS;
/** Matrix of encoder 2. */
export const ENCODER_2 = ENCODER_1 + ENCODER_1_ROWS * ENCODER_1_COLUMNS;
/** Matrix of encoder 3. */
export const ENCODER_3 = ENCODER_2 + ENCODER_2_ROWS * ENCODER_2_COLUMNS;
/** Matrix of the LSTM. */
export const LSTM = ENCODER_3 + ENCODER_3_ROWS * ENCODER_3_COLUMNS;
/** All numbers: 222,596. */
export const WEIGHT_COUNT = LSTM + LSTM_ROWS * LSTM_COLUMNS;
