import type { WireResponse, WireTool, WireToolChoice, WireVoice } from "../../src/realtime/wire.ts";
import type { Conversation, StoredItem } from "./conversation.ts";
import { storeOf } from "./conversation.ts";
import { Fields, wrongValue } from "./fields.ts";
import { readItem } from "./read-item.ts";
import {
  outputOf,
  readMaxTokens,
  readModalities,
  readToolChoice,
  readTools,
  readVoice,
  requireFormat,
} from "./session-config.ts";
import type { Modality, SessionConfig } from "./session-config.ts";

/** How one answer is to be. */
export interface ResponsePlan {
  readonly modality: Modality;
  readonly instructions: string;
  readonly tools: readonly WireTool[];
  readonly toolChoice: WireToolChoice;
  readonly voice: WireVoice;
  readonly speed: number;
  readonly maxTokens: number | "inf";
  readonly metadata: WireResponse["metadata"];
  /** True if the answer stays out of the conversation, and may come beside another. */
  readonly isOutOfBand: boolean;
  /** What is read instead of the conversation; undefined: the conversation as it is when the answer begins. */
  readonly input: readonly StoredItem[] | undefined;
}

const KEYS = [
  ...["output_modalities", "instructions", "audio", "tools", "tool_choice", "parallel_tool_calls", "conversation"],
  ...["metadata", "input", "max_output_tokens", "reasoning", "prompt"],
];
const MAX_METADATA = { pairs: 16, keyChars: 64, valueChars: 512 } as const;

/** An answer as the session's settings would have it. */
export function defaultPlan(config: SessionConfig): ResponsePlan {
  return {
    modality: config.output_modalities[0],
    instructions: config.instructions,
    tools: config.tools,
    toolChoice: config.tool_choice,
    voice: config.audio.output.voice,
    speed: config.audio.output.speed,
    maxTokens: config.max_output_tokens,
    metadata: null,
    isOutOfBand: false,
    input: undefined,
  };
}

/** An answer as `response.create` asks for it. @throws RealtimeError naming the field at fault. */
export function readPlan(fields: Fields, config: SessionConfig, conversation: Conversation): ResponsePlan {
  fields.allowOnly(KEYS);
  const base = defaultPlan(config);
  const output = outputOf(fields);
  if (output !== undefined) requireFormat(output);
  return {
    ...base,
    modality: fields.optional("output_modalities", () => readModalities(fields)[0], base.modality),
    instructions: fields.nullable("instructions", (key) => fields.text(key), base.instructions) ?? base.instructions,
    tools: fields.optional("tools", () => readTools(fields), base.tools),
    toolChoice: fields.optional("tool_choice", () => readToolChoice(fields), base.toolChoice),
    voice: readVoice(fields, base.voice),
    maxTokens: fields.optional("max_output_tokens", () => readMaxTokens(fields), base.maxTokens),
    metadata: fields.nullable("metadata", () => readMetadata(fields), null),
    isOutOfBand: fields.optional("conversation", (key) => fields.oneOf(key, ["auto", "none"]), "auto") === "none",
    input: fields.nullable("input", () => readInput(fields, conversation), undefined) ?? undefined,
  };
}

function readInput(fields: Fields, conversation: Conversation): readonly StoredItem[] {
  return fields.objects("input").map((entry) => {
    if (entry.raw("type") === "item_reference") return conversation.get(entry.text("id"));
    const { item, samples } = readItem(entry);
    return { wire: item, sound: storeOf(samples) };
  });
}

function readMetadata(fields: Fields): Record<string, string> {
  const param = fields.path("metadata");
  const { pairs, keyChars, valueChars } = MAX_METADATA;
  fields.object("metadata");
  const entries = Object.entries(fields.raw("metadata") as Readonly<Record<string, unknown>>);
  const isLegal = ([key, value]: readonly [string, unknown]): boolean =>
    key.length <= keyChars && typeof value === "string" && value.length <= valueChars;
  if (entries.length <= pairs && entries.every(isLegal)) return Object.fromEntries(entries) as Record<string, string>;
  const rule = `at most ${pairs} keys of ${keyChars} characters, with strings of ${valueChars}`;
  throw wrongValue(param, rule, fields.raw("metadata"));
}
