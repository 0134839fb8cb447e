/** How a curve looks: line, band, dots, bridges over gaps, and marks for what no line can show. */
import type { BandSeries, Curve } from "../model/curve.ts";
import { distanceBefore, gapThreshold } from "../model/gaps.ts";
import {
  type BucketSeries,
  HAS_NAN,
  HAS_NEGATIVE_INFINITY,
  HAS_POSITIVE_INFINITY,
  lowerBound,
  nonfiniteBit,
  type PointSeries,
} from "../model/series.ts";
import { exponentialAverage } from "../model/smoothing.ts";
import type { Pen } from "./pen.ts";

/** Where data lands on the picture, in its pixels. */
export interface Projection {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The drawn part of the x-axis, in the curve's own unit. */
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
  /** Another curve is under the pointer. */
  readonly faded: boolean;
  readonly highlighted: boolean;
}

const FADED_ALPHA = 0.18;
const RAW_ALPHA = 0.28;
const BAND_ALPHA = 0.16;
const EDGE_ALPHA = 0.4;
const BRIDGE_ALPHA = 0.75;
/** Dots are drawn where points are at least this many CSS pixels apart. */
const DOT_GAP = 14;
const BRIDGE_DASH = [2, 4];
/** Where members of a group are missing. */
const PARTIAL_DASH = [3, 3];
/** The weight of smoothing is for this share of the axis, or for one point where they are rarer. */
const SMOOTHING_UNIT = 1 / 1000;

/** The part of a curve that is drawn: items `start` to before `end`. */
interface Drawn {
  readonly pen: Pen;
  readonly to: Projection;
  readonly start: number;
  readonly end: number;
  /** Whether the curve was silent between item `i` and the one before it. */
  readonly isGap: (i: number) => boolean;
}

export function paintCurve(pen: Pen, curve: Curve, to: Projection, stroke: Stroke): void {
  const start = Math.max(0, lowerBound(curve.x, to.xMin) - 1);
  const end = Math.min(curve.x.length, lowerBound(curve.x, to.xMax) + 2);
  if (end <= start) return;
  const drawn = { pen, to, start, end, isGap: gapsOf(curve) };
  pen.strokeStyle = stroke.color;
  pen.fillStyle = stroke.color;
  pen.lineJoin = "round";
  const alpha = stroke.faded ? FADED_ALPHA : 1;
  if (curve.kind === "buckets")
    paintBand(drawn, alpha, curve.min, curve.max, bucketEdges(curve, to));
  if (curve.kind === "band")
    paintBand(drawn, alpha, curve.low, curve.high, (i) => [to.x(curve.x[i])]);
  const xs = curve.kind === "buckets" ? curve.lastX : curve.x;
  const ys = lineValues(curve);
  // A bucket's last value is one sample of its band: a thin line keeps the band in view.
  const sampled = curve.kind === "buckets" && stroke.smoothing === 0;
  const lineWidth = (stroke.highlighted ? 2.5 : sampled ? 1.25 : 1.5) * to.pixelRatio;
  if (stroke.smoothing > 0) {
    pen.globalAlpha = alpha * RAW_ALPHA;
    pen.lineWidth = to.pixelRatio;
    paintLine(drawn, xs, ys);
  }
  const shown = stroke.smoothing > 0 ? smoothed(xs, ys, to, stroke.smoothing) : ys;
  pen.globalAlpha = alpha * BRIDGE_ALPHA;
  pen.lineWidth = to.pixelRatio;
  paintBridges(drawn, xs, shown);
  pen.globalAlpha = alpha;
  pen.lineWidth = lineWidth;
  const dash = stroke.dash.map((length) => length * to.pixelRatio);
  if (curve.kind === "band") paintMean(drawn, curve, shown, dash);
  else {
    pen.setLineDash(dash);
    paintLine(drawn, xs, shown);
    pen.setLineDash([]);
  }
  if (curve.kind === "points" && stroke.smoothing === 0) paintDots(drawn, curve);
  paintMarks(drawn, curve);
  pen.globalAlpha = 1;
}

/** The values that the line goes through. */
export function lineValues(curve: Curve): Float64Array {
  if (curve.kind === "points") return curve.value;
  return curve.kind === "buckets" ? curve.last : curve.mean;
}

