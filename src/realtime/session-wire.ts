import { toWire } from "./casing.ts";
import type { OutputSettings, RealtimeTool, ResponseSettings, SessionSettings } from "./session-settings.ts";
import type { WireAudioFormat, WireResponseParams, WireSession, WireTool } from "./wire.ts";

/** What is sent and received, whatever the secret's own settings say. */
const FORMAT: WireAudioFormat = { type: "audio/pcm", rate: 24_000 };
const TOOL_NAME = /^[\w-]{1,64}$/;

/** A whole session's settings as the server wants them: only what is set, and the format of the audio. */
export function sessionToWire(settings: SessionSettings): WireSession {
  const { audio } = changesToWire(settings);
  const formats = { input: { format: FORMAT, ...audio?.input }, output: { format: FORMAT, ...audio?.output } };
  return { ...changesToWire(settings), audio: formats };
}

/** Changes of settings as the server wants them: only what is set. */
export function changesToWire(settings: SessionSettings): WireSession {
  const { turnDetection, transcription, noiseReduction, voice, speed, truncation, tracing, include } = settings;
  const noise = noiseReduction && { type: noiseReduction };
  const input = given({ turnDetection, transcription, noiseReduction: noise });
  const output = given({ voice, speed });
  const audio = given({ input, output });
  return toWire({ type: "realtime", ...outputToWire(settings), audio, truncation, tracing, include }) as WireSession;
}

/** What is special about one answer, as the server wants it. */
export function responseToWire(settings: ResponseSettings): WireResponseParams {
  const { voice, conversation, input, metadata } = settings;
  const audio = given({ output: given({ voice }) });
  return toWire({ ...outputToWire(settings), audio, conversation, input, metadata }) as WireResponseParams;
}

/**
 * Checks settings of a session or an answer.
 *
 * @throws TypeError or RangeError naming the option under `path`, the rule and the value.
 */
export function checkSettings(settings: SessionSettings & ResponseSettings, path: string): void {
  const { turnDetection, maxOutputTokens, truncation, tools } = settings;
  oneOf(settings.outputModality, ["audio", "text"], `${path}.outputModality`);
  inRange(settings.speed, 0.25, 1.5, `${path}.speed`);
  if (maxOutputTokens !== "inf") inRange(maxOutputTokens, 1, 4_096, `${path}.maxOutputTokens`);
  oneOf(settings.noiseReduction ?? undefined, ["near_field", "far_field"], `${path}.noiseReduction`);
  oneOf(settings.reasoningEffort, ["minimal", "low", "medium", "high", "xhigh"], `${path}.reasoningEffort`);
  oneOf(settings.conversation, ["auto", "none"], `${path}.conversation`);
  if (turnDetection) {
    const detection = `${path}.turnDetection`;
    oneOf(turnDetection.type ?? "missing", ["server_vad", "semantic_vad"], `${detection}.type`);
    if (turnDetection.type === "semantic_vad") {
      oneOf(turnDetection.eagerness, ["low", "medium", "high", "auto"], `${detection}.eagerness`);
    } else {
      inRange(turnDetection.threshold, 0, 1, `${detection}.threshold`);
      inRange(turnDetection.prefixPaddingMs, 0, Infinity, `${detection}.prefixPaddingMs`);
      inRange(turnDetection.silenceDurationMs, 0, Infinity, `${detection}.silenceDurationMs`);
      inRange(turnDetection.idleTimeoutMs ?? undefined, 0, Infinity, `${detection}.idleTimeoutMs`);
    }
  }
  if (typeof truncation === "object") inRange(truncation.retentionRatio, 0, 1, `${path}.truncation.retentionRatio`);
  for (const name of NEVER_NULL) {
    if (settings[name] === null) throw new TypeError(`${path}.${name} must not be null: leave it out`);
  }
  tools?.forEach((tool, index) => checkTool(tool, `${path}.tools[${index}].name`));
}

const NEVER_NULL = [
  "instructions",
  "voice",
  "speed",
  "tools",
  "toolChoice",
  "outputModality",
  "maxOutputTokens",
] as const;

function checkTool(tool: RealtimeTool, path: string): void {
  if ("type" in tool && tool.type === "mcp") return;
  if (typeof tool.name === "string" && TOOL_NAME.test(tool.name)) return;
  throw new TypeError(`${path} must be 1 to 64 letters, digits, _ or -, got ${JSON.stringify(tool.name)}`);
}

function outputToWire(settings: OutputSettings): Record<string, unknown> {
  const { outputModality, instructions, prompt, tools, toolChoice, parallelToolCalls, maxOutputTokens } = settings;
  return {
    outputModalities: outputModality && [outputModality],
    instructions,
    prompt,
    tools: tools?.map(toolToWire),
    toolChoice,
    parallelToolCalls,
    reasoning: settings.reasoningEffort && { effort: settings.reasoningEffort },
    maxOutputTokens,
  };
}

/** Of a tool of the app, nothing but what the server knows: a handler has no business there. */
function toolToWire(tool: RealtimeTool): unknown {
  if ("type" in tool && tool.type === "mcp") return tool;
  const { name, description, parameters } = tool as Exclude<RealtimeTool, { type: "mcp" }>;
  return { type: "function", name, description, parameters } satisfies Record<
    keyof Extract<WireTool, { type: "function" }>,
    unknown
  >;
}

/** The fields that are set; nothing if there is none. */
function given(fields: Readonly<Record<string, unknown>>): object | undefined {
  return Object.values(fields).some((field) => field !== undefined) ? fields : undefined;
}

function oneOf(value: string | undefined, words: readonly string[], path: string): void {
  if (value === undefined || words.includes(value)) return;
  throw new TypeError(`${path} must be one of ${words.join(", ")}, got ${JSON.stringify(value)}`);
}

function inRange(value: number | undefined, min: number, max: number, path: string): void {
  if (value === undefined || (value >= min && value <= max)) return;
  throw new RangeError(`${path} must be in [${min}, ${max}], got ${value}`);
}
