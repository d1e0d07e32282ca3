import { RealtimeError } from "./realtime-error.ts";

/** A range of numbers, both ends included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Reads a JSON object's fields, and names the path of the one at fault. `undefined` and a field that is not there are one. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  private constructor(values: Readonly<Record<string, unknown>>, path: string) {
    this.#values = values;
    this.#path = path;
  }

  /** The fields of the object at `path`. @throws RealtimeError `missing_required_parameter` or `invalid_type`. */
  static of(value: unknown, path: string): Fields {
    if (value === undefined) throw missing(path);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(path, "an object", value);
    return new Fields(value as Readonly<Record<string, unknown>>, path);
  }

  /** Where a field is, for messages. */
  path(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  /** True if the field is there, be it `null`. */
  has(key: string): boolean {
    return Object.hasOwn(this.#values, key) && this.#values[key] !== undefined;
  }

  /** Whatever is there. */
  raw(key: string): unknown {
    return this.has(key) ? this.#values[key] : undefined;
  }

  /** An object's fields. @throws RealtimeError if there is none. */
  object(key: string): Fields {
    return Fields.of(this.raw(key), this.path(key));
  }

  /** A string. @throws RealtimeError if there is none. */
  text(key: string): string {
    const value = this.raw(key);
    if (value === undefined) throw missing(this.path(key));
    if (typeof value !== "string") throw wrongType(this.path(key), "a string", value);
    return value;
  }

  /** A string, if there is one; `null` is none. @throws RealtimeError if there is something else. */
  textOrNone(key: string): string | undefined {
    return this.raw(key) === null || !this.has(key) ? undefined : this.text(key);
  }

  /** A boolean. @throws RealtimeError if there is none. */
  flag(key: string): boolean {
    const value = this.raw(key);
    if (value === undefined) throw missing(this.path(key));
    if (typeof value !== "boolean") throw wrongType(this.path(key), "a boolean", value);
    return value;
  }

  /** A number within a range. @throws RealtimeError if there is none. */
  number(key: string, { min, max }: NumberRange): number {
    const value = this.raw(key);
    if (value === undefined) throw missing(this.path(key));
    if (typeof value !== "number") throw wrongType(this.path(key), "a number", value);
    if (value >= min && value <= max) return value;
    throw wrongValue(this.path(key), `a number in [${min}, ${max}]`, value);
  }

  /** A whole number within a range. @throws RealtimeError if there is none. */
  whole(key: string, range: NumberRange): number {
    const value = this.raw(key);
    if (value !== undefined && !Number.isInteger(value)) throw wrongType(this.path(key), "an integer", value);
    return this.number(key, range);
  }

  /** One of some words. @throws RealtimeError if it is none of them. */
  oneOf<Word extends string>(key: string, words: readonly Word[]): Word {
    const value = this.text(key);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw wrongValue(this.path(key), `one of ${words.join(", ")}`, value);
    return word;
  }

  /** A list. @throws RealtimeError if there is none. */
  list(key: string): readonly unknown[] {
    const value = this.raw(key);
    if (value === undefined) throw missing(this.path(key));
    if (!Array.isArray(value)) throw wrongType(this.path(key), "an array", value);
    return value;
  }

  /** A list of objects, each as its fields. @throws RealtimeError if there is none. */
  objects(key: string): readonly Fields[] {
    return this.list(key).map((value, index) => Fields.of(value, `${this.path(key)}[${index}]`));
  }

  /** What `read` makes of the field, or `fallback` if it is not there. */
  optional<Value, Fallback>(key: string, read: (key: string) => Value, fallback: Fallback): Value | Fallback {
    return this.has(key) ? read(key) : fallback;
  }

  /** The same, where `null` is a value of its own. */
  nullable<Value, Fallback>(key: string, read: (key: string) => Value, fallback: Fallback): Value | Fallback | null {
    return this.raw(key) === null ? null : this.optional(key, read, fallback);
  }

  /** @throws RealtimeError `unknown_parameter` for a field that is none of these. */
  allowOnly(keys: readonly string[]): void {
    const stranger = Object.keys(this.#values).find((key) => !keys.includes(key));
    if (stranger === undefined) return;
    const param = this.path(stranger).slice(0, 200);
    throw new RealtimeError("unknown_parameter", `Unknown parameter: '${param}'.`, { param });
  }
}

/** The error for a field that is not there. */
export function missing(param: string): RealtimeError {
  return new RealtimeError("missing_required_parameter", `Missing required parameter: '${param}'.`, { param });
}

/** The error for a value that no rule allows. */
export function wrongValue(param: string, rule: string, value: unknown): RealtimeError {
  return new RealtimeError(
    "invalid_value",
    `Invalid value for '${param}': expected ${rule}, but got ${quote(value)}.`,
    {
      param,
    },
  );
}

function wrongType(param: string, wanted: string, value: unknown): RealtimeError {
  return new RealtimeError(
    "invalid_type",
    `Invalid type for '${param}': expected ${wanted}, but got ${quote(value)}.`,
    {
      param,
    },
  );
}

/** The value at fault, short enough for a message. */
function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
