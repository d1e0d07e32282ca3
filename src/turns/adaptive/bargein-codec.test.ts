import fc from "fast-check";
import { expect, test } from "vitest";
import { VoiceError } from "../../errors.ts";
import { decodeBargein, encodeClose, encodeCreate, encodeWindow } from "./bargein-codec.ts";

test("a session is created without a threshold, unless one is set", () => {
  const settings = { sample_rate: 16_000, num_channels: 1, min_frames: 2, encoding: "s16le" };
  expect(JSON.parse(encodeCreate(2, undefined))).toEqual({ type: "session.create", settings });
  expect(JSON.parse(encodeCreate(2, 0.7))).toEqual({
    type: "session.create",
    settings: { ...settings, threshold: 0.7 },
  });
  expect(JSON.parse(encodeClose())).toEqual({ type: "session.close" });
});

test.each([0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])(
  "a window is its name as 64 little-endian bits, and 16-bit little-endian samples (%i)",
  (createdAt) => {
    const message = encodeWindow(createdAt, Int16Array.of(1, -2, 258));
    expect(new DataView(message.buffer).getBigUint64(0, true)).toBe(BigInt(createdAt));
    expect([...message.subarray(8)]).toEqual([1, 0, 254, 255, 2, 1]);
  },
);

test.each<[object, object | undefined]>([
  [
    { type: "session.created", default_threshold: 0.42 },
    { type: "created", defaultThreshold: 0.42 },
  ],
  [{ type: "session.created" }, { type: "created" }],
  [{ type: "session.created", default_threshold: null }, { type: "created" }],
  [{ type: "session.closed" }, { type: "closed" }],
  [
    { type: "bargein_detected", created_at: 7, prediction_duration: 0.02, probabilities: [0.7, 0.8] },
    { type: "answer", isInterruption: true, createdAt: 7, predictionMs: 20, probabilities: [0.7, 0.8] },
  ],
  [
    { type: "inference_done", created_at: 7, is_bargein: false },
    { type: "answer", isInterruption: false, createdAt: 7, predictionMs: 0, probabilities: [] },
  ],
  [{ type: "thoughts" }, undefined],
])("%j is read", (message, meaning) => {
  expect(decodeBargein(JSON.stringify(message))).toEqual(meaning);
});

test.each([
  [429, "gateway-unavailable"],
  [500, "gateway-unavailable"],
  [401, "token-rejected"],
  [400, "gateway-rejected"],
  [undefined, "gateway-rejected"],
])("an error with code %s is %s", (code, expected) => {
  const message = decodeBargein(JSON.stringify({ type: "error", code, message: "no", session_id: "s" }));
  expect(message).toMatchObject({ type: "failed", error: { code: expected, gatewayCode: code ?? "none" } });
});

test.each([
  "{",
  "[]",
  "null",
  '{"type":"inference_done"}',
  '{"type":"inference_done","created_at":1.5}',
  '{"type":"inference_done","created_at":1,"probabilities":[2]}',
  '{"type":"inference_done","created_at":1,"probabilities":["high"]}',
  '{"type":"inference_done","created_at":1,"probabilities":{}}',
  '{"type":"inference_done","created_at":1,"prediction_duration":-1}',
  '{"type":"session.created","default_threshold":"low"}',
])("%s violates the protocol, by name", (json) => {
  expect(() => decodeBargein(json)).toThrow(expect.objectContaining({ code: "protocol-violated" }) as Error);
});

test("whatever comes is read, unknown, or a violation by name: nothing else is ever thrown", () => {
  const anything = fc.jsonValue({ maxDepth: 3 });
  const message = fc.record(
    {
      type: fc.constantFrom("session.created", "bargein_detected", "inference_done", "error", "session.closed"),
      created_at: anything,
      default_threshold: anything,
      prediction_duration: anything,
      probabilities: fc.oneof(fc.array(fc.oneof(fc.double(), anything)), anything),
      code: anything,
      message: anything,
    },
    { requiredKeys: ["type"] },
  );
  const wire = fc.oneof(
    message.map((value) => JSON.stringify(value)),
    fc.tuple(message, fc.nat()).map(([value, cut]) => JSON.stringify(value).slice(0, cut % 60)),
    anything.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(wire, (data) => {
      try {
        const read = decodeBargein(data);
        if (read?.type === "answer") expect(read.probabilities.every((one) => one >= 0 && one <= 1)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(VoiceError);
        expect((error as VoiceError).code).toBe("protocol-violated");
      }
    }),
    { numRuns: 1_000 },
  );
});
