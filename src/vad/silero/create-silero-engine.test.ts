import { afterEach, describe, expect, test, vi } from "vitest";
import { readKnownModel } from "../../../scripts/silero/known-models.ts";
import { packWeights } from "../../../scripts/silero/pack-weights.ts";
import { createSileroEngine } from "./create-silero-engine.ts";
import { SimdEngine } from "./simd-engine.ts";
import { judgeSignal } from "./testing/judge-signal.ts";
import { stressSignals } from "./testing/stress-signals.ts";

const packed = packWeights(await readKnownModel(6), 6, "f24");
const voice = stressSignals(2)[5]!.samples;

afterEach(() => vi.unstubAllGlobals());

describe.each(["simd", "typescript"] as const)("in %s", (kernel) => {
  test("after a reset the same sound is judged the same, to the bit", async () => {
    const engine = createSileroEngine(packed, { kernel });
    const first = await judgeSignal(engine, voice);
    expect(await judgeSignal(engine, voice)).toEqual(first);
    expect(Math.max(...first)).toBeGreaterThan(0.2);
  });

  test("without a reset what was heard before counts", () => {
    const engine = createSileroEngine(packed, { kernel });
    const window = voice.slice(0, 576);
    expect(engine.process(window)).not.toBe(engine.process(window));
  });

  test("two engines do not hear each other", () => {
    const [one, other] = [createSileroEngine(packed, { kernel }), createSileroEngine(packed, { kernel })];
    const window = voice.slice(4_000, 4_576);
    const first = one.process(window);
    expect(other.process(window)).toBe(first);
  });

  test("the window is only borrowed: it is left as it was", () => {
    const window = voice.slice(0, 576);
    createSileroEngine(packed, { kernel }).process(window);
    expect(window).toEqual(voice.slice(0, 576));
  });

  test("extreme samples give a probability all the same", () => {
    const engine = createSileroEngine(packed, { kernel });
    for (const sample of [0, 1e-40, 1, -1, 1_000]) {
      const probability = engine.process(new Float32Array(576).fill(sample));
      expect(probability >= 0 && probability <= 1).toBe(true);
    }
  });
});

test("SIMD is taken where it runs, within 1 MiB of memory", () => {
  expect(createSileroEngine(packed).kernel).toBe("simd");
  expect(SimdEngine.create(packed)?.memoryBytes).toBeLessThanOrEqual(1 << 20);
});

function ForbiddenModule(): never {
  throw new EvalError("Refused to compile or instantiate WebAssembly module");
}

test.each([
  ["there is no WebAssembly", undefined],
  ["it has no SIMD", { ...webAssembly(), validate: () => false }],
  ["a policy forbids it", { ...webAssembly(), Module: ForbiddenModule }],
])("TypeScript steps in where %s", (_why, platform) => {
  vi.stubGlobal("WebAssembly", platform);
  const engine = createSileroEngine(packed);
  expect(engine.kernel).toBe("typescript");
  expect(engine.process(new Float32Array(576))).toBeLessThan(0.1);
  expect(() => createSileroEngine(packed, { kernel: "simd" })).toThrow("WebAssembly SIMD is missing here");
});

test.each(["simd", "typescript"] as const)("in %s, bytes that are no weights are refused", (kernel) => {
  const page = new TextEncoder().encode("<!doctype html>");
  expect(() => createSileroEngine(page, { kernel })).toThrow("HTML page");
});

function webAssembly(): object {
  const { validate, Module, Instance } = WebAssembly;
  return { validate, Module, Instance };
}
