import type {
  WireAudioFormat,
  WireServerSession,
  WireSession,
  WireTool,
  WireToolChoice,
  WireTranscription,
  WireTurnDetection,
  WireVoice,
} from "../../src/realtime/wire.ts";
import { Fields, wrongValue } from "./fields.ts";
import { RealtimeError } from "./realtime-error.ts";
import { readTurnDetection, SERVER_VAD } from "./turn-detection.ts";

/** Answers are either spoken, with a transcript, or written. */
export type Modality = "audio" | "text";

/** A session's settings in force, as `session.created` and `session.updated` tell them. */
export interface SessionConfig extends WireServerSession {
  readonly model: string;
  readonly output_modalities: readonly [Modality];
  readonly instructions: string;
  readonly audio: {
    readonly input: {
      readonly format: WireAudioFormat;
      readonly noise_reduction: { readonly type: "near_field" | "far_field" } | null;
      readonly transcription: WireTranscription | null;
      readonly turn_detection: WireTurnDetection | null;
    };
    readonly output: { readonly format: WireAudioFormat; readonly voice: WireVoice; readonly speed: number };
  };
  readonly tools: readonly WireTool[];
  readonly tool_choice: WireToolChoice;
  readonly max_output_tokens: number | "inf";
}

/** The only format: 16-bit PCM at 24 kHz. */
export const PCM24: WireAudioFormat = { type: "audio/pcm", rate: 24_000 };

/** Most tokens that one answer may be limited to. */
const MAX_OUTPUT_TOKENS = 4_096;
const KEYS = [
  ...["type", "model", "output_modalities", "instructions", "prompt", "audio", "tools", "tool_choice"],
  ...["parallel_tool_calls", "reasoning", "max_output_tokens", "truncation", "tracing", "include"],
];
/** Settings that are kept and told, and change nothing here. */
const KEPT = ["prompt", "parallel_tool_calls", "reasoning", "truncation", "include"] as const;

/** The settings of a session that has asked for nothing yet. */
export function defaultConfig(id: string, model: string, expiresAtSeconds: number): SessionConfig {
  return {
    type: "realtime",
    object: "realtime.session",
    id,
    model,
    output_modalities: ["audio"],
    instructions: "",
    tools: [],
    tool_choice: "auto",
    max_output_tokens: "inf",
    tracing: null,
    truncation: "auto",
    prompt: null,
    expires_at: expiresAtSeconds,
    audio: {
      input: { format: PCM24, transcription: null, noise_reduction: null, turn_detection: SERVER_VAD },
      output: { format: PCM24, voice: "marin", speed: 1 },
    },
    include: null,
  };
}

/**
 * Merges what an update names into the settings in force.
 * @throws RealtimeError naming the field that no rule allows; nothing has changed then.
 */
export function updateConfig(config: SessionConfig, update: Fields, hasSpoken: boolean): SessionConfig {
  update.allowOnly(KEYS);
  update.oneOf("type", ["realtime"]);
  requireModel(config, update);
  requireTracing(config, update);
  const voice = readVoice(update, config.audio.output.voice);
  if (hasSpoken && JSON.stringify(voice) !== JSON.stringify(config.audio.output.voice))
    throw new RealtimeError(
      "cannot_update_voice",
      "Cannot update a conversation's voice if assistant audio is present.",
      { param: update.path("audio.output.voice") },
    );
  const kept = Object.fromEntries(KEPT.flatMap((key) => (update.has(key) ? [[key, update.raw(key)]] : [])));
  return {
    ...config,
    ...kept,
    output_modalities: update.optional("output_modalities", () => readModalities(update), config.output_modalities),
    instructions: update.optional("instructions", (key) => update.text(key), config.instructions),
    tools: update.optional("tools", () => readTools(update), config.tools),
    tool_choice: update.optional("tool_choice", () => readToolChoice(update), config.tool_choice),
    max_output_tokens: update.optional("max_output_tokens", () => readMaxTokens(update), config.max_output_tokens),
    tracing: update.optional("tracing", (key) => update.raw(key) as WireSession["tracing"], config.tracing) ?? null,
    audio: update.optional("audio", () => updateAudio(config.audio, update.object("audio"), voice), config.audio),
  };
}

/** `["audio"]` or `["text"]`. @throws RealtimeError for anything else. */
export function readModalities(fields: Fields): readonly [Modality] {
  const [modality, ...others] = fields.list("output_modalities");
  if ((modality === "audio" || modality === "text") && others.length === 0) return [modality];
  throw wrongValue(fields.path("output_modalities"), '["audio"] or ["text"]', fields.raw("output_modalities"));
}

