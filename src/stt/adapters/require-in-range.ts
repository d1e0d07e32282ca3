/**
 * Checks a number that a caller gave.
 *
 * @throws RangeError naming the option, the rule and the value.
 */
export function requireInRange(path: string, value: number, min: number, max: number, unit = ""): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`${path} must be in [${min}, ${max}]${unit && ` ${unit}`}, got ${value}`);
}
