import { WEIGHT_COUNT } from "./layout.ts";

/*
 * A packed file, little-endian:
 *
 *   0   4 bytes   "SILW"
 *   4   u16       1, the format's version
 *   6   u16       the model's version: 5 or 6
 *   8   u32       count: how many numbers follow (layout.ts tells which)
 *   12  u32       exactCount: how many of them, from the first, are whole 32-bit floats; the rest are rounded to 24 bits
 *   16            the highest bytes of all numbers; their second; their third; the lowest of the exact ones
 *
 * Signs and exponents lie together and repeat, so that gzip and Brotli find them.
 */

/** Bytes before the numbers. */
export const HEADER_BYTES = 16;
/** "SILW". */
export const MAGIC = [0x53, 0x49, 0x4c, 0x57] as const;
/** Version of the file's format. */
export const FORMAT_VERSION = 1;

/** What the head of a packed file says. */
export interface PackedHeader {
  /** Version of Silero: 5 or 6. */
  readonly model: number;
  /** How many numbers, from the first, are exact. */
  readonly exactCount: number;
}

/**
 * Reads the head of a packed file.
 *
 * @throws Error that says what the bytes are instead, if they are no packed weights or not all of them.
 */
export function readHeader(packed: Uint8Array): PackedHeader {
  if (packed.length < HEADER_BYTES || MAGIC.some((byte, index) => packed[index] !== byte)) {
    throw new Error(`These ${packed.length} bytes are no Silero weights: ${guess(packed)}`);
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const [version, model] = [view.getUint16(4, true), view.getUint16(6, true)];
  const [count, exactCount] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (version !== FORMAT_VERSION || count !== WEIGHT_COUNT || exactCount > count) {
    throw new Error(
      `Silero weights of format ${version} with ${count} numbers, where format ${FORMAT_VERSION} with ${WEIGHT_COUNT} ` +
        "was expected: they are of another version of this package",
    );
  }
  const bytes = HEADER_BYTES + 3 * count + exactCount;
  if (packed.length !== bytes) {
    throw new Error(
      `Silero weights of ${packed.length} bytes where ${bytes} were expected: the file is cut or damaged`,
    );
  }
  return { model, exactCount };
}

function guess(bytes: Uint8Array): string {
  const start = bytes.find((byte) => byte > 0x20);
  if (bytes.length === 0) return "the file is empty";
  return start === 0x3c ? "they look like an HTML page" : "the file is another one";
}

/**
 * Unpacks weights into the order of layout.ts.
 *
 * @param packed Bytes of a packed file.
 * @param into Where the numbers go: `WEIGHT_COUNT` floats. @defaultValue a new array
 * @throws Error of {@link readHeader}.
 */
export function unpackWeights(packed: Uint8Array, into = new Float32Array(WEIGHT_COUNT)): Float32Array {
  const { exactCount } = readHeader(packed);
  const bits = new Uint32Array(into.buffer, into.byteOffset, WEIGHT_COUNT);
  const high = HEADER_BYTES;
  const middle = high + WEIGHT_COUNT;
  const low = middle + WEIGHT_COUNT;
  const lowest = low + WEIGHT_COUNT;
  for (let index = 0; index < WEIGHT_COUNT; index++) {
    bits[index] = (packed[high + index]! << 24) | (packed[middle + index]! << 16) | (packed[low + index]! << 8);
  }
  for (let index = 0; index < exactCount; index++) bits[index]! |= packed[lowest + index]!;
  return into;
}
