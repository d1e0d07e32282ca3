import { BINS, LSTM_COLUMNS, MIRRORED, TRANSFORM, UNITS, WEIGHT_COUNT, WINDOW } from "../../src/vad/silero/layout";

/*
 * Where everything lies in memory, in bytes. All of it is 32-bit floats, and every place is a multiple of 16. "Moments"
 * are the 4, 2 or 1 points in time that one window is looked at.
 */

/** The unpacked weights, in the order of layout.ts. */
export const WEIGHTS: usize = 0;
/** Window function of the transform: 256 numbers. */
export const HANN: usize = WEIGHTS + 4 * WEIGHT_COUNT;
/** cos(2πk/256), k = 0..127. */
export const COSINES: usize = HANN + 4 * TRANSFORM;
/** sin(2πk/256), k = 0..127. */
export const SINES: usize = COSINES + 2 * TRANSFORM;
/** The window, 576 samples, and 64 mirrored ones. */
export const SAMPLES: usize = SINES + 2 * TRANSFORM;
/** Real parts of four transforms at once: `[128][4 moments]`. */
export const REAL: usize = SAMPLES + 4 * (WINDOW + MIRRORED);
/** Imaginary parts: `[128][4 moments]`. */
export const IMAGINARY: usize = REAL + 8 * TRANSFORM;
/** Magnitudes: `[129 bins][4 moments]`. */
export const SPECTRA: usize = IMAGINARY + 8 * TRANSFORM;
/** `[128 channels][4 moments]`. */
export const ENCODED_0: usize = SPECTRA + 16 * BINS;
/** `[64 channels][2 moments]`. */
export const ENCODED_1: usize = ENCODED_0 + 16 * 128;
/** 64 channels. */
export const ENCODED_2: usize = ENCODED_1 + 8 * 64;
/** What the LSTM weighs: 128 channels of the encoder, then the hidden state. */
export const INPUT: usize = ENCODED_2 + 4 * 64;
/** The hidden state: the second half of what the LSTM weighs. */
export const HIDDEN: usize = INPUT + 4 * UNITS;
/** The cell state. */
export const CELLS: usize = INPUT + 4 * LSTM_COLUMNS;
/** The hidden state that is being made, while the old one is still weighed. */
export const NEXT_HIDDEN: usize = CELLS + 4 * UNITS;
/** Sums of the gates of eight units. */
export const GATES: usize = NEXT_HIDDEN + 4 * UNITS;
