import type { WireUsage } from "../../src/realtime/wire.ts";
import type { StoredItem } from "./conversation.ts";
import { WIRE_RATE_HZ } from "./pcm24.ts";

/** OpenAI counts a token for 100 ms of what is heard, and one for 50 ms of what is said. */
const HEARD_TOKENS_PER_SECOND = 10;
const SAID_TOKENS_PER_SECOND = 20;
const CHARS_PER_TOKEN = 4;

/** Tokens, by what they are of. */
export interface Tokens {
  readonly text: number;
  readonly audio: number;
}

/** About how many tokens a text has. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

/** Tokens of the user's sound, by its samples at 24 kHz. */
export function heardTokens(samples: number): number {
  return Math.ceil((samples * HEARD_TOKENS_PER_SECOND) / WIRE_RATE_HZ);
}

/** Tokens of an answer's sound, by its samples at 24 kHz. */
export function saidTokens(samples: number): number {
  return Math.ceil((samples * SAID_TOKENS_PER_SECOND) / WIRE_RATE_HZ);
}

/** What a model would have to read. */
export function contextTokens(instructions: string, items: readonly StoredItem[]): Tokens {
  let [text, audio] = [textTokens(instructions), 0];
  for (const { wire, sound } of items) {
    const samples = sound.to - sound.from;
    if (wire.type === "message") {
      for (const part of wire.content) if ("text" in part) text += textTokens(part.text);
      if (wire.role === "assistant") audio += saidTokens(samples);
      else audio += heardTokens(samples);
    } else text += textTokens(wire.type === "function_call" ? wire.arguments : wire.output);
  }
  return { text, audio };
}

/** What an answer cost, as `response.done` tells it. */
export function usageOf(input: Tokens, output: Tokens): WireUsage {
  const [inputTokens, outputTokens] = [input.text + input.audio, output.text + output.audio];
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: output.text, audio_tokens: output.audio },
  };
}