/** Smoothed by distance as drawn, so that it looks the same on every zoom and on log axes. */
function smoothed(xs: Float64Array, ys: Float64Array, to: Projection, weight: number) {
  const places = xs.map(to.x);
  const known = places.filter(Number.isFinite);
  const spacing = known.length > 1 ? (known[known.length - 1] - known[0]) / (known.length - 1) : 0;
  return exponentialAverage(ys, weight, places, Math.max(to.width * SMOOTHING_UNIT, spacing));
}

/** Curves are values, so what was found out about one holds as long as it is drawn. */
const thresholds = new WeakMap<Curve, number>();

function gapsOf(curve: Curve): (i: number) => boolean {
  let threshold = thresholds.get(curve);
  if (threshold === undefined) {
    threshold = gapThreshold(curve);
    thresholds.set(curve, threshold);
  }
  const limit = threshold;
  return (i) => distanceBefore(curve, i) > limit;
}

/** Pixels wider than this and a bucket is drawn from its first point to its last. */
const WIDE_PX = 3;

/** Where a bucket's band stands: at its middle, or, where it is wide, at both of its ends. */
function bucketEdges(series: BucketSeries, to: Projection): (i: number) => readonly number[] {
  return (i) => {
    const [known, last] = [to.x(series.firstX[i]), to.x(series.lastX[i])];
    // On a log axis the first bucket may begin at zero, which has no place.
    const first = known === Number.NEGATIVE_INFINITY ? to.left : known;
    if (last - first > WIDE_PX * to.pixelRatio) return [first, last];
    return [to.x(series.x[i] + series.width / 2)];
  };
}

/** `skips(i)`: leave out what leads from the item before to item `i`. */
function paintLine(
  { pen, to, start, end, isGap }: Drawn,
  xs: Float64Array,
  ys: Float64Array,
  skips: (i: number) => boolean = isGap,
): void {
  pen.beginPath();
  let drawing = false;
  for (let i = start; i < end; i++) {
    const x = to.x(xs[i]);
    const y = to.y(ys[i]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      drawing = false;
      continue;
    }
    if (drawing && !skips(i)) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    drawing = true;
  }
  pen.stroke();
}

/** Dotted from one end of a gap to the other: the curve goes on, and nothing is known between. */
function paintBridges(drawn: Drawn, xs: Float64Array, ys: Float64Array): void {
  const { pen, start, end, isGap } = drawn;
  let any = false;
  for (let i = start + 1; i < end && !any; i++) any = isGap(i);
  if (!any) return;
  pen.setLineDash(BRIDGE_DASH.map((length) => length * drawn.to.pixelRatio));
  paintLine(drawn, xs, ys, (i) => !isGap(i));
  pen.setLineDash([]);
}

/** A group's mean: thin and dashed from and to where members are missing. */
function paintMean(drawn: Drawn, band: BandSeries, ys: Float64Array, dash: number[]): void {
  const { pen, to, isGap } = drawn;
  const isWhole = (i: number) => band.count[i] === band.memberCount;
  const isPartial = (i: number) => !isWhole(i) || !isWhole(i - 1);
  pen.setLineDash(dash);
  paintLine(drawn, band.x, ys, (i) => isGap(i) || isPartial(i));
  pen.lineWidth = to.pixelRatio;
  pen.setLineDash(PARTIAL_DASH.map((length) => length * to.pixelRatio));
  paintLine(drawn, band.x, ys, (i) => isGap(i) || !isPartial(i));
  pen.setLineDash([]);
}

