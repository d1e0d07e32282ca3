import type { VoiceEvent } from "vivavoce";
import { GUTTER_PX, paint, WORD_FONT } from "./painter.ts";
import { readPalette, type Palette } from "./palette.ts";
import { TimelineRecord } from "./record.ts";
import { layOut } from "./scene.ts";

/** Narrower canvases show 10 s, wider ones 12 s. */
const NARROW_PX = 480;
/** The agent's words come three to a second: on a narrow canvas they would run away from their places. */
const HEARD_ROWS = 3;
/** Room for the end of a delay, in ms. */
const AHEAD_MS = 2_000;

/** The timeline on its canvas. Asks for animation frames only while a session runs. */
export class Timeline {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #stillness = matchMedia("(prefers-reduced-motion: reduce)");
  #record = new TimelineRecord();
  #palette: Palette;
  #nowMs: (() => number) | undefined;
  #lastMs = 0;
  #hasAgent = false;

  constructor(canvas: HTMLCanvasElement) {
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("This browser gives no 2D canvas");
    this.#canvas = canvas;
    this.#pen = pen;
    this.#palette = readPalette(canvas);
    new ResizeObserver(() => this.#paint()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#palette = readPalette(canvas);
      this.#paint();
    });
  }

  /** Shows a lane for somebody who answers, or does not. */
  set hasAgent(hasAgent: boolean) {
    this.#hasAgent = hasAgent;
    this.#paint();
  }

  /** Begins anew; from now on `nowMs` tells the capture clock. */
  run(nowMs: () => number): void {
    this.#record = new TimelineRecord();
    this.#lastMs = 0;
    const isRunning = this.#nowMs !== undefined;
    this.#nowMs = nowMs;
    if (!isRunning) requestAnimationFrame(this.#animate);
  }

  /** Takes the next event of the session. The last one stops the clock where it stands. */
  hear(event: VoiceEvent): void {
    this.#record.hear(event);
    if (event.type !== "ended") return;
    this.#lastMs = Math.max(this.#lastMs, event.atMs);
    this.#nowMs = undefined;
    this.#paint();
  }

  readonly #animate = (): void => {
    if (!this.#nowMs) return;
    this.#lastMs = Math.max(this.#lastMs, this.#nowMs());
    this.#paint();
    requestAnimationFrame(this.#animate);
  };

  #paint(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting the size clears the canvas and takes time, even where it stays the same.
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    if (this.#canvas.height !== rows) this.#canvas.height = rows;
    this.#pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#pen.font = WORD_FONT;
    const isNarrow = width < NARROW_PX;
    const spanMs = isNarrow ? 10_000 : 12_000;
    const heardRows = isNarrow ? 0 : HEARD_ROWS;
    const scene = layOut(this.#record, {
      nowMs: this.#lastMs,
      spanMs,
      aheadMs: AHEAD_MS,
      widthPx: width - GUTTER_PX,
      stepMs: this.#stillness.matches ? spanMs / 2 : 0,
      measurePx: (text) => this.#pen.measureText(text).width,
      heardRows,
    });
    paint(this.#pen, scene, this.#palette, { width, height, agentRows: this.#hasAgent ? heardRows : undefined });
  }
}
