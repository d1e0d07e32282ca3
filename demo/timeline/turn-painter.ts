import type { Lane, Palette } from "./palette.ts";
import type { TurnScene } from "./turn-scene.ts";

const BAR_PX = 8;

/** Draws silences, the delays that were chosen for them, and the ends of turns, whose lines begin at `fromY`. */
export function paintTurns(
  canvas: CanvasRenderingContext2D,
  scene: TurnScene,
  palette: Palette,
  lane: Lane,
  fromY: number,
) {
  const top = lane.top + 2;
  const bar = (x: number, width: number, colour: string): void => {
    canvas.fillStyle = colour;
    canvas.beginPath();
    canvas.roundRect(x, top, Math.max(2, width), BAR_PX, BAR_PX / 2);
    canvas.fill();
  };
  for (const { x, width, kind, goalX } of scene.silences) {
    if (goalX !== undefined) {
      bar(x, goalX - x, palette["turn-soft"]);
      canvas.fillStyle = palette.turn;
      canvas.fillRect(Math.round(goalX) - 1, top - 3, 2, BAR_PX + 6);
    }
    bar(x, width, kind === "waiting" || kind === "turn" ? palette.turn : palette.level);
  }
  for (const { x } of scene.ends) {
    canvas.fillStyle = palette.turn;
    canvas.fillRect(Math.round(x) - 1, fromY, 2, lane.bottom - fromY);
    canvas.beginPath();
    canvas.arc(x, top + BAR_PX / 2, 6, 0, 2 * Math.PI);
    canvas.fill();
    canvas.strokeStyle = palette.card;
    canvas.lineWidth = 1.5;
    canvas.beginPath();
    canvas.moveTo(x - 2.6, top + BAR_PX / 2 + 0.2);
    canvas.lineTo(x - 0.8, top + BAR_PX / 2 + 2.2);
    canvas.lineTo(x + 2.8, top + BAR_PX / 2 - 2);
    canvas.stroke();
  }
  canvas.textBaseline = "alphabetic";
  canvas.strokeStyle = palette.card;
  canvas.lineWidth = 4;
  for (const { text, x, isEnd } of scene.labels) {
    canvas.font = isEnd ? "600 11px system-ui, sans-serif" : "11px system-ui, sans-serif";
    canvas.fillStyle = isEnd ? palette.turn : palette.muted;
    canvas.strokeText(text, x, lane.bottom - 2);
    canvas.fillText(text, x, lane.bottom - 2);
  }
}
