import type { RealtimeEvent, RealtimeUsage } from "./realtime-event.ts";

/** What is noted with a span. */
export type RealtimeSpanAttributes = Record<string, string | number | boolean>;

/** Of OpenTelemetry's `Span`, what is used here. */
export interface RealtimeSpan {
  /** Notes facts. */
  setAttributes(attributes: RealtimeSpanAttributes): unknown;
  /** Notes that it failed: code 2. */
  setStatus(status: { code: 2; message?: string }): unknown;
  /** Ends it now. */
  end(): void;
}

/** Of OpenTelemetry's `Tracer`, what is used here: `trace.getTracer("…")` of `@opentelemetry/api` is one. */
export interface RealtimeTracer {
  /** Begins a span now. */
  startSpan(name: string, options?: { attributes?: RealtimeSpanAttributes }): RealtimeSpan;
}

/** How a realtime client is traced. */
export interface RealtimeTracingOptions {
  /** `trace.getTracer("…")` of `@opentelemetry/api`, or anything like it. */
  readonly tracer: RealtimeTracer;
  /** Whether spans hold what was said. Set it to false where traces must hold nothing personal. @defaultValue true */
  readonly recordsText?: boolean;
}

/**
 * Traces a client, as its option `tracing`: spans `llm_setup` (a session is made), `llm_request` (an answer is asked
 * for), `llm_response` (it is made), `tool_call` (asked for) and `stt` (what was said).
 */
export function realtimeTracing({
  tracer,
  recordsText = true,
}: RealtimeTracingOptions): (event: RealtimeEvent) => void {
  const open = new Map<string, RealtimeSpan>();
  const start = (key: string, name: string, attributes: RealtimeSpanAttributes = {}): void => {
    finish(key);
    open.set(key, tracer.startSpan(name, { attributes: { "gen_ai.provider.name": "openai", ...attributes } }));
  };
  const finish = (key: string, attributes: RealtimeSpanAttributes = {}, error?: Error): void => {
    const span = open.get(key);
    open.delete(key);
    span?.setAttributes(attributes);
    if (error) span?.setStatus({ code: 2, message: error.message });
    span?.end();
  };
  const finishAll = (error: Error | undefined): void => [...open.keys()].forEach((key) => finish(key, {}, error));
  return (event) => {
    switch (event.type) {
      case "connecting":
        return start("setup", "llm_setup", { attempt: event.attempt });
      case "session-ready":
        return finish("setup", { "session.id": event.sessionId, is_reconnect: event.isReconnect });
      case "reconnecting":
      case "closed":
        return finishAll(event.error);
      case "response-requested":
        return start("request", "llm_request");
      case "response-created":
        if (!event.isOutOfBand) finish("request", { "gen_ai.response.id": event.responseId });
        return start(event.responseId, "llm_response", { "gen_ai.response.id": event.responseId });
      case "function-call":
        start(event.callId, "tool_call", { "gen_ai.tool.name": event.name, "gen_ai.tool.call.id": event.callId });
        return finish(
          event.callId,
          recordsText ? { "gen_ai.tool.call.arguments": JSON.stringify(event.arguments) } : {},
        );
      case "response-done": {
        const { firstTextMs, firstAudioMs } = event.times;
        const times = known({ ttft: inSeconds(firstTextMs), ttfb: inSeconds(firstAudioMs) });
        const attributes = { status: event.status, ...usageAttributes(event.usage), ...times };
        return finish(event.responseId, attributes, event.error);
      }
      case "input-transcript":
        if (!event.isFinal) return;
        start(event.itemId, "stt", recordsText ? { transcript: event.text, is_final: true } : { is_final: true });
        return finish(event.itemId);
      default:
    }
  };
}

function usageAttributes(usage: RealtimeUsage = {}): RealtimeSpanAttributes {
  return known({
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.inputTokenDetails?.cachedTokens,
  });
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}

function known(attributes: Readonly<Record<string, number | undefined>>): RealtimeSpanAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Record<
    string,
    number
  >;
}