/** Tools of the kind `function`. @throws RealtimeError for others. */
export function readTools(fields: Fields): readonly WireTool[] {
  return fields.objects("tools").map((tool) => {
    const type = tool.oneOf("type", ["function"]);
    const name = tool.text("name");
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      throw wrongValue(tool.path("name"), "1 to 64 of a-z, A-Z, 0-9, _ and -", name);
    const description = tool.textOrNone("description");
    return {
      type,
      name,
      ...(description !== undefined && { description }),
      ...(tool.has("parameters") && { parameters: tool.raw("parameters") }),
    };
  });
}

/** Whether and which tool is to be called. @throws RealtimeError for what cannot be chosen. */
export function readToolChoice(fields: Fields): WireToolChoice {
  if (typeof fields.raw("tool_choice") === "string")
    return fields.oneOf("tool_choice", ["auto", "none", "required"] as const);
  const choice = fields.object("tool_choice");
  return { type: choice.oneOf("type", ["function"]), name: choice.text("name") };
}

/** 1 to 4096, or no limit. @throws RealtimeError for anything else. */
export function readMaxTokens(fields: Fields): number | "inf" {
  if (fields.raw("max_output_tokens") === "inf") return "inf";
  return fields.whole("max_output_tokens", { min: 1, max: MAX_OUTPUT_TOKENS });
}

/** The fields of `audio.output`, if they are there. */
export function outputOf(fields: Fields): Fields | undefined {
  const audio = fields.optional("audio", (key) => fields.object(key), undefined);
  return audio?.optional("output", (key) => audio.object(key), undefined);
}

/** The voice that `audio.output` names, or `current`. */
export function readVoice(fields: Fields, current: WireVoice): WireVoice {
  const output = outputOf(fields);
  const value = output?.raw("voice");
  if (output === undefined || value === undefined) return current;
  return typeof value === "object" ? { id: output.object("voice").text("id") } : output.text("voice");
}

/** @throws RealtimeError unless `format`, if there is one, is {@link PCM24}. */
export function requireFormat(fields: Fields): void {
  if (!fields.has("format")) return;
  const format = fields.object("format");
  format.oneOf("type", ["audio/pcm"]);
  format.optional("rate", (key) => format.whole(key, { min: 24_000, max: 24_000 }), undefined);
}

function updateAudio(current: SessionConfig["audio"], update: Fields, voice: WireVoice): SessionConfig["audio"] {
  update.allowOnly(["input", "output"]);
  const input = update.optional("input", (key) => update.object(key), Fields.of({}, ""));
  const output = update.optional("output", (key) => update.object(key), Fields.of({}, ""));
  input.allowOnly(["format", "noise_reduction", "transcription", "turn_detection"]);
  output.allowOnly(["format", "voice", "speed"]);
  requireFormat(input);
  requireFormat(output);
  const { noise_reduction, transcription, turn_detection } = current.input;
  return {
    input: {
      format: PCM24,
      noise_reduction: input.nullable("noise_reduction", () => readNoiseReduction(input), noise_reduction),
      transcription: input.nullable("transcription", () => readTranscription(input, transcription), transcription),
      turn_detection: input.nullable(
        "turn_detection",
        () => readTurnDetection(input.object("turn_detection"), turn_detection),
        turn_detection,
      ),
    },
    output: {
      format: PCM24,
      voice,
      speed: output.optional("speed", (key) => output.number(key, { min: 0.25, max: 1.5 }), current.output.speed),
    },
  };
}

function readNoiseReduction(input: Fields): { readonly type: "near_field" | "far_field" } {
  return { type: input.object("noise_reduction").oneOf("type", ["near_field", "far_field"]) };
}

function readTranscription(input: Fields, current: WireTranscription | null): WireTranscription {
  const fields = input.object("transcription");
  fields.allowOnly(["model", "language", "prompt", "delay"]);
  const texts = ["model", "language", "prompt"].flatMap((key) =>
    fields.has(key) && fields.raw(key) !== null ? [[key, fields.text(key)]] : [],
  );
  const delay = fields.nullable(
    "delay",
    (key) => fields.oneOf(key, ["minimal", "low", "medium", "high", "xhigh"]),
    undefined,
  );
  return { ...current, ...Object.fromEntries(texts), ...(delay && { delay }) };
}

function requireModel({ model }: SessionConfig, update: Fields): void {
  const wanted = update.optional("model", (key) => update.text(key), model);
  if (wanted !== model)
    throw wrongValue(update.path("model"), `"${model}", the connection's own, which cannot change`, wanted);
}

/** Tracing can be begun, and then it stays as it is. */
function requireTracing({ tracing }: SessionConfig, update: Fields): void {
  const isSet = tracing !== null && tracing !== undefined;
  if (!isSet || !update.has("tracing") || JSON.stringify(update.raw("tracing")) === JSON.stringify(tracing)) return;
  throw wrongValue(update.path("tracing"), "what it is, since it cannot change once it is set", update.raw("tracing"));
}
