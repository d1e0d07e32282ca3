const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ILLEGAL = 0xff;
const PADDING = "=".charCodeAt(0);

/** All 4096 pairs of letters: twelve bits at a time. */
const PAIRS = Array.from({ length: 4_096 }, (_, bits) => ALPHABET.charAt(bits >> 6) + ALPHABET.charAt(bits & 63));

/** The six bits of each letter by its character code. */
const SEXTETS = new Uint8Array(256).fill(ILLEGAL);
for (let sextet = 0; sextet < 64; sextet++) SEXTETS[ALPHABET.charCodeAt(sextet)] = sextet;

/**
 * Encodes bytes as padded base64. Needs no `btoa`, so it also runs where there is none (audio worklets).
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-4
 */
export function encodeBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  let text = "";
  for (let index = 0; index < whole; index += 3) {
    const bits = (bytes[index]! << 16) | (bytes[index + 1]! << 8) | bytes[index + 2]!;
    text += PAIRS[bits >> 12]! + PAIRS[bits & 4_095]!;
  }
  if (bytes.length - whole === 1) text += `${PAIRS[bytes[whole]! << 4]!}==`;
  if (bytes.length - whole === 2) {
    const bits = (bytes[whole]! << 10) | (bytes[whole + 1]! << 2);
    text += `${PAIRS[bits >> 6]!}${ALPHABET.charAt(bits & 63)}=`;
  }
  return text;
}

/**
 * Decodes padded base64, strictly: each byte sequence has exactly one text that decodes to it.
 *
 * @throws RangeError that names the position of a character outside the alphabet (white space and the URL alphabet
 * included), of misplaced padding or of unused bits that are not zero, or the length when it is no multiple of 4.
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { length } = text;
  if (length % 4 !== 0) throw new RangeError(`Base64 must be a multiple of 4 characters long, got ${length}`);
  if (length === 0) return new Uint8Array(0);
  const isPadded = text.charCodeAt(length - 1) === PADDING;
  const padding = !isPadded ? 0 : text.charCodeAt(length - 2) === PADDING ? 2 : 1;
  const letters = length - padding;
  const whole = padding === 0 ? length : length - 4;
  const bytes = new Uint8Array((length / 4) * 3 - padding);

  let write = 0;
  let read = 0;
  for (; read < whole; read += 4) {
    const first = sextetAt(text, read);
    const second = sextetAt(text, read + 1);
    const third = sextetAt(text, read + 2);
    const fourth = sextetAt(text, read + 3);
    if ((first | second | third | fourth) > 63) throw illegalCharacter(text, read);
    bytes[write++] = (first << 2) | (second >> 4);
    bytes[write++] = (second << 4) | (third >> 2);
    bytes[write++] = (third << 6) | fourth;
  }
  if (padding === 0) return bytes;

  const first = sextetAt(text, read);
  const second = sextetAt(text, read + 1);
  const third = padding === 1 ? sextetAt(text, read + 2) : 0;
  if ((first | second | third) > 63) throw illegalCharacter(text, read);
  const unused = padding === 1 ? third & 3 : second & 15;
  if (unused !== 0) throw new RangeError(`Base64 has bits that belong to no byte at position ${letters - 1}`);
  bytes[write++] = (first << 2) | (second >> 4);
  if (padding === 1) bytes[write] = (second << 4) | (third >> 2);
  return bytes;
}

function sextetAt(text: string, position: number): number {
  const code = text.charCodeAt(position);
  return code < 256 ? SEXTETS[code]! : ILLEGAL;
}

function illegalCharacter(text: string, from: number): RangeError {
  let position = from;
  while (sextetAt(text, position) !== ILLEGAL) position++;
  return new RangeError(`Base64 must not have ${JSON.stringify(text[position])} at position ${position}`);
}
