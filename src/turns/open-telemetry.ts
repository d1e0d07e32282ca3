import type {
  DecisionRecord,
  RecordedDecision,
  RecordedTurn,
  TelemetryContext,
  TelemetrySource,
  TurnAbandonment,
  TurnTelemetry,
} from "./telemetry.ts";
import type { SpanAttributesLike, SpanLike, TracerLike } from "./tracer-like.ts";

/** How turns are traced. */
export interface OpenTelemetryOptions<Span extends SpanLike = SpanLike, Context = unknown> {
  /** `trace.getTracer("…")` of `@opentelemetry/api`, or anything like it. */
  readonly tracer: TracerLike<Span, Context>;
  /**
   * Makes a span the parent of others: `(span) => trace.setSpan(context.active(), span)`.
   *
   * @defaultValue all spans stand side by side
   */
  readonly contextOf?: (span: Span) => Context;
  /** Whether spans hold what was said. Set it to false where traces must hold nothing personal. @defaultValue true */
  readonly recordsText?: boolean;
  /** Called once if the tracer throws; nothing more is traced then. @defaultValue it is silent */
  readonly onError?: (error: unknown) => void;
}

/** Of the conversation that a detector reads, a span holds the last so many messages. LiveKit Agents' number. */
const MAX_MESSAGES = 6;
const ERROR_STATUS = 2;

/**
 * Traces turns: a span `user_turn` for each, and in it `user_speaking` and `eou_detection`, with LiveKit Agents' names and
 * attributes (delays in seconds). What is not known is left out. A tracer that throws holds no turn up.
 */
export function openTelemetry<Span extends SpanLike, Context>(
  options: OpenTelemetryOptions<Span, Context>,
): TelemetrySource {
  return (context) => new TurnSpans(options, context);
}

class TurnSpans<Span extends SpanLike, Context> implements TurnTelemetry {
  readonly #options: OpenTelemetryOptions<Span, Context>;
  readonly #context: TelemetryContext;
  #turn: Span | undefined;
  #speech: Span | undefined;
  #isInterruption = false;
  #decisions = new Set<Span>();
  #requestIds: string[] = [];
  #isBroken = false;

  constructor(options: OpenTelemetryOptions<Span, Context>, context: TelemetryContext) {
    this.#options = options;
    this.#context = context;
  }

  turnNoticed(atSample: number): void {
    this.#try(() => this.#openTurn(atSample));
  }

