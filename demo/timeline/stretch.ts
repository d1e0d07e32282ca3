/** A stretch of the width, in pixels of CSS. */
export interface Stretch {
  readonly x: number;
  readonly width: number;
}
