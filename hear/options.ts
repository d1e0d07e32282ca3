import { parseArgs } from "node:util";

/** What `npm run hear` is asked for. */
export interface HearOptions {
  readonly file: string;
  /** `browser`: headless Chromium's microphone, in real time. `offline`: the same pure parts in Node, to the bit, faster. */
  readonly wire: "browser" | "offline";
  /** Rate of the capture context in Hz. @defaultValue 44100 in the browser, the file's own offline */
  readonly rate: number | undefined;
  readonly gate: "speech" | "always";
  readonly vad: "v5" | "v6";
  readonly model: string;
}

/** How to call it. */
export const USAGE =
  "npm run hear -- recording.wav [--wire browser|offline] [--rate 44100|48000] [--gate speech|always] [--vad v5|v6] [--model name]";

/**
 * Reads the command line.
 *
 * @throws RangeError for a value that is not on offer, TypeError (of Node) for an unknown option.
 */
export function hearOptions(args: readonly string[]): HearOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      wire: { type: "string", default: "browser" },
      rate: { type: "string" },
      gate: { type: "string", default: "speech" },
      vad: { type: "string", default: "v6" },
      model: { type: "string", default: "pocketsphinx/en-us" },
    },
  });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new RangeError(`Name one recording: ${USAGE}`);
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(Number.isInteger(rate) && rate >= 8_000 && rate <= 192_000)) {
    throw new RangeError(`--rate must be a whole number of Hz in [8000, 192000], got ${values.rate}`);
  }
  return {
    file,
    wire: oneOf("--wire", values.wire, ["browser", "offline"]),
    rate,
    gate: oneOf("--gate", values.gate, ["speech", "always"]),
    vad: oneOf("--vad", values.vad, ["v5", "v6"]),
    model: values.model,
  };
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw new RangeError(`${option} must be ${allowed.join(" or ")}, got ${value}`);
  return found;
}
