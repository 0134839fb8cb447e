/** Parallel coordinates on a canvas: 1,500 lines over a dozen axes are a few milliseconds. */
import { NOWHERE } from "../model/parallel.ts";
import type { AxisTick } from "../model/scale.ts";
import type { Ink } from "./ink.ts";

export interface ParallelPicture {
  /** Of each axis: its labels, and whether a run has no place on it. */
  readonly axes: readonly { readonly ticks: readonly AxisTick[]; readonly hasNowhere: boolean }[];
  /** `places[run * axes.length + axis]`. */
  readonly places: Float64Array;
  /** One a run. */
  readonly colors: readonly string[];
  readonly isIn: readonly boolean[];
  readonly brushes: readonly BrushedSpan[];
  readonly nowhere: string;
  readonly ink: Ink;
}

export interface BrushedSpan {
  readonly axis: number;
  readonly low: number;
  readonly high: number;
}

/** In CSS pixels. */
export interface CanvasFrame {
  readonly width: number;
  readonly height: number;
}

const TOP = 12;
const BOTTOM = 40;
const SIDE = 64;
/** Lines that are not kept, together: each is the fainter, the more there are. */
const FADED_TOTAL = 12;

const FONT = "11px system-ui, sans-serif";
const BRUSH_WIDTH = 16;

/** The x of an axis. */
export function axisX(axis: number, count: number, { width }: CanvasFrame): number {
  return count < 2 ? width / 2 : SIDE + (axis * (width - 2 * SIDE)) / (count - 1);
}

/** Where between the axes an x lies: 1.5 is half way from the second to the third. */
export function axisAt(x: number, count: number, { width }: CanvasFrame): number {
  return count < 2 ? 0 : ((x - SIDE) * (count - 1)) / (width - 2 * SIDE);
}

export function placeY(place: number, { height }: CanvasFrame): number {
  return TOP + (1 - place) * (height - TOP - BOTTOM);
}

export function placeAtY(y: number, { height }: CanvasFrame): number {
  return 1 - (y - TOP) / (height - TOP - BOTTOM);
}

export function paintParallel(
  ctx: CanvasRenderingContext2D,
  picture: ParallelPicture,
  frame: CanvasFrame,
): void {
  const { isIn, colors, ink } = picture;
  ctx.lineJoin = "round";
  ctx.lineWidth = 1;
  const shown = isIn.filter(Boolean).length;
  ctx.globalAlpha = Math.max(0.03, Math.min(0.16, FADED_TOTAL / (isIn.length - shown || 1)));
  ctx.strokeStyle = ink.text;
  isIn.forEach((inside, run) => {
    if (!inside) strokeRun(ctx, picture, frame, run);
  });
  ctx.lineWidth = shown > 300 ? 1 : 1.5;
  // Many lines hide each other; where they crowd shines through.
  ctx.globalAlpha = shown > 300 ? 0.55 : shown > 60 ? 0.75 : 0.9;
  isIn.forEach((inside, run) => {
    if (!inside) return;
    ctx.strokeStyle = colors[run];
    strokeRun(ctx, picture, frame, run);
  });
  ctx.globalAlpha = 1;
  paintAxes(ctx, picture, frame);
}

/** One run above all others. */
export function paintParallelRun(
  ctx: CanvasRenderingContext2D,
  picture: ParallelPicture,
  frame: CanvasFrame,
  run: number,
): void {
  ctx.lineJoin = "round";
  ctx.lineWidth = 6;
  ctx.strokeStyle = picture.ink.background;
  strokeRun(ctx, picture, frame, run);
  ctx.lineWidth = 3;
  ctx.strokeStyle = picture.colors[run];
  strokeRun(ctx, picture, frame, run);
}

function paintAxes(
  ctx: CanvasRenderingContext2D,
  picture: ParallelPicture,
  frame: CanvasFrame,
): void {
  const { axes, brushes, ink, nowhere } = picture;
  ctx.font = FONT;
  axes.forEach(({ ticks, hasNowhere }, axis) => {
    const x = Math.round(axisX(axis, axes.length, frame)) + 0.5;
    ctx.strokeStyle = ink.axis;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x, placeY(1, frame));
    ctx.lineTo(x, placeY(0, frame));
    ctx.stroke();
    // The last axis has its labels on the side where there is room.
    const isLast = axis > 0 && axis === axes.length - 1;
    for (const { at, label } of ticks) paintLabel(ctx, label, x, placeY(at, frame), isLast, ink);
    if (hasNowhere) paintLabel(ctx, nowhere, x, placeY(NOWHERE, frame), isLast, ink);
  });
  for (const brush of brushes) paintBrush(ctx, brush, axes.length, ink, frame);
}

/** A span of an axis that runs must pass through. */
export function paintBrush(
  ctx: CanvasRenderingContext2D,
  { axis, low, high }: BrushedSpan,
  axisCount: number,
  ink: Ink,
  frame: CanvasFrame,
): void {
  const x = axisX(axis, axisCount, frame) - BRUSH_WIDTH / 2;
  const [top, bottom] = [placeY(high, frame), placeY(low, frame)];
  ctx.lineWidth = 1.5;
  ctx.fillStyle = ink.accent;
  ctx.strokeStyle = ink.accent;
  ctx.globalAlpha = 0.22;
  ctx.fillRect(x, top, BRUSH_WIDTH, bottom - top);
  ctx.globalAlpha = 1;
  ctx.strokeRect(x, top, BRUSH_WIDTH, bottom - top);
}

const LABEL_CHARS_MAX = 16;

/** A label with a halo, so that it is read above lines. */
function paintLabel(
  ctx: CanvasRenderingContext2D,
  label: string,
  x: number,
  y: number,
  isLeft: boolean,
  ink: Ink,
): void {
  const text = label.length > LABEL_CHARS_MAX ? `${label.slice(0, LABEL_CHARS_MAX - 1)}…` : label;
  const at = x + (isLeft ? -8 : 8);
  ctx.textAlign = isLeft ? "right" : "left";
  ctx.textBaseline = "middle";
  ctx.strokeStyle = ink.axis;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x - 3, Math.round(y) + 0.5);
  ctx.lineTo(x + 3, Math.round(y) + 0.5);
  ctx.stroke();
  ctx.strokeStyle = ink.background;
  ctx.lineWidth = 3;
  ctx.strokeText(text, at, y);
  ctx.fillStyle = ink.text;
  ctx.fillText(text, at, y);
}

/** Of a single axis, a run is a short stroke across it. */
function strokeRun(
  ctx: CanvasRenderingContext2D,
  { axes, places }: ParallelPicture,
  frame: CanvasFrame,
  run: number,
): void {
  const count = axes.length;
  const reach = count === 1 ? 12 : 0;
  ctx.beginPath();
  for (let axis = 0; axis < count; axis++) {
    const x = axisX(axis, count, frame);
    const y = placeY(places[run * count + axis], frame);
    if (axis === 0) ctx.moveTo(x - reach, y);
    ctx.lineTo(x + reach, y);
  }
  ctx.stroke();
}