  speechStarted(startSample: number): void {
    this.#try(() => {
      this.#openTurn(startSample);
      this.#speech ??= this.#start("user_speaking", startSample);
    });
  }

  speechEnded(endSample: number): void {
    this.#try(() => this.#endSpeech(endSample));
  }

  interruptionJudged(isInterruption: boolean): void {
    this.#try(() => {
      if (this.#isInterruption) return;
      this.#isInterruption = isInterruption && this.#speech !== undefined;
      this.#speech?.setAttribute("lk.is_interruption", String(isInterruption));
    });
  }

  requestNoticed(requestId: string): void {
    if (requestId !== "" && !this.#requestIds.includes(requestId)) this.#requestIds.push(requestId);
  }

  decisionStarted(messages: readonly { readonly role: string; readonly text: string }[], at: number): DecisionRecord {
    let span: Span | undefined;
    this.#try(() => {
      this.#openTurn(at);
      span = this.#start("eou_detection", at);
      this.#decisions.add(span);
      if (this.#recordsText) span.setAttribute("lk.chat_ctx", JSON.stringify(messages.slice(-MAX_MESSAGES)));
    });
    const end = (atSample: number, describe: (span: Span) => void = () => undefined): void => {
      this.#try(() => {
        if (!span || !this.#decisions.delete(span)) return;
        describe(span);
        this.#end(span, atSample);
      });
    };
    return {
      end: (decision, atSample) => end(atSample, (own) => own.setAttributes(decisionAttributes(decision))),
      fail: (error, decision, atSample) =>
        end(atSample, (own) => {
          own.setAttributes(decisionAttributes(decision));
          this.#fail(own, error, atSample);
        }),
      cancel: (atSample) => end(atSample),
    };
  }

  turnCommitted(turn: RecordedTurn, atSample: number): void {
    this.#try(() => {
      this.#openTurn(atSample).setAttributes(turnAttributes(turn, this.#recordsText));
      this.#endTurn(atSample);
    });
  }

  turnAbandoned(why: TurnAbandonment, atSample: number, error?: unknown): void {
    this.#try(() => {
      if (this.#turn && why === "failed") this.#fail(this.#turn, error, atSample);
      this.#endTurn(atSample);
      if (why === "stopped") this.#endSpeech(atSample); // else the person may well go on
      this.#requestIds = [];
    });
  }

  get #recordsText(): boolean {
    return this.#options.recordsText ?? true;
  }

  #openTurn(atSample: number): Span {
    if (this.#turn) return this.#turn;
    const { sttModel, sttProvider } = this.#context;
    const attributes: SpanAttributesLike = {};
    if (sttModel !== undefined) attributes["gen_ai.request.model"] = sttModel;
    if (sttProvider !== undefined) attributes["gen_ai.provider.name"] = sttProvider;
    return (this.#turn = this.#start("user_turn", atSample, attributes));
  }

  /** Ends the turn's span; speech that goes on belongs to the next one, and keeps its own. */
  #endTurn(atSample: number): void {
    const turn = this.#turn;
    if (!turn) return;
    this.#turn = undefined;
    for (const span of [...this.#decisions]) {
      this.#decisions.delete(span);
      this.#end(span, atSample);
    }
    if (this.#requestIds.length > 0) turn.setAttribute("lk.provider_request_ids", this.#requestIds);
    this.#requestIds = [];
    this.#end(turn, atSample);
  }

  #endSpeech(atSample: number): void {
    const speech = this.#speech;
    if (!speech) return;
    this.#speech = undefined;
    this.#isInterruption = false;
    this.#end(speech, atSample);
  }

  #start(name: string, atSample: number, attributes: SpanAttributesLike = {}): Span {
    const { tracer, contextOf } = this.#options;
    const options = { startTime: this.#context.epochMsOf(atSample), attributes };
    const context = this.#turn && contextOf?.(this.#turn);
    return context === undefined ? tracer.startSpan(name, options) : tracer.startSpan(name, options, context);
  }

  #end(span: Span, atSample: number): void {
    span.end(this.#context.epochMsOf(atSample));
  }

  #fail(span: Span, error: unknown, atSample: number): void {
    const exception = error instanceof Error ? error : String(error);
    span.recordException(exception, this.#context.epochMsOf(atSample));
    span.setStatus({ code: ERROR_STATUS, message: error instanceof Error ? error.message : String(error) });
  }

  #try(record: () => void): void {
    if (this.#isBroken) return;
    try {
      record();
    } catch (error) {
      this.#isBroken = true;
      for (const span of [this.#turn, this.#speech, ...this.#decisions]) endAnyhow(span);
      this.#options.onError?.(error);
    }
  }
}

function endAnyhow(span: SpanLike | undefined): void {
  try {
    span?.end();
  } catch {
    // It was for a tracer that throws: there is nobody left to tell.
  }
}

function decisionAttributes({ probability, threshold, delayMs, language }: RecordedDecision): SpanAttributesLike {
  return given({
    "lk.eou.probability": probability,
    "lk.eou.unlikely_threshold": threshold,
    "lk.eou.endpointing_delay": delayMs / 1_000,
    "lk.eou.language": language,
  });
}

function turnAttributes(turn: RecordedTurn, recordsText: boolean): SpanAttributesLike {
  return given({
    "lk.user_transcript": recordsText ? turn.transcript : undefined,
    "lk.transcript_confidence": turn.confidence,
    "lk.transcription_delay": turn.transcriptionDelayMs && turn.transcriptionDelayMs / 1_000,
    "lk.end_of_turn_delay": turn.endOfTurnDelayMs && turn.endOfTurnDelayMs / 1_000,
  });
}

function given(attributes: Readonly<Record<string, string | number | undefined>>): SpanAttributesLike {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as SpanAttributesLike;
}
