/** What an attribute of a span can be. */
export type SpanAttribute = string | number | boolean | string[];

/** Attributes of a span. */
export type SpanAttributesLike = Record<string, SpanAttribute>;

/** Of OpenTelemetry's `Span`, what is used here. */
export interface SpanLike {
  setAttribute(name: string, value: SpanAttribute): unknown;
  setAttributes(attributes: SpanAttributesLike): unknown;
  setStatus(status: { code: 2; message?: string }): unknown;
  recordException(exception: Error | string, timeMs?: number): void;
  end(endTimeMs?: number): void;
}

/**
 * Of OpenTelemetry's `Tracer`, what is used here: `trace.getTracer("…")` of `@opentelemetry/api` is one. Times are ms since
 * 1970.
 *
 * @see https://open-telemetry.github.io/opentelemetry-js/interfaces/_opentelemetry_api.Tracer.html
 */
export interface TracerLike<Span extends SpanLike = SpanLike, Context = unknown> {
  startSpan(name: string, options?: { startTime?: number; attributes?: SpanAttributesLike }, context?: Context): Span;
}
