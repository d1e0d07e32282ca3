import { agentLanePx, paintAgent } from "./agent-painter.ts";
import type { Lane, Palette } from "./palette.ts";
import { WORD_ROWS, type Scene } from "./scene.ts";
import { paintTurns } from "./turn-painter.ts";

/** Room on the left for the names of the lanes, in px. */
export const GUTTER_PX = 44;
/** The words' font. */
export const WORD_FONT = "500 13px system-ui, sans-serif";

const SMALL_FONT = "11px system-ui, sans-serif";
const ROW_PX = 19;
const AXIS_PX = 24;
/** Activation and deactivation of the speech detector. */
const THRESHOLDS = [0.5, 0.35];

/** The paper. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** How many rows of words the lane of somebody who answers has; absent where nobody does. */
  readonly agentRows: number | undefined;
}

/** Draws a scene into a canvas of `width` × `height` px, whose origin is at its left upper corner. */
export function paint(canvas: CanvasRenderingContext2D, scene: Scene, palette: Palette, sheet: Sheet): void {
  const { width, height, agentRows } = sheet;
  canvas.clearRect(0, 0, width, height);
  const words: Lane = { top: 2, bottom: WORD_ROWS * ROW_PX + 12 };
  const axisTop = height - AXIS_PX;
  const agent: Lane = { top: axisTop - (agentRows === undefined ? 0 : agentLanePx(agentRows)), bottom: axisTop };
  const turns: Lane = { top: agent.top - 32, bottom: agent.top - 4 };
  const speech: Lane = { top: turns.top - 92, bottom: turns.top - 8 };
  const level: Lane = { top: words.bottom + 8, bottom: speech.top - 12 };

  paintScales(canvas, scene, palette, { words, level, speech, turns, agent, axisTop, width });
  canvas.save();
  canvas.beginPath();
  canvas.rect(GUTTER_PX, 0, width - GUTTER_PX, height);
  canvas.clip();
  canvas.translate(GUTTER_PX, 0);
  paintBands(canvas, scene, palette, { top: level.top - 4, bottom: speech.bottom + 4 });
  paintBars(canvas, scene, palette, level);
  paintProbability(canvas, scene, palette, speech, width);
  paintMarks(canvas, scene, palette, { top: level.top - 4, bottom: speech.bottom + 4 });
  paintNow(canvas, scene.nowX, palette, { top: level.top - 4, bottom: axisTop });
  paintTurns(canvas, scene.turns, palette, turns, level.top - 4);
  if (agentRows !== undefined) paintAgent(canvas, scene.agent, palette, agent, WORD_FONT);
  paintWords(canvas, scene, palette, words);
  canvas.restore();
}

function paintScales(
  canvas: CanvasRenderingContext2D,
  { ticks }: Scene,
  palette: Palette,
  lanes: { words: Lane; level: Lane; speech: Lane; turns: Lane; agent: Lane; axisTop: number; width: number },
): void {
  const { words, level, speech, turns, agent, axisTop, width } = lanes;
  canvas.font = SMALL_FONT;
  canvas.fillStyle = palette.muted;
  canvas.strokeStyle = palette.line;
  canvas.lineWidth = 1;
  canvas.textBaseline = "middle";
  canvas.textAlign = "left";
  canvas.fillText("words", 0, words.bottom - 14);
  canvas.fillText("level", 0, (level.top + level.bottom) / 2 - 7);
  canvas.fillText("dBFS", 0, (level.top + level.bottom) / 2 + 7);
  canvas.fillText("speech", 0, speech.top + 3);
  canvas.fillText("turn", 0, turns.top + 7);
  if (agent.bottom > agent.top) canvas.fillText("agent", 0, agent.top + 21);
  for (const threshold of THRESHOLDS) canvas.fillText(String(threshold), 14, yOf(speech, threshold));
  line(canvas, GUTTER_PX, axisTop + 0.5, width, axisTop + 0.5);
  canvas.textBaseline = "alphabetic";
  for (const { x, label } of ticks) {
    const at = Math.round(GUTTER_PX + x) + 0.5;
    line(canvas, at, axisTop, at, axisTop + 4);
    canvas.textAlign = at > width - 16 ? "right" : at < GUTTER_PX + 8 ? "left" : "center";
    canvas.fillText(label, Math.min(at, width), axisTop + 17);
  }
  canvas.textAlign = "left";
}

function paintBands(canvas: CanvasRenderingContext2D, { bands }: Scene, palette: Palette, lane: Lane): void {
  const height = lane.bottom - lane.top;
  for (const { x, width, onsetX, isClosed } of bands) {
    canvas.fillStyle = palette["band-pre-roll"];
    canvas.fillRect(x, lane.top, onsetX - x, height);
    canvas.fillStyle = palette.band;
    canvas.fillRect(onsetX, lane.top, x + width - onsetX, height);
    canvas.strokeStyle = palette["band-edge"];
    canvas.lineWidth = 1;
    canvas.setLineDash([3, 3]);
    if (onsetX > x) line(canvas, Math.round(onsetX) + 0.5, lane.top, Math.round(onsetX) + 0.5, lane.bottom);
    canvas.setLineDash([]);
    line(canvas, Math.round(x) + 0.5, lane.top, Math.round(x) + 0.5, lane.bottom);
    if (isClosed) line(canvas, Math.round(x + width) - 0.5, lane.top, Math.round(x + width) - 0.5, lane.bottom);
    canvas.fillStyle = palette["band-edge"];
    canvas.fillRect(x, lane.bottom - 2, width, 2);
  }
}

