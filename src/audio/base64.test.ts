import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.ts";

const noise = Uint8Array.from({ length: 3_000 }, (_, index) => (index * index * 31 + index * 7) >> 3);

test("every length gives the text that the platform gives, and comes back", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = noise.subarray(length, 2 * length);
    const text = encodeBase64(bytes);
    expect(text).toBe(btoa(String.fromCharCode(...bytes)));
    expect(decodeBase64(text)).toEqual(bytes.slice());
  }
});

test.each([
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foobar", "Zm9vYmFy"],
])("the RFC's vector %j is %j", (plain, text) => {
  const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  expect(encodeBase64(bytes)).toBe(text);
  expect(decodeBase64(text)).toEqual(bytes);
});

test.each([
  ["Zm9", "Base64 must be a multiple of 4 characters long, got 3"],
  ["Zm9vZ m9", 'Base64 must not have " " at position 5'],
  ["Zm9v\nm9v", 'Base64 must not have "\\n" at position 4'],
  ["Zm-_", 'Base64 must not have "-" at position 2'],
  ["Zm9\u0141", 'Base64 must not have "\u0141" at position 3'],
  ["Zg==Zm9v", 'Base64 must not have "=" at position 2'],
  ["Z===", 'Base64 must not have "=" at position 1'],
  ["====", 'Base64 must not have "=" at position 0'],
  ["Z=g=", 'Base64 must not have "=" at position 1'],
  ["Zm9vZg=A", 'Base64 must not have "=" at position 6'],
  ["Zh==", "Base64 has bits that belong to no byte at position 1"],
  ["Zm9=", "Base64 has bits that belong to no byte at position 2"],
])("%j is refused with the place at fault", (text, message) => {
  expect(() => decodeBase64(text)).toThrow(new RangeError(message));
});

test("one character changed to any that is not a letter of the alphabet is always refused", () => {
  const text = encodeBase64(noise.subarray(0, 48));
  for (let position = 0; position < text.length; position++) {
    const broken = `${text.slice(0, position)}*${text.slice(position + 1)}`;
    expect(() => decodeBase64(broken)).toThrow(`at position ${position}`);
  }
});
