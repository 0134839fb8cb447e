/** What a chart draws a line from: points, buckets, or a group of runs with its spread. */
import { lowerBound, type Series } from "./series.ts";

/**
 * A group of series as one: the mean of its members and their spread, in order of x. Where no
 * member has a finite value, `mean`, `low` and `high` are NaN.
 */
export interface BandSeries {
  readonly kind: "band";
  /** How many series make up the group, empty ones too. */
  readonly memberCount: number;
  /** Width of the cells, whose middles are `x`; 0 where members meet at the very same x's. */
  readonly width: number;
  readonly x: Float64Array;
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Members with a finite value there. */
  readonly count: Float64Array;
  /** Bits as in `BucketSeries`, of all members. */
  readonly nonfinite: Float64Array;
}

export type Curve = Series | BandSeries;

/**
 * The first and last x with a value, or null for an empty curve.
 *
 * @param positiveOnly Leave out what a log axis has no place for.
 */
export function xExtent(curve: Curve, positiveOnly = false): readonly [number, number] | null {
  const n = curve.x.length;
  if (n === 0) return null;
  const buckets = curve.kind === "buckets";
  const first = buckets ? firstOf(curve.firstX[0], curve.x[0]) : curve.x[0];
  const last = buckets ? firstOf(curve.lastX[n - 1], curve.x[n - 1]) : curve.x[n - 1];
  if (!positiveOnly || first > 0) return [first, last];
  const low = firstPositive(curve);
  return low === null ? null : [low, Math.max(low, last)];
}

/** Of a bucket without a finite value only its place is known. */
function firstOf(x: number, otherwise: number): number {
  return Number.isNaN(x) ? otherwise : x;
}

function firstPositive(curve: Curve): number | null {
  if (curve.kind !== "buckets") {
    const i = lowerBound(curve.x, Number.MIN_VALUE);
    return i < curve.x.length ? curve.x[i] : null;
  }
  const i = curve.lastX.findIndex((x) => x > 0);
  if (i < 0) return null;
  const known = [curve.firstX[i], curve.minX[i], curve.maxX[i], curve.lastX[i]];
  return Math.min(...known.filter((x) => x > 0));
}

/** The least and greatest finite value within `[from, to]`; null where there is none. */
export function yExtent(
  curve: Curve,
  from: number,
  to: number,
  positiveOnly: boolean,
): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const see = (value: number) => {
    if (!Number.isFinite(value) || (positiveOnly && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  const columns = yColumns(curve);
  const reach = curve.kind === "buckets" ? curve.width : 0;
  for (let i = lowerBound(curve.x, from - reach); i < curve.x.length && curve.x[i] <= to; i++) {
    for (const column of columns) see(column[i]);
  }
  return low <= high ? [low, high] : null;
}

function yColumns(curve: Curve): readonly Float64Array[] {
  if (curve.kind === "points") return [curve.value];
  return curve.kind === "buckets" ? [curve.min, curve.max] : [curve.low, curve.mean, curve.high];
}
