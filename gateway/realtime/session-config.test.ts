import { expect, it, test } from "vitest";
import { Fields } from "./fields.ts";
import { defaultConfig, updateConfig } from "./session-config.ts";
import { listeningOf } from "./turn-detection.ts";

const DEFAULTS = defaultConfig("sess_1", "gpt-realtime", 1_756_324_625);

function updated(...updates: object[]): typeof DEFAULTS {
  return updates.reduce<typeof DEFAULTS>(
    (config, update) => updateConfig(config, Fields.of({ type: "realtime", ...update }, "session"), false),
    DEFAULTS,
  );
}

it("an update changes what it names, and nothing else", () => {
  const config = updated({ instructions: "Be brief." }, { audio: { output: { speed: 1.5 } } });
  expect(config).toEqual({
    ...DEFAULTS,
    instructions: "Be brief.",
    audio: { ...DEFAULTS.audio, output: { ...DEFAULTS.audio.output, speed: 1.5 } },
  });
});

it("empty values clear, and null switches off", () => {
  const tool = { type: "function", name: "look", parameters: { type: "object" } };
  const full = {
    instructions: "Be brief.",
    tools: [tool],
    audio: { input: { transcription: { model: "whisper-1" }, noise_reduction: { type: "near_field" } } },
  };
  expect(updated(full)).toMatchObject(full);
  const off = { transcription: null, noise_reduction: null, turn_detection: null };
  const { instructions, tools, audio } = updated(full, { instructions: "", tools: [], audio: { input: off } });
  expect({ instructions, tools, input: audio.input }).toEqual({
    instructions: "",
    tools: [],
    input: { format: { type: "audio/pcm", rate: 24_000 }, ...off },
  });
});

it("turn detection of the same kind is merged, of another kind it begins with its defaults, and after null too", () => {
  const input = (turn_detection: unknown): object => ({ audio: { input: { turn_detection } } });
  const vad = (...all: unknown[]): unknown => updated(...all.map(input)).audio.input.turn_detection;
  const defaults = DEFAULTS.audio.input.turn_detection;
  expect(vad({ type: "server_vad", silence_duration_ms: 900 }, { threshold: 0, create_response: false })).toEqual({
    ...defaults,
    silence_duration_ms: 900,
    threshold: 0,
    create_response: false,
  });
  expect(vad({ type: "server_vad", silence_duration_ms: 900 }, null, { type: "server_vad" })).toEqual(defaults);
  expect(vad({ type: "server_vad", silence_duration_ms: 900 }, { type: "semantic_vad" })).toEqual({
    type: "semantic_vad",
    eagerness: "auto",
    create_response: true,
    interrupt_response: true,
  });
  expect(vad({ idle_timeout_ms: 5_000 }, { threshold: 0.9 })).toMatchObject({ idle_timeout_ms: 5_000 });
  expect(vad({ idle_timeout_ms: 5_000 }, { idle_timeout_ms: null })).toMatchObject({ idle_timeout_ms: null });
});

test.each([
  ["low", 1_200],
  ["medium", 700],
  ["auto", 700],
  ["high", 400],
] as const)("a semantic detector of %s eagerness waits for %i ms of silence", (eagerness, endSilenceMs) => {
  expect(listeningOf({ type: "semantic_vad", eagerness })).toMatchObject({ endSilenceMs });
});

const REFUSED: readonly (readonly [update: object, code: string, param: string])[] = [
  [{ type: undefined }, "missing_required_parameter", "session.type"],
  [{ type: "transcription" }, "invalid_value", "session.type"],
  [{ model: "gpt-5" }, "invalid_value", "session.model"],
  [{ modalities: ["audio"] }, "unknown_parameter", "session.modalities"],
  [{ instructions: null }, "invalid_type", "session.instructions"],
  [{ output_modalities: ["audio", "text"] }, "invalid_value", "session.output_modalities"],
  [{ output_modalities: [] }, "invalid_value", "session.output_modalities"],
  [{ max_output_tokens: 0 }, "invalid_value", "session.max_output_tokens"],
  [{ max_output_tokens: 4_097 }, "invalid_value", "session.max_output_tokens"],
  [{ max_output_tokens: 1.5 }, "invalid_type", "session.max_output_tokens"],
  [{ tools: [{ type: "mcp", server_label: "x" }] }, "invalid_value", "session.tools[0].type"],
  [{ tools: [{ type: "function" }] }, "missing_required_parameter", "session.tools[0].name"],
  [{ tools: [{ type: "function", name: "no spaces" }] }, "invalid_value", "session.tools[0].name"],
  [{ tool_choice: "always" }, "invalid_value", "session.tool_choice"],
  [{ audio: [] }, "invalid_type", "session.audio"],
  [{ audio: { input: { format: { type: "audio/pcmu" } } } }, "invalid_value", "session.audio.input.format.type"],
  [
    { audio: { output: { format: { type: "audio/pcm", rate: 16_000 } } } },
    "invalid_value",
    "session.audio.output.format.rate",
  ],
  [{ audio: { output: { speed: 1.6 } } }, "invalid_value", "session.audio.output.speed"],
  [{ audio: { output: { voice: 7 } } }, "invalid_type", "session.audio.output.voice"],
  [
    { audio: { input: { turn_detection: { type: "vad" } } } },
    "invalid_value",
    "session.audio.input.turn_detection.type",
  ],
  [
    { audio: { input: { turn_detection: { type: "semantic_vad", threshold: 0.5 } } } },
    "unknown_parameter",
    "session.audio.input.turn_detection.threshold",
  ],
];

test.each(REFUSED)("%j is refused, and the field at fault is named", (update, code, param) => {
  expect(() => updated(update)).toThrow(expect.objectContaining({ code, param }));
});

it("the voice stays once there was a sound, the same voice may be named again", () => {
  const update = (voice: unknown): Fields => Fields.of({ type: "realtime", audio: { output: { voice } } }, "session");
  expect(updateConfig(DEFAULTS, update({ id: "voice_1" }), false).audio.output.voice).toEqual({ id: "voice_1" });
  expect(() => updateConfig(DEFAULTS, update("cedar"), true)).toThrow(
    expect.objectContaining({ code: "cannot_update_voice", param: "session.audio.output.voice" }),
  );
  expect(updateConfig(DEFAULTS, update("marin"), true)).toEqual(DEFAULTS);
});

it("tracing can be begun, and then it cannot change", () => {
  expect(updated({ tracing: "auto" }, { tracing: "auto" }).tracing).toBe("auto");
  expect(() => updated({ tracing: "auto" }, { tracing: null })).toThrow(
    expect.objectContaining({ param: "session.tracing" }),
  );
});