/** The band from least to greatest, with thin edges so that a spike of one bucket is seen. */
function paintBand(
  { pen, to, start, end, isGap }: Drawn,
  alpha: number,
  lows: Float64Array,
  highs: Float64Array,
  edges: (i: number) => readonly number[],
): void {
  const floor = to.top + to.height;
  let part: { x: number; high: number; low: number }[] = [];
  const parts = [part];
  for (let i = start; i < end; i++) {
    const xs = edges(i).filter(Number.isFinite);
    const high = to.y(highs[i]);
    const low = to.y(lows[i]);
    const isDrawn = xs.length > 0 && Number.isFinite(high);
    if ((!isDrawn || isGap(i)) && part.length > 0) {
      part = [];
      parts.push(part);
    }
    // A log axis has no place for a least value of zero or below; the band reaches its floor.
    if (!isDrawn) continue;
    for (const x of xs) part.push({ x, high, low: Number.isFinite(low) ? low : floor });
  }
  pen.beginPath();
  for (const one of parts) {
    one.forEach(({ x, high }, i) => {
      if (i === 0) pen.moveTo(x, high);
      else pen.lineTo(x, high);
    });
    for (let i = one.length - 1; i >= 0; i--) pen.lineTo(one[i].x, one[i].low);
    if (one.length > 0) pen.closePath();
  }
  pen.globalAlpha = alpha * BAND_ALPHA;
  pen.fill();
  pen.globalAlpha = alpha * EDGE_ALPHA;
  pen.lineWidth = 0.75 * to.pixelRatio;
  pen.beginPath();
  for (const one of parts) paintEdges(pen, one, to.pixelRatio);
  pen.stroke();
}

function paintEdges(
  pen: Pen,
  part: readonly { x: number; high: number; low: number }[],
  pixel: number,
): void {
  for (const edge of ["high", "low"] as const) {
    part.forEach((at, i) => {
      if (i === 0) pen.moveTo(at.x, at[edge]);
      else pen.lineTo(at.x, at[edge]);
    });
  }
  if (part.length !== 1) return;
  // A band of a single item has no width; it is drawn as an upright stroke.
  const [{ x, high, low }] = part;
  pen.moveTo(x, high - pixel / 2);
  pen.lineTo(x, low + pixel / 2);
}

/** A dot for every point where there is room, and for one that no line reaches. */
function paintDots({ pen, to, start, end, isGap }: Drawn, series: PointSeries): void {
  // A log axis may have the first point infinitely far to the left.
  const width = to.x(series.x[end - 1]) - Math.max(to.left, to.x(series.x[start]));
  const roomy = (end - start - 1) * DOT_GAP * to.pixelRatio < width;
  const radius = 2.25 * to.pixelRatio;
  const isAbsent = (i: number) =>
    i < 0 || i >= series.x.length || !Number.isFinite(series.value[i]);
  for (let i = start; i < end; i++) {
    const alone = (isAbsent(i - 1) || isGap(i)) && (isAbsent(i + 1) || isGap(i + 1));
    if (!roomy && !alone) continue;
    const x = to.x(series.x[i]);
    const y = to.y(series.value[i]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    pen.beginPath();
    pen.arc(x, y, alone ? radius * 1.4 : radius, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** NaN as a cross at the bottom, +Inf as a triangle at the top, −Inf as one at the bottom. */
function paintMarks({ pen, to, start, end }: Drawn, curve: Curve): void {
  const size = 4 * to.pixelRatio;
  const floor = to.top + to.height - size * 1.5;
  pen.lineWidth = 1.5 * to.pixelRatio;
  for (let i = start; i < end; i++) {
    const bits = curve.kind === "points" ? nonfiniteBit(curve.value[i]) : curve.nonfinite[i];
    if (bits === 0) continue;
    const x = to.x(curve.kind === "buckets" ? curve.x[i] + curve.width / 2 : curve.x[i]);
    if (!(x >= to.left && x <= to.left + to.width)) continue;
    if (bits & HAS_NAN) paintCross(pen, x, floor, size);
    if (bits & HAS_POSITIVE_INFINITY) paintTriangle(pen, x, to.top + size * 1.5, size, -1);
    if (bits & HAS_NEGATIVE_INFINITY) paintTriangle(pen, x, floor, size, 1);
  }
}

function paintCross(pen: Pen, x: number, y: number, size: number): void {
  pen.beginPath();
  pen.moveTo(x - size, y - size);
  pen.lineTo(x + size, y + size);
  pen.moveTo(x + size, y - size);
  pen.lineTo(x - size, y + size);
  pen.stroke();
}

function paintTriangle(pen: Pen, x: number, y: number, size: number, direction: 1 | -1): void {
  pen.beginPath();
  pen.moveTo(x - size, y - size * direction);
  pen.lineTo(x + size, y - size * direction);
  pen.lineTo(x, y + size * direction);
  pen.fill();
}
