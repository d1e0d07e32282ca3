import type { SttCapabilities } from "../contract.ts";
import { normalizeLanguage } from "../language.ts";
import { capabilitiesOf, familyOf, parseModel, type Extra, type ModelFamily, type ModelName } from "./models.ts";
import { extraOf, fixedSettings, stringOf } from "./options.ts";
import type { FixedSettings, LivekitModelOptions, LivekitUpdateOptions } from "./options.ts";
import type { SessionCreate, SessionUpdate } from "./wire.ts";

/** AssemblyAI takes no more context than that, in characters; what was said last matters most. */
const CONTEXT_CHARS = 1_750;

/** What was asked for: the session's key terms and the agent's context never become part of `extra`. */
interface Wishes {
  readonly name: ModelName;
  readonly language: string;
  readonly extra: Extra;
  readonly keyterms: readonly string[] | undefined;
  readonly agentContext: string;
}

/** The newest options, and what follows from them. Pure. */
export class LivekitSettings {
  readonly #fixed: FixedSettings;
  #wishes: Wishes = { name: parseModel(), language: "", extra: {}, keyterms: undefined, agentContext: "" };
  #create: SessionCreate;

  /** @throws TypeError or RangeError that names the option, the rule and the value. */
  constructor(options: LivekitModelOptions) {
    this.#fixed = fixedSettings(options);
    this.#create = this.update(options);
  }

  /** `"auto"` where LiveKit chooses. */
  get model(): string {
    return this.#wishes.name.model;
  }

  /** The part of the model's name before the slash; `"livekit"` where LiveKit chooses. */
  get provider(): string {
    return this.#wishes.name.provider;
  }

  /** What the model, and those that may take its place, can do. */
  get capabilities(): SttCapabilities {
    const fallbacks = this.#fixed.fallback?.models.map(({ model }) => model);
    return capabilitiesOf(this.model, this.#wishes.extra, fallbacks);
  }

  /** How a session begins now. */
  get create(): SessionCreate {
    return this.#create;
  }

  /**
   * Takes changes, and returns how a session begins from now on.
   *
   * @throws TypeError that names the option, the rule and the value; then nothing has changed.
   */
  update(changes: LivekitUpdateOptions): SessionCreate {
    const before = this.#wishes;
    const { model, extra = {}, keyterms, agentContext = before.agentContext } = changes;
    const name = model === undefined ? before.name : parseModel(model);
    const language = changes.language ?? (model === undefined ? undefined : name.language) ?? before.language;
    this.#wishes = {
      name,
      language: normalizeLanguage(stringOf(language, "stt.language")),
      extra: { ...before.extra, ...extraOf(extra, "stt.extra") },
      keyterms: keyterms ? termsOf(keyterms) : before.keyterms,
      agentContext: stringOf(agentContext, "stt.agentContext"),
    };
    this.#create = {
      settings: {
        sample_rate: "16000",
        encoding: "pcm_s16le",
        extra: wireExtra(this.#wishes),
        ...(this.#wishes.language === "" ? {} : { language: this.#wishes.language }),
      },
      ...(name.model === "auto" ? {} : { model: name.model }),
      ...this.#fixed,
      type: "session.create",
    };
    return this.#create;
  }
}

/** What to tell a session that began as `before`, so that it goes on as if it had begun as `after`: only what changes. */
export function changesBetween(before: SessionCreate, after: SessionCreate): SessionUpdate["settings"] | undefined {
  const { language, extra } = after.settings;
  const changed = Object.entries(extra).filter(([key, value]) => !isSame(value, before.settings.extra[key]));
  const changes = {
    ...(after.model === before.model ? {} : { model: after.model ?? "auto" }),
    ...(language === undefined || language === before.settings.language ? {} : { language }),
    ...(changed.length === 0 ? {} : { extra: Object.fromEntries(changed) }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function wireExtra({ name, extra, keyterms, agentContext }: Wishes): Extra {
  const { keyTerms: key, takesAgentContext } = familyOf(name.model);
  const context = takesAgentContext ? lastCharacters(agentContext, CONTEXT_CHARS) : "";
  return {
    ...extra,
    ...(key && keyterms ? { [key]: withTerms(key, extra[key], keyterms) } : {}),
    ...(context === "" ? {} : { agent_context: context }),
  };
}

/** The end of a text, which begins with a whole character. */
function lastCharacters(text: string, count: number): string {
  return text.slice(-count).replace(/^[\uDC00-\uDFFF]/, "");
}

/** The app's own terms first, as they are, then those of the session that are not among them. */
function withTerms(key: ModelFamily["keyTerms"], own: unknown, terms: readonly string[]): unknown[] {
  const given: unknown[] = [own ?? []].flat();
  if (key !== "additional_vocab") return [...new Set([...given, ...terms])];
  const known = new Set(given.map((entry) => (entry as { content?: unknown } | null)?.content));
  return [...given, ...terms.filter((term) => !known.has(term)).map((content) => ({ content }))];
}

function termsOf(keyterms: readonly string[]): string[] {
  if (!Array.isArray(keyterms))
    throw new TypeError(`stt.keyterms must be a list of strings, got ${JSON.stringify(keyterms)}`);
  return [...new Set(keyterms.map((term) => stringOf(term, "stt.keyterms")))];
}
