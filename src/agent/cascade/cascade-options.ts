import { resolveSpeakerOptions, type SpeakerOptions } from "../../playback/speaker-options.ts";
import type { Clock } from "../../net/clock.ts";
import type { Tool } from "../tool.ts";
import { checkedTools } from "../tool-runner.ts";
import type { Respond, Speak } from "./respond.ts";

/** How a cascade answers: a language model, a voice, and what they may take. */
export interface CascadeOptions {
  /** Makes the text, such as `livekitLlm({ … })`. */
  readonly respond: Respond;
  /** Makes the sound, such as `livekitTts({ … })`. */
  readonly speak: Speak;
  /** What the model may ask the app to do. @defaultValue none */
  readonly tools?: readonly Tool[];
  /** How often in a row tools may be asked for before the answer is given up, 0..32. @defaultValue 8 */
  readonly maxToolSteps?: number;
  /** How long `respond` may take to its first or next piece, in ms, 1..600000. @defaultValue 30000 */
  readonly respondTimeoutMs?: number;
  /** How long `speak` may take to its first or next piece, in ms, 1..600000. @defaultValue 15000 */
  readonly speakTimeoutMs?: number;
  /** How much speech is made ahead of what is heard, in ms, 1000..600000. Less wastes less on interruptions. @defaultValue 15000 */
  readonly maxAheadMs?: number;
  /** The loudspeaker. */
  readonly playback?: SpeakerOptions;
  /** Time of the limits. @defaultValue the system's */
  readonly clock?: Clock;
}

/** The options, checked and completed. */
export type CascadeSettings = Required<Omit<CascadeOptions, "playback">> & { readonly playback: SpeakerOptions };

/**
 * Checks the options and fills in the defaults; `systemClock` is that of the clock.
 *
 * @throws RangeError or TypeError naming the option, the rule and the value.
 */
export function cascadeSettings(options: CascadeOptions, systemClock: Clock): CascadeSettings {
  const { respond, speak, maxToolSteps = 8, playback = {}, clock = systemClock } = options;
  if (typeof respond !== "function") throw new TypeError("cascade.respond must be a function that yields text");
  if (typeof speak !== "function") throw new TypeError("cascade.speak must be a function that yields audio");
  if (!(Number.isInteger(maxToolSteps) && maxToolSteps >= 0 && maxToolSteps <= 32)) {
    throw new RangeError(`cascade.maxToolSteps must be a whole number in [0, 32], got ${maxToolSteps}`);
  }
  const { respondTimeoutMs = 30_000, speakTimeoutMs = 15_000, maxAheadMs = 15_000 } = options;
  requireMs("respondTimeoutMs", respondTimeoutMs, 1);
  requireMs("speakTimeoutMs", speakTimeoutMs, 1);
  requireMs("maxAheadMs", maxAheadMs, 1_000);
  resolveSpeakerOptions(playback, "cascade.playback");
  const tools = checkedTools(options.tools, "cascade.tools");
  return { respond, speak, tools, maxToolSteps, respondTimeoutMs, speakTimeoutMs, maxAheadMs, playback, clock };
}

function requireMs(name: string, value: number, min: number): void {
  if (!(value >= min && value <= 600_000)) {
    throw new RangeError(`cascade.${name} must be in [${min}, 600000] ms, got ${value}`);
  }
}
