/** A dot a run on a canvas. */
import type { AxisTick } from "../model/scale.ts";
import type { Ink } from "./ink.ts";
import type { CanvasFrame } from "./parallel-canvas.ts";

export interface ScatterPicture {
  /** Places in [0, 1], right and up; NaN for a run without one. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly colors: readonly string[];
  readonly isIn: readonly boolean[];
  readonly xTicks: readonly AxisTick[];
  readonly yTicks: readonly AxisTick[];
  readonly ink: Ink;
}

const MARGIN = { left: 84, right: 24, top: 14, bottom: 28 };
/** Dots at the ends of an axis stay clear of the edge by this share of its length. */
const INSET = 0.03;
const RADIUS = 4;
const REACH = 16;
const FONT = "11px system-ui, sans-serif";

export function paintScatter(
  ctx: CanvasRenderingContext2D,
  picture: ScatterPicture,
  frame: CanvasFrame,
): void {
  const { colors, isIn, ink } = picture;
  paintGrid(ctx, picture, frame);
  ctx.globalAlpha = 0.25;
  ctx.fillStyle = ink.text;
  isIn.forEach((inside, run) => {
    if (!inside) paintDot(ctx, picture, frame, run, RADIUS - 1);
  });
  ctx.globalAlpha = isIn.length > 300 ? 0.6 : 0.85;
  isIn.forEach((inside, run) => {
    if (!inside) return;
    ctx.fillStyle = colors[run];
    paintDot(ctx, picture, frame, run, RADIUS);
  });
  ctx.globalAlpha = 1;
}

/** One run above all others. */
export function paintScatterRun(
  ctx: CanvasRenderingContext2D,
  picture: ScatterPicture,
  frame: CanvasFrame,
  run: number,
): void {
  ctx.fillStyle = picture.ink.background;
  paintDot(ctx, picture, frame, run, RADIUS + 4);
  ctx.fillStyle = picture.colors[run];
  paintDot(ctx, picture, frame, run, RADIUS + 2);
}

/** The run whose dot is nearest to a point in CSS pixels, within 16 of them; -1 for none. */
export function nearestDot(
  { x, y, isIn }: ScatterPicture,
  left: number,
  top: number,
  frame: CanvasFrame,
): number {
  let best = -1;
  let least = REACH;
  for (let run = 0; run < x.length; run++) {
    if (!isIn[run]) continue;
    const gap = Math.hypot(atX(x[run], frame) - left, atY(y[run], frame) - top);
    if (gap < least) [best, least] = [run, gap];
  }
  return best;
}

function paintGrid(ctx: CanvasRenderingContext2D, picture: ScatterPicture, frame: CanvasFrame) {
  const { xTicks, yTicks, ink } = picture;
  ctx.font = FONT;
  ctx.fillStyle = ink.text;
  ctx.strokeStyle = ink.grid;
  ctx.lineWidth = 1;
  ctx.textBaseline = "middle";
  ctx.beginPath();
  let taken = Number.NEGATIVE_INFINITY;
  ctx.textAlign = "center";
  for (const { at, label } of xTicks) {
    const x = Math.round(atX(at, frame)) + 0.5;
    ctx.moveTo(x, MARGIN.top);
    ctx.lineTo(x, frame.height - MARGIN.bottom);
    const text = shortened(label);
    const half = ctx.measureText(text).width / 2;
    if (x - half < taken + 8) continue;
    taken = x + half;
    ctx.fillText(text, x, frame.height - MARGIN.bottom / 2);
  }
  ctx.textAlign = "right";
  for (const { at, label } of yTicks) {
    const y = Math.round(atY(at, frame)) + 0.5;
    ctx.moveTo(MARGIN.left, y);
    ctx.lineTo(frame.width - MARGIN.right, y);
    ctx.fillText(shortened(label), MARGIN.left - 8, y);
  }
  ctx.stroke();
}

const LABEL_CHARS_MAX = 12;

function shortened(label: string): string {
  return label.length > LABEL_CHARS_MAX ? `${label.slice(0, LABEL_CHARS_MAX - 1)}…` : label;
}

function paintDot(
  ctx: CanvasRenderingContext2D,
  { x, y }: ScatterPicture,
  frame: CanvasFrame,
  run: number,
  radius: number,
): void {
  if (Number.isNaN(x[run]) || Number.isNaN(y[run])) return;
  ctx.beginPath();
  ctx.arc(atX(x[run], frame), atY(y[run], frame), radius, 0, 2 * Math.PI);
  ctx.fill();
}

function atX(place: number, { width }: CanvasFrame): number {
  return MARGIN.left + inset(place) * (width - MARGIN.left - MARGIN.right);
}

function atY(place: number, { height }: CanvasFrame): number {
  return MARGIN.top + (1 - inset(place)) * (height - MARGIN.top - MARGIN.bottom);
}

function inset(place: number): number {
  return INSET + place * (1 - 2 * INSET);
}
