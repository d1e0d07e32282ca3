import { expect, test } from "vitest";
import type { AudioSource } from "../microphone/sources.ts";
import type { Stt } from "../stt/contract.ts";
import { livekitInference } from "../stt/livekit/livekit-inference.ts";
import { silero } from "../vad/silero.ts";
import { sessionSettings, type VoiceSessionOptions } from "./session-options.ts";

const source: AudioSource = { open: () => Promise.reject(new Error("not in this test")) };
const vad = silero();
const token = (): Promise<string> => Promise.resolve("");
const stt = livekitInference({ model: "deepgram/nova-3", token });
const flux = livekitInference({ model: "deepgram/flux-general", token });

test.each<[string, { vad: VoiceSessionOptions["vad"]; stt?: Stt }, string]>([
  ["a vad decides", { vad, stt }, "speech"],
  ["a vad alone decides", { vad }, "speech"],
  ["without a vad everything passes", { vad: false, stt }, "always"],
  ["a recogniser that ends turns hears everything, vad or not", { vad, stt: flux }, "always"],
])("%s", (_law, parts, policy) => {
  expect(sessionSettings({ source, ...parts })).toMatchObject({ gate: { policy }, finalLimitMs: 2_000 });
});

test("what was asked for is kept", () => {
  const gate = { policy: "manual", preRollMs: 100 } as const;
  expect(sessionSettings({ source, vad, stt, gate, finalLimitMs: 0 })).toMatchObject({ gate, finalLimitMs: 0 });
});

test.each<[object, Error]>([
  [{ source: undefined, vad }, new TypeError("source must be microphone(), fromStream() or fromAudio()")],
  [{ source, vad: undefined, stt }, new TypeError("vad must be silero() or false")],
  [{ source, vad: true, stt }, new TypeError("vad must be silero() or false")],
  [{ source, vad: false }, new TypeError("A session needs an stt, a vad or an agent")],
  [{ source, vad, finalLimitMs: -1 }, new RangeError("finalLimitMs must be in [0, 60000] ms, got -1")],
  [{ source, vad, finalLimitMs: Number.NaN }, new RangeError("finalLimitMs must be in [0, 60000] ms, got NaN")],
  [
    { source, vad: false, stt, gate: { policy: "speech" } },
    new TypeError('gate.policy "speech" needs a vad to open the gate'),
  ],
  [
    { source, vad, stt: flux, gate: { policy: "speech" } },
    new TypeError(
      'gate.policy "speech" cannot work with deepgram/flux-general: it ends turns itself, so it must hear the silences too',
    ),
  ],
  [{ source, vad, gate: { preRollMs: -5 } }, new RangeError("gate.preRollMs must be in [0, 10000] ms, got -5")],
])("parts that cannot work are refused, in words: %#", (options, error) => {
  expect(() => sessionSettings(options as VoiceSessionOptions)).toThrow(error);
});
