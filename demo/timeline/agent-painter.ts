import type { AgentScene, MarkShape, VoiceBar } from "./agent-scene.ts";
import type { Lane, Palette } from "./palette.ts";

const LABEL_FONT = "11px system-ui, sans-serif";
const LABEL_PX = 15;
const BAR_PX = 12;
const ROW_PX = 17;

/** Height of the lane with so many rows of words. */
export function agentLanePx(rows: number): number {
  return LABEL_PX + BAR_PX + 14 + rows * ROW_PX;
}

/** Draws the agent's voice, what waits of it and what was never heard, its decisions, and its words in `wordFont`. */
export function paintAgent(
  canvas: CanvasRenderingContext2D,
  scene: AgentScene,
  palette: Palette,
  lane: Lane,
  wordFont: string,
): void {
  const top = lane.top + LABEL_PX;
  for (const bar of scene.bars) paintBar(canvas, bar, palette, top);
  for (const mark of scene.marks) paintMark(canvas, mark, palette, top);
  if (scene.cursorX !== undefined) paintCursor(canvas, scene.cursorX, palette, top);
  canvas.textBaseline = "alphabetic";
  canvas.strokeStyle = palette.card;
  canvas.lineWidth = 4;
  canvas.font = LABEL_FONT;
  canvas.fillStyle = palette.muted;
  for (const { text, x } of scene.labels) {
    canvas.strokeText(text, x, lane.top + 9);
    canvas.fillText(text, x, lane.top + 9);
  }
  canvas.font = wordFont;
  canvas.fillStyle = palette.agent;
  for (const { text, x, row } of scene.words) {
    const baseline = top + BAR_PX + 17 + row * ROW_PX;
    canvas.strokeText(text, x, baseline);
    canvas.fillText(text, x, baseline);
  }
}

function paintBar(canvas: CanvasRenderingContext2D, { x, width, kind }: VoiceBar, palette: Palette, top: number): void {
  const middle = top + BAR_PX / 2;
  canvas.beginPath();
  switch (kind) {
    case "played":
    case "ahead":
      canvas.fillStyle = kind === "played" ? palette.agent : palette["agent-soft"];
      canvas.roundRect(x, top, Math.max(2, width), BAR_PX, kind === "played" ? [4, 1, 1, 4] : [1, 4, 4, 1]);
      return canvas.fill();
    case "unheard":
      canvas.strokeStyle = palette.agent;
      canvas.lineWidth = 1;
      canvas.setLineDash([3, 3]);
      canvas.roundRect(x + 0.5, top + 0.5, Math.max(1, width - 1), BAR_PX - 1, [1, 4, 4, 1]);
      canvas.stroke();
      return canvas.setLineDash([]);
    default:
      canvas.strokeStyle = kind === "paused" ? palette.agent : palette.muted;
      canvas.lineWidth = 2;
      canvas.lineCap = "round";
      canvas.setLineDash([0.1, 6]);
      canvas.moveTo(x + 3, middle);
      canvas.lineTo(x + Math.max(4, width - 3), middle);
      canvas.stroke();
      canvas.lineCap = "butt";
      canvas.setLineDash([]);
  }
}

/** The signs of a tape recorder, a cross for a cut, and a ring for a tool. */
function paintMark(canvas: CanvasRenderingContext2D, { x, kind }: MarkShape, palette: Palette, top: number): void {
  const at = Math.round(x);
  const colour = kind === "cut" ? palette.gap : kind === "tool" ? palette.flush : palette.agent;
  const signY = top - LABEL_PX + 1;
  canvas.fillStyle = canvas.strokeStyle = colour;
  if (kind !== "tool") canvas.fillRect(at - 1, signY + 10, 2, BAR_PX + 8);
  canvas.lineWidth = 2;
  canvas.beginPath();
  if (kind === "pause") {
    canvas.rect(at - 4, signY, 3, 8);
    canvas.rect(at + 1, signY, 3, 8);
    canvas.fill();
  } else if (kind === "resume") {
    canvas.moveTo(at - 3, signY);
    canvas.lineTo(at + 5, signY + 4);
    canvas.lineTo(at - 3, signY + 8);
    canvas.fill();
  } else if (kind === "cut") {
    canvas.moveTo(at - 3.5, signY + 0.5);
    canvas.lineTo(at + 3.5, signY + 7.5);
    canvas.moveTo(at + 3.5, signY + 0.5);
    canvas.lineTo(at - 3.5, signY + 7.5);
    canvas.stroke();
  } else {
    canvas.arc(at, signY + 4, 3, 0, 2 * Math.PI);
    canvas.stroke();
  }
}

function paintCursor(canvas: CanvasRenderingContext2D, x: number, palette: Palette, top: number): void {
  canvas.fillStyle = palette.agent;
  canvas.strokeStyle = palette.card;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.roundRect(Math.round(x) - 2, top - 4, 5, BAR_PX + 8, 2.5);
  canvas.stroke();
  canvas.fill();
}
