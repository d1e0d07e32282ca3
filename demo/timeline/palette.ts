/** Colours, by the names of the custom properties in palette.css. */
export type Palette = Readonly<Record<(typeof COLOURS)[number], string>>;

const COLOURS = [
  "card",
  "line",
  "muted",
  "level",
  "level-sent",
  "band",
  "band-pre-roll",
  "band-edge",
  "probability",
  "threshold",
  "flush",
  "word",
  "word-interim",
  "gap",
  "gap-soft",
  "turn",
  "turn-soft",
  "agent",
  "agent-soft",
] as const;

/** Reads the colours that hold for an element now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
}

/** A strip of the canvas, in px from its top. */
export interface Lane {
  readonly top: number;
  readonly bottom: number;
}
