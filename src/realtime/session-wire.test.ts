import { expect, test } from "vitest";
import { changesToWire, checkSettings, responseToWire } from "./session-wire.ts";

test("every setting has its place on the wire", () => {
  const settings = {
    outputModality: "audio",
    instructions: "",
    prompt: { id: "p", version: "2", variables: { firstName: "Ada" } },
    voice: { id: "voice_1" },
    tools: [
      { name: "weather", parameters: { type: "object", properties: { cityName: { type: "string" } } } },
      { type: "mcp", serverLabel: "docs", serverUrl: "https://docs.test", headers: { "X-Some-Key": "1" } },
    ],
    toolChoice: { type: "mcp", serverLabel: "docs" },
    parallelToolCalls: false,
    reasoningEffort: "low",
    maxOutputTokens: 4_096,
    speed: 0.25,
    turnDetection: {
      type: "server_vad",
      threshold: 0.4,
      prefixPaddingMs: 1,
      silenceDurationMs: 2,
      idleTimeoutMs: null,
    },
    transcription: { model: "gpt-4o-transcribe", language: "en" },
    noiseReduction: "near_field",
    truncation: { type: "retention_ratio", retentionRatio: 0.8, tokenLimits: { postInstructions: 8_000 } },
    tracing: { workflowName: "w", groupId: "g", metadata: { someKey: 1 } },
    include: ["item.input_audio_transcription.logprobs"],
  } as const;
  checkSettings(settings, "session");
  expect(changesToWire(settings)).toEqual({
    type: "realtime",
    output_modalities: ["audio"],
    instructions: "",
    prompt: { id: "p", version: "2", variables: { firstName: "Ada" } },
    audio: {
      input: {
        turn_detection: {
          type: "server_vad",
          threshold: 0.4,
          prefix_padding_ms: 1,
          silence_duration_ms: 2,
          idle_timeout_ms: null,
        },
        transcription: { model: "gpt-4o-transcribe", language: "en" },
        noise_reduction: { type: "near_field" },
      },
      output: { voice: { id: "voice_1" }, speed: 0.25 },
    },
    tools: [
      {
        type: "function",
        name: "weather",
        parameters: { type: "object", properties: { cityName: { type: "string" } } },
      },
      { type: "mcp", server_label: "docs", server_url: "https://docs.test", headers: { "X-Some-Key": "1" } },
    ],
    tool_choice: { type: "mcp", server_label: "docs" },
    parallel_tool_calls: false,
    reasoning: { effort: "low" },
    max_output_tokens: 4_096,
    truncation: { type: "retention_ratio", retention_ratio: 0.8, token_limits: { post_instructions: 8_000 } },
    tracing: { workflow_name: "w", group_id: "g", metadata: { someKey: 1 } },
    include: ["item.input_audio_transcription.logprobs"],
  });
});

test("OpenAI's example of an answer beside the conversation", () => {
  const input = [
    { type: "item_reference", id: "item_12345" },
    {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "Summarize the above message in one sentence." }],
    },
  ] as const;
  const settings = {
    instructions: "Provide a concise answer.",
    tools: [],
    conversation: "none",
    outputModality: "text",
    metadata: { response_purpose: "summarization" },
    input,
  } as const;
  checkSettings(settings, "response");
  expect(responseToWire(settings)).toEqual({
    instructions: "Provide a concise answer.",
    tools: [],
    conversation: "none",
    output_modalities: ["text"],
    metadata: { response_purpose: "summarization" },
    input,
  });
});

test.each<[object, string]>([
  [{ outputModality: "both" }, 'session.outputModality must be one of audio, text, got "both"'],
  [{ speed: 1.6 }, "session.speed must be in [0.25, 1.5], got 1.6"],
  [{ speed: NaN }, "session.speed must be in [0.25, 1.5], got NaN"],
  [{ maxOutputTokens: 0 }, "session.maxOutputTokens must be in [1, 4096], got 0"],
  [{ noiseReduction: "loud" }, "session.noiseReduction must be one of near_field, far_field"],
  [{ reasoningEffort: "most" }, "session.reasoningEffort must be one of"],
  [{ turnDetection: { type: "vad" } }, "session.turnDetection.type must be one of server_vad, semantic_vad"],
  [{ turnDetection: {} }, "session.turnDetection.type must be one of server_vad, semantic_vad"],
  [{ turnDetection: { type: "server_vad", threshold: 7 } }, "session.turnDetection.threshold must be in [0, 1], got 7"],
  [{ turnDetection: { type: "server_vad", silenceDurationMs: -1 } }, "session.turnDetection.silenceDurationMs must be"],
  [{ turnDetection: { type: "semantic_vad", eagerness: "max" } }, "session.turnDetection.eagerness must be one of"],
  [
    { truncation: { type: "retention_ratio", retentionRatio: 2 } },
    "session.truncation.retentionRatio must be in [0, 1]",
  ],
  [{ tools: [{ name: "a b" }] }, 'session.tools[0].name must be 1 to 64 letters, digits, _ or -, got "a b"'],
  [{ voice: null }, "session.voice must not be null: leave it out"],
])("%j is refused: %s", (settings, why) => {
  expect(() => checkSettings(settings, "session")).toThrow(why);
});
