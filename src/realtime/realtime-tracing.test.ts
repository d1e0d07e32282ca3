import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { VoiceError } from "../errors.ts";
import type { RealtimeEvent } from "./realtime-event.ts";
import { realtimeTracing } from "./realtime-tracing.ts";

const EVENTS: readonly RealtimeEvent[] = [
  { type: "connecting", attempt: 1 },
  { type: "session-ready", sessionId: "s", isReconnect: false },
  { type: "input-transcript", itemId: "u", contentIndex: 0, text: "hel", isFinal: false },
  { type: "input-transcript", itemId: "u", contentIndex: 0, text: "hello", isFinal: true },
  { type: "response-requested", clientEventId: "vv_1" },
  { type: "response-created", responseId: "r", isOutOfBand: false },
  { type: "function-call", callId: "c", name: "weather", arguments: { a: 1 }, responseId: "r", itemId: "i" },
  {
    type: "response-done",
    responseId: "r",
    status: "failed",
    error: new VoiceError("gateway-rejected", "no"),
    items: [],
    isOutOfBand: false,
    usage: { inputTokens: 3, outputTokens: 4 },
    times: { firstAudioMs: 250, totalMs: 300 },
  },
  { type: "response-requested", clientEventId: "vv_2" },
  { type: "closed" },
];

test.each([true, false])("a client's work is spans of the names that Pipecat gives them (texts: %s)", (recordsText) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const trace = realtimeTracing({ tracer: provider.getTracer("test"), recordsText });
  EVENTS.forEach(trace);
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name, status }) => [name, status.code])).toEqual([
    ["llm_setup", 0],
    ["stt", 0],
    ["llm_request", 0],
    ["tool_call", 0],
    ["llm_response", 2],
    ["llm_request", 0],
  ]);
  expect(spans[4]?.attributes).toMatchObject({
    "gen_ai.response.id": "r",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.output_tokens": 4,
    ttfb: 0.25,
    status: "failed",
  });
  expect([spans[1]?.attributes["transcript"], spans[3]?.attributes["gen_ai.tool.call.arguments"]]).toEqual(
    recordsText ? ["hello", '{"a":1}'] : [undefined, undefined],
  );
});
