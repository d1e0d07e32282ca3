/** Whose insides are the app's own, or JSON Schema: they stay as they are. */
const OPAQUE: ReadonlySet<string> = new Set(["parameters", "metadata", "variables", "headers"]);

/** Renames the keys of JSON for the wire, at any depth: `audioEndMs` becomes `audio_end_ms`. Leaves out what is undefined. */
export function toWire(value: unknown): unknown {
  return renamed(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Renames the keys of JSON that came by the wire, at any depth: `audio_end_ms` becomes `audioEndMs`. */
export function fromWire(value: unknown): unknown {
  return renamed(value, (key) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    given.map(([key, field]) => [rename(key), OPAQUE.has(key) ? field : renamed(field, rename)]),
  );
}
