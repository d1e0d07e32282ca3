import type { TokenFunction } from "../../net/token.ts";
import { connectionSettings, type ConnectionOptions } from "../connection-options.ts";
import type { ExtraOf, ModelString } from "./extra-by-model.ts";
import { parseModel, type Extra } from "./models.ts";
import type { SessionCreate } from "./wire.ts";

/** A model that LiveKit takes instead when the first one fails; it learns of no language but the session's. */
export interface FallbackModel {
  /** `"provider/model"`; a `:language` is dropped. */
  readonly model: string;
  /** Options of that model, passed on as they are. */
  readonly extra?: Extra;
}

/** What the gateway does towards the model's provider. */
export interface UpstreamOptions {
  /** How long the provider may take to answer, in ms, in (0, 600000]. @defaultValue 10000 */
  readonly timeoutMs?: number;
  /** Attempts after one that failed, a whole number in 0..1000. @defaultValue 3 */
  readonly maxRetries?: number;
}

/** What is asked of LiveKit Inference, wherever it is. */
export interface LivekitModelOptions<M extends ModelString = string> {
  /**
   * `"provider/model"` or `"provider/model:language"`, such as `"deepgram/nova-3:en"`; `"auto"` lets LiveKit choose by
   * language. @defaultValue "auto"
   */
  readonly model?: M;
  /** Fetches a short-lived token, once per connection. No long-lived secret belongs in a page. */
  readonly token: TokenFunction;
  /** BCP 47 tag, ISO 639 code or English name; wins over the one in `model`. @defaultValue the model's own */
  readonly language?: string;
  /** Options of the model itself, by the provider's own names, passed on as they are. @defaultValue none */
  readonly extra?: ExtraOf<M>;
  /** What LiveKit takes instead when the model fails, in this order. @defaultValue nothing */
  readonly fallback?: string | FallbackModel | readonly (string | FallbackModel)[];
  /** How audio goes over the wire: 16-bit little-endian PCM, the only kind there is. @defaultValue "pcm_s16le" */
  readonly encoding?: "pcm_s16le";
  /** Rate of the audio on the wire, in Hz: that of the whole pipeline, the only one there is. @defaultValue 16000 */
  readonly sampleRate?: 16_000;
  /** How hard this page tries to reach the gateway. */
  readonly connection?: ConnectionOptions;
  /** How hard the gateway tries to reach the provider. */
  readonly upstream?: UpstreamOptions;
}

/** What may change while streams run. Where the model cannot change a live stream, it counts from the next connection. */
export interface LivekitUpdateOptions<M extends ModelString = string> {
  /**
   * Another model; its `:language` counts unless `language` is given. Not one that ends turns itself in place of one that
   * does not, or the other way round, while a session runs: its gate was chosen for the first. @defaultValue unchanged
   */
  readonly model?: M;
  /** BCP 47 tag, ISO 639 code or English name. @defaultValue unchanged */
  readonly language?: string;
  /** Options of the model to add or replace; others stay, also those of an earlier model. @defaultValue unchanged */
  readonly extra?: ExtraOf<M>;
  /**
   * Names and terms to expect in this session, beside those in `extra`; they replace the ones given before. A model that
   * takes none is told none. @defaultValue unchanged
   */
  readonly keyterms?: readonly string[];
  /**
   * What was said to the person last; its last 1750 characters serve as context. Only AssemblyAI's `u3-rt-pro` and
   * `universal-3-5-pro` take it. @defaultValue unchanged
   */
  readonly agentContext?: string;
}

/** What a session is created with that never changes. */
export type FixedSettings = Pick<SessionCreate, "fallback" | "connection">;

/**
 * Checks what never changes.
 *
 * @throws TypeError or RangeError that names the option, the rule and the value.
 */
export function fixedSettings(options: LivekitModelOptions): FixedSettings {
  objectOf(options, "stt");
  const { token, encoding = "pcm_s16le", sampleRate = 16_000 } = options;
  if (typeof token !== "function") throw new TypeError("stt.token must be a function that fetches a token");
  if (encoding !== "pcm_s16le") throw new RangeError(`stt.encoding must be "pcm_s16le", got ${quote(encoding)}`);
  if (sampleRate !== 16_000) throw new RangeError(`stt.sampleRate must be 16000, got ${quote(sampleRate)}`);
  connectionSettings(objectOf(options.connection ?? {}, "stt.connection"));
  const { timeoutMs = 10_000, maxRetries = 3 } = objectOf(options.upstream ?? {}, "stt.upstream") as UpstreamOptions;
  if (!(timeoutMs > 0 && timeoutMs <= 600_000)) {
    throw new RangeError(`stt.upstream.timeoutMs must be in (0, 600000] ms, got ${timeoutMs}`);
  }
  if (!(Number.isInteger(maxRetries) && maxRetries >= 0 && maxRetries <= 1_000)) {
    throw new RangeError(`stt.upstream.maxRetries must be a whole number in [0, 1000], got ${maxRetries}`);
  }
  const models = [options.fallback ?? []].flat().map(fallbackModel);
  return {
    ...(models.length === 0 ? {} : { fallback: { models } }),
    connection: { timeout: timeoutMs / 1_000, retries: maxRetries },
  };
}

function fallbackModel(fallback: unknown): { model: string; extra: Extra | null } {
  const given = typeof fallback === "string" ? { model: fallback } : objectOf(fallback, "stt.fallback");
  const { model = "", extra } = given as Partial<FallbackModel>;
  return {
    model: parseModel(model, "stt.fallback").model,
    extra: extra === undefined ? null : extraOf(extra, "stt.fallback.extra"),
  };
}

/**
 * A copy of a model's options as JSON carries them: what the caller changes later does not count.
 *
 * @throws TypeError if it is no object, or no JSON.
 */
export function extraOf(value: unknown, path: string): Extra {
  return JSON.parse(JSON.stringify(objectOf(value, path))) as Extra;
}

/**
 * The value, if it is a string.
 *
 * @throws TypeError for anything else.
 */
export function stringOf(value: unknown, path: string): string {
  if (typeof value !== "string") throw new TypeError(`${path} must be a string, got ${quote(value)}`);
  return value;
}

function objectOf(value: unknown, path: string): Extra {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Extra;
  throw new TypeError(`${path} must be an object, got ${quote(value)}`);
}

function quote(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
