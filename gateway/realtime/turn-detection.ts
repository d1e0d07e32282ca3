import type { WireTurnDetection } from "../../src/realtime/wire.ts";
import type { Fields } from "./fields.ts";

type ServerVad = Extract<WireTurnDetection, { type: "server_vad" }>;
type SemanticVad = Extract<WireTurnDetection, { type: "semantic_vad" }>;
type Eagerness = NonNullable<SemanticVad["eagerness"]>;

/** How the server listens for turns. */
export interface Listening {
  /** Silence that ends speech, in ms. */
  readonly endSilenceMs: number;
  /** How much from before the onset belongs to speech, in ms. */
  readonly prefixMs: number;
  /** Whether the end of speech brings about an answer. */
  readonly createsResponse: boolean;
  /** Whether speech cuts an answer off. */
  readonly interruptsResponse: boolean;
  /** How long nobody may speak after an answer before the model does again, in ms; undefined: for ever. */
  readonly idleMs: number | undefined;
}

/** What a session begins with. */
export const SERVER_VAD: ServerVad = {
  type: "server_vad",
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};

const SEMANTIC_VAD: SemanticVad = {
  type: "semantic_vad",
  eagerness: "auto",
  create_response: true,
  interrupt_response: true,
};

/** This server does not understand what is said: eagerness is how long it waits, in ms. */
const SILENCE_BY_EAGERNESS_MS = { low: 1_200, medium: 700, auto: 700, high: 400 } as const;
const SEMANTIC_PREFIX_MS = 300;

/** Merges an update into what was, or into the defaults if it was of another kind or off. @throws RealtimeError. */
export function readTurnDetection(fields: Fields, current: WireTurnDetection | null): WireTurnDetection {
  const kind = fields.optional(
    "type",
    () => fields.oneOf("type", ["server_vad", "semantic_vad"] as const),
    current?.type,
  );
  if (kind === "semantic_vad") return readSemanticVad(fields, current?.type === kind ? current : SEMANTIC_VAD);
  return readServerVad(fields, current?.type === "server_vad" ? current : SERVER_VAD);
}

function readServerVad(fields: Fields, base: ServerVad): ServerVad {
  fields.allowOnly(Object.keys(SERVER_VAD));
  const ms = (key: "prefix_padding_ms" | "silence_duration_ms", min: number): number =>
    fields.optional(key, () => fields.whole(key, { min, max: 60_000 }), base[key] ?? min);
  const idle = { min: 1_000, max: 600_000 };
  return {
    type: "server_vad",
    threshold: fields.optional("threshold", (key) => fields.number(key, { min: 0, max: 1 }), base.threshold ?? 0.5),
    prefix_padding_ms: ms("prefix_padding_ms", 0),
    silence_duration_ms: ms("silence_duration_ms", 10),
    idle_timeout_ms: fields.nullable("idle_timeout_ms", (key) => fields.whole(key, idle), base.idle_timeout_ms ?? null),
    ...readFlags(fields, base),
  };
}

function readSemanticVad(fields: Fields, base: SemanticVad): SemanticVad {
  fields.allowOnly(Object.keys(SEMANTIC_VAD));
  const eagerness = (): Eagerness => fields.oneOf("eagerness", ["low", "medium", "high", "auto"] as const);
  return {
    type: "semantic_vad",
    eagerness: fields.optional("eagerness", eagerness, base.eagerness ?? "auto"),
    ...readFlags(fields, base),
  };
}

function readFlags(
  fields: Fields,
  { create_response = true, interrupt_response = true }: WireTurnDetection,
): { create_response: boolean; interrupt_response: boolean } {
  return {
    create_response: fields.optional("create_response", (key) => fields.flag(key), create_response),
    interrupt_response: fields.optional("interrupt_response", (key) => fields.flag(key), interrupt_response),
  };
}

/** What a session's setting means here; undefined if the client ends turns itself. */
export function listeningOf(setting: WireTurnDetection | null): Listening | undefined {
  if (setting === null) return undefined;
  const { create_response: createsResponse = true, interrupt_response: interruptsResponse = true } = setting;
  if (setting.type === "semantic_vad") {
    const endSilenceMs = SILENCE_BY_EAGERNESS_MS[setting.eagerness ?? "auto"];
    return { endSilenceMs, prefixMs: SEMANTIC_PREFIX_MS, createsResponse, interruptsResponse, idleMs: undefined };
  }
  return {
    endSilenceMs: setting.silence_duration_ms ?? 500,
    prefixMs: setting.prefix_padding_ms ?? 300,
    createsResponse,
    interruptsResponse,
    idleMs: setting.idle_timeout_ms ?? undefined,
  };
}