function paintBars(canvas: CanvasRenderingContext2D, { bars }: Scene, palette: Palette, lane: Lane): void {
  const middle = (lane.top + lane.bottom) / 2;
  const reach = (lane.bottom - lane.top) / 2;
  for (const isSent of [false, true]) {
    canvas.fillStyle = isSent ? palette["level-sent"] : palette.level;
    canvas.beginPath();
    for (const { x, width, height, isSent: wasSent } of bars) {
      if (wasSent !== isSent) continue;
      const half = Math.max(1, height * reach);
      const thick = Math.max(1, width - 1.5);
      canvas.roundRect(x + (width - thick) / 2, middle - half, thick, half * 2, thick / 2);
    }
    canvas.fill();
  }
}

function paintProbability(
  canvas: CanvasRenderingContext2D,
  { probability }: Scene,
  palette: Palette,
  lane: Lane,
  width: number,
): void {
  canvas.strokeStyle = palette.threshold;
  canvas.lineWidth = 1;
  canvas.setLineDash([2, 4]);
  for (const threshold of THRESHOLDS) line(canvas, 0, yOf(lane, threshold), width, yOf(lane, threshold));
  canvas.setLineDash([]);
  canvas.strokeStyle = palette.probability;
  canvas.lineWidth = 1.75;
  canvas.lineJoin = "round";
  canvas.beginPath();
  for (const run of probability) {
    run.forEach(({ x, y }, index) => (index === 0 ? canvas.moveTo(x, yOf(lane, y)) : canvas.lineTo(x, yOf(lane, y))));
  }
  canvas.stroke();
}

function paintMarks(canvas: CanvasRenderingContext2D, scene: Scene, palette: Palette, lane: Lane): void {
  for (const { x, width } of scene.gaps) {
    canvas.fillStyle = palette["gap-soft"];
    canvas.fillRect(x, lane.top, Math.max(2, width), lane.bottom - lane.top);
    canvas.fillStyle = palette.gap;
    canvas.fillRect(x, lane.top, Math.max(2, width), 3);
  }
  canvas.fillStyle = palette.flush;
  for (const x of scene.flushes) {
    canvas.fillRect(Math.round(x) - 1, lane.top, 2, lane.bottom - lane.top);
    canvas.beginPath();
    canvas.moveTo(x - 1, lane.top);
    canvas.lineTo(x + 9, lane.top + 5);
    canvas.lineTo(x - 1, lane.top + 10);
    canvas.fill();
  }
}

function paintNow(canvas: CanvasRenderingContext2D, nowX: number, palette: Palette, { top, bottom }: Lane): void {
  if (nowX <= 0) return;
  canvas.strokeStyle = palette.muted;
  canvas.lineWidth = 1;
  line(canvas, Math.round(nowX) - 0.5, top, Math.round(nowX) - 0.5, bottom);
}

function paintWords(canvas: CanvasRenderingContext2D, { words }: Scene, palette: Palette, lane: Lane): void {
  canvas.font = WORD_FONT;
  canvas.textBaseline = "alphabetic";
  canvas.lineWidth = 1;
  for (const { x, width, textX, row, isFinal } of words) {
    const baseline = lane.bottom - 12 - row * ROW_PX;
    canvas.fillStyle = canvas.strokeStyle = isFinal ? palette.word : palette["word-interim"];
    canvas.globalAlpha = 0.35;
    if (row > 0 || textX > x) line(canvas, x + 0.5, lane.bottom - 5, textX + 0.5, baseline + 3);
    canvas.globalAlpha = 1;
    canvas.beginPath();
    canvas.roundRect(x, lane.bottom - 5, Math.max(2, width - 1), 4, 2);
    canvas.fill();
  }
  // After all leaders, with a halo that keeps those of the rows above from crossing the letters.
  canvas.strokeStyle = palette.card;
  canvas.lineWidth = 4;
  for (const { text, textX, row, isFinal } of words) {
    const baseline = lane.bottom - 12 - row * ROW_PX;
    canvas.fillStyle = isFinal ? palette.word : palette["word-interim"];
    canvas.strokeText(text, textX, baseline);
    canvas.fillText(text, textX, baseline);
  }
}

function yOf({ top, bottom }: Lane, ratio: number): number {
  return bottom - ratio * (bottom - top);
}

function line(canvas: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  canvas.beginPath();
  canvas.moveTo(fromX, fromY);
  canvas.lineTo(toX, toY);
  canvas.stroke();
}
