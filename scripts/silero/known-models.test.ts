import { expect, test } from "vitest";
import { readKnownModel, requireKnown, SILERO_VERSIONS } from "./known-models.ts";
import { branchConstants } from "./onnx-constants.ts";

test.each(SILERO_VERSIONS)("the installed package has the Silero v%i that is known", async (version) => {
  await expect(readKnownModel(version)).resolves.toBeInstanceOf(Uint8Array);
});

test("another model stops the build: the message names package, file and hash", () => {
  expect(() => requireKnown(new Uint8Array(), 6, "dist/silero_vad_v6.onnx")).toThrow(
    /^@ricky0123\/vad-web has a dist\/silero_vad_v6\.onnx that is not known: SHA-256 e3b0c442\w+ instead of 1a153a22\w+\./,
  );
});

test("each branch has its own constants", async () => {
  const model = await readKnownModel(6);
  const shapeIn = (branch: string): unknown => branchConstants(model, branch).get("stft.forward_basis_buffer")?.shape;
  expect(shapeIn("then_branch")).toEqual([258, 1, 256]);
  expect(shapeIn("else_branch")).toEqual([130, 1, 128]);
  expect(() => shapeIn("other_branch")).toThrow("has no If with a other_branch");
});

test("a file that ends too early is noticed", async () => {
  expect(() => branchConstants(Uint8Array.of(0x3a, 0x80), "then_branch")).toThrow("ends in the middle of a number");
});
