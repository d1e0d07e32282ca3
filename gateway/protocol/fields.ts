import { GatewayError } from "../errors.ts";

/** A JSON object that nobody has looked into. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for a JSON object: neither an array nor null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses a message or a request.
 * @throws GatewayError `malformed-message` for anything but a JSON object; `what` says what was read.
 */
export function parseFields(text: string, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("malformed-message", `${what} must be JSON`, { cause });
  }
  if (!isFields(value)) throw new GatewayError("malformed-message", `${what} must be a JSON object`);
  return value;
}

/**
 * Reads an optional string; `path` names it.
 * @throws GatewayError `malformed-message` if it is anything else.
 */
export function readText(fields: Fields, key: string, path: string): string | undefined {
  const value = fields[key];
  if (value === undefined || typeof value === "string") return value;
  throw new GatewayError("malformed-message", `${path} must be a string, got ${quote(value)}`);
}

/**
 * Reads an optional object; `path` names it.
 * @throws GatewayError `malformed-message` if it is anything else.
 */
export function readObject(fields: Fields, key: string, path: string): Fields | undefined {
  const value = fields[key];
  if (value === undefined || isFields(value)) return value;
  throw new GatewayError("malformed-message", `${path} must be an object`);
}

/** Says that something is not there. @throws GatewayError `malformed-message`, always. */
export function missing(path: string): never {
  throw new GatewayError("malformed-message", `${path} is missing`);
}

/** The value at fault, short enough for a message. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
