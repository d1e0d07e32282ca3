/** How a {@link Speaker} plays. */
export interface SpeakerOptions {
  /**
   * How much of an item must have come before it sounds, at its start and after an underrun, in ms, 0 to 2000; its end
   * does as well. More bridges an uneven network, less answers sooner. @defaultValue 80
   */
  readonly startThresholdMs?: number;
  /**
   * Length of the fade of a pause, a cut or an underrun, in ms, 5 to 10. More is softer, less falls silent sooner.
   * @defaultValue 8
   */
  readonly fadeMs?: number;
  /** Loudness, 0 (silent) to 1 (as it came). @defaultValue 1 */
  readonly volume?: number;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option under `path`, the rule and the value.
 */
export function resolveSpeakerOptions(options: SpeakerOptions = {}, path = "speaker"): Required<SpeakerOptions> {
  const { startThresholdMs = 80, fadeMs = 8, volume = 1 } = options;
  requireInRange(`${path}.startThresholdMs`, startThresholdMs, 0, 2_000, " ms");
  requireInRange(`${path}.fadeMs`, fadeMs, 5, 10, " ms");
  requireInRange(`${path}.volume`, volume, 0, 1);
  return { startThresholdMs, fadeMs, volume };
}

/**
 * Checks a number that a caller gave.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function requireInRange(path: string, value: number, min: number, max: number, unit = ""): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`${path} must be in [${min}, ${max}]${unit}, got ${value}`);
}
