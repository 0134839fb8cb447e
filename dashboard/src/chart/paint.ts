/** How a series looks on the canvas: line, band, dots, and marks for what no line can show. */

import {
  type BucketSeries,
  HAS_NAN,
  HAS_NEGATIVE_INFINITY,
  HAS_POSITIVE_INFINITY,
  lowerBound,
  type PointSeries,
  type Series,
} from "../model/series.ts";
import { exponentialAverage } from "../model/smoothing.ts";

/** Where data lands on the canvas, in its pixels. */
export interface Projection {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The drawn part of the x-axis, in the series' own unit. */
  readonly xMin: number;
  readonly xMax: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

export interface Stroke {
  readonly color: string;
  readonly dash: readonly number[];
  readonly smoothing: number;
  /** Another series is under the pointer. */
  readonly faded: boolean;
  readonly highlighted: boolean;
}

const FADED_ALPHA = 0.18;
const RAW_ALPHA = 0.28;
const BAND_ALPHA = 0.16;
const EDGE_ALPHA = 0.4;
/** Dots are drawn where points are at least this many CSS pixels apart. */
const DOT_GAP = 14;

export function paintSeries(
  ctx: CanvasRenderingContext2D,
  series: Series,
  to: Projection,
  stroke: Stroke,
): void {
  const start = Math.max(0, lowerBound(series.x, to.xMin) - 1);
  const end = Math.min(series.x.length, lowerBound(series.x, to.xMax) + 2);
  if (end <= start) return;
  ctx.strokeStyle = stroke.color;
  ctx.fillStyle = stroke.color;
  ctx.lineJoin = "round";
  const alpha = stroke.faded ? FADED_ALPHA : 1;
  if (series.kind === "buckets") paintBand(ctx, series, to, start, end, alpha);
  const xs = series.kind === "points" ? series.x : series.lastX;
  const ys = series.kind === "points" ? series.value : series.last;
  // A bucket's last value is one sample of its band: a thin line keeps the band in view.
  const sampled = series.kind === "buckets" && stroke.smoothing === 0;
  const lineWidth = (stroke.highlighted ? 2.5 : sampled ? 1.25 : 1.5) * to.pixelRatio;
  if (stroke.smoothing > 0) {
    ctx.globalAlpha = alpha * RAW_ALPHA;
    ctx.lineWidth = to.pixelRatio;
    paintLine(ctx, xs, ys, to, start, end);
  }
  ctx.globalAlpha = alpha;
  ctx.lineWidth = lineWidth;
  ctx.setLineDash(stroke.dash.map((length) => length * to.pixelRatio));
  const shown = stroke.smoothing > 0 ? exponentialAverage(ys, stroke.smoothing) : ys;
  paintLine(ctx, xs, shown, to, start, end);
  ctx.setLineDash([]);
  if (series.kind === "points" && stroke.smoothing === 0) paintDots(ctx, series, to, start, end);
  paintMarks(ctx, series, to, start, end);
  ctx.globalAlpha = 1;
}

function paintLine(
  ctx: CanvasRenderingContext2D,
  xs: Float64Array,
  ys: Float64Array,
  to: Projection,
  start: number,
  end: number,
): void {
  ctx.beginPath();
  let drawing = false;
  for (let i = start; i < end; i++) {
    const y = to.y(ys[i]);
    if (!Number.isFinite(y)) {
      drawing = false;
      continue;
    }
    const x = to.x(xs[i]);
    if (drawing) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    drawing = true;
  }
  ctx.stroke();
}

/** The band from least to greatest, with thin edges so that a spike of one bucket is seen. */
function paintBand(
  ctx: CanvasRenderingContext2D,
  series: BucketSeries,
  to: Projection,
  start: number,
  end: number,
  alpha: number,
): void {
  const top = new Path2D();
  const bottom = new Path2D();
  const area = new Path2D();
  const back: [number, number][] = [];
  let drawing = false;
  const close = () => {
    for (const [x, y] of back.reverse()) area.lineTo(x, y);
    if (back.length > 0) area.closePath();
    back.length = 0;
    drawing = false;
  };
  for (let i = start; i < end; i++) {
    const high = to.y(series.max[i]);
    const lowest = to.y(series.min[i]);
    if (!Number.isFinite(high)) {
      close();
      continue;
    }
    const low = Number.isFinite(lowest) ? lowest : to.top + to.height;
    const x = to.x(series.x[i] + series.width / 2);
    if (drawing) {
      area.lineTo(x, high);
      top.lineTo(x, high);
      bottom.lineTo(x, low);
    } else {
      area.moveTo(x, high);
      top.moveTo(x, high);
      bottom.moveTo(x, low);
    }
    back.push([x, low]);
    drawing = true;
  }
  close();
  ctx.globalAlpha = alpha * BAND_ALPHA;
  ctx.fill(area);
  ctx.globalAlpha = alpha * EDGE_ALPHA;
  ctx.lineWidth = 0.75 * to.pixelRatio;
  ctx.stroke(top);
  ctx.stroke(bottom);
}

/** A dot for every point where there is room, and for one that no line reaches. */
function paintDots(
  ctx: CanvasRenderingContext2D,
  series: PointSeries,
  to: Projection,
  start: number,
  end: number,
): void {
  const width = to.x(series.x[end - 1]) - to.x(series.x[start]);
  const roomy = (end - start - 1) * DOT_GAP * to.pixelRatio < width;
  const radius = 2.25 * to.pixelRatio;
  for (let i = start; i < end; i++) {
    const alone = isGap(series, i - 1) && isGap(series, i + 1);
    if (!roomy && !alone) continue;
    const y = to.y(series.value[i]);
    if (!Number.isFinite(y)) continue;
    ctx.beginPath();
    ctx.arc(to.x(series.x[i]), y, alone ? radius * 1.4 : radius, 0, 2 * Math.PI);
    ctx.fill();
  }
}

function isGap(series: PointSeries, i: number): boolean {
  return i < 0 || i >= series.x.length || !Number.isFinite(series.value[i]);
}

/** NaN as a cross at the bottom, +Inf as a triangle at the top, −Inf as one at the bottom. */
function paintMarks(
  ctx: CanvasRenderingContext2D,
  series: Series,
  to: Projection,
  start: number,
  end: number,
): void {
  const size = 4 * to.pixelRatio;
  const floor = to.top + to.height - size * 1.5;
  ctx.lineWidth = 1.5 * to.pixelRatio;
  for (let i = start; i < end; i++) {
    const bits = nonfiniteBits(series, i);
    if (bits === 0) continue;
    const x = to.x(series.kind === "points" ? series.x[i] : series.x[i] + series.width / 2);
    if (x < to.left || x > to.left + to.width) continue;
    ctx.beginPath();
    if (bits & HAS_NAN) {
      ctx.moveTo(x - size, floor - size);
      ctx.lineTo(x + size, floor + size);
      ctx.moveTo(x + size, floor - size);
      ctx.lineTo(x - size, floor + size);
      ctx.stroke();
    }
    if (bits & HAS_POSITIVE_INFINITY) paintTriangle(ctx, x, to.top + size * 1.5, size, -1);
    if (bits & HAS_NEGATIVE_INFINITY) paintTriangle(ctx, x, floor, size, 1);
  }
}

function paintTriangle(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  direction: 1 | -1,
): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size * direction);
  ctx.lineTo(x + size, y - size * direction);
  ctx.lineTo(x, y + size * direction);
  ctx.fill();
}

function nonfiniteBits(series: Series, i: number): number {
  if (series.kind === "buckets") return series.nonfinite[i];
  const value = series.value[i];
  if (Number.isFinite(value)) return 0;
  if (Number.isNaN(value)) return HAS_NAN;
  return value > 0 ? HAS_POSITIVE_INFINITY : HAS_NEGATIVE_INFINITY;
}
