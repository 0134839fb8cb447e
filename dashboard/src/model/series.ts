/**
 * One metric of one run along an x-axis: every point of it, or buckets that summarise spans of x.
 *
 * Columns are typed arrays from the socket to the canvas. Series are values: nothing here changes
 * one in place. x is in the axis's own unit: a step, µs since 1970, µs since the run's creation, or a
 * value of another metric.
 */

/** `metric:epoch` is the axis of what the metric `epoch` was at the same step of the same run. */
export type XAxis = "step" | "relative" | "time" | `metric:${string}`;

/** In order of x; equal x's stay in order of arrival. */
export interface PointSeries {
  readonly kind: "points";
  readonly x: Float64Array;
  readonly step: Float64Array;
  readonly tsUs: Float64Array;
  readonly value: Float64Array;
}

/**
 * Buckets of one width, aligned to its multiples, in order of x; empty ones are left out.
 * Of a bucket without a finite value `first`, `last`, `min` and `max` are NaN.
 */
export interface BucketSeries {
  readonly kind: "buckets";
  readonly width: number;
  readonly x: Float64Array;
  readonly first: Float64Array;
  readonly firstX: Float64Array;
  readonly last: Float64Array;
  readonly lastX: Float64Array;
  readonly min: Float64Array;
  readonly minX: Float64Array;
  readonly minStep: Float64Array;
  readonly max: Float64Array;
  readonly maxX: Float64Array;
  readonly maxStep: Float64Array;
  /** Bits: 1 a NaN, 2 a +Inf, 4 a −Inf is among the bucket's values. */
  readonly nonfinite: Float64Array;
}

export type Series = PointSeries | BucketSeries;

export const HAS_NAN = 1;
export const HAS_POSITIVE_INFINITY = 2;
export const HAS_NEGATIVE_INFINITY = 4;

export const BUCKET_COLUMNS = [
  "x",
  "first",
  "firstX",
  "last",
  "lastX",
  "min",
  "minX",
  "minStep",
  "max",
  "maxX",
  "maxStep",
  "nonfinite",
] as const;

type BucketColumn = (typeof BUCKET_COLUMNS)[number];

/** What a series that grows live may hold before it is summarised anew. */
export interface SeriesBudget {
  readonly pointsMax: number;
  readonly bucketsMax: number;
}

/** At 8 bytes a number and up to twelve columns, one series stays under 200 kB. */
export const SERIES_BUDGET: SeriesBudget = { pointsMax: 4000, bucketsMax: 2000 };

export const EMPTY_POINTS: PointSeries = {
  kind: "points",
  x: new Float64Array(),
  step: new Float64Array(),
  tsUs: new Float64Array(),
  value: new Float64Array(),
};

/** Points in any order as a series; equal x's keep their order. */
export function pointSeries(columns: Omit<PointSeries, "kind">): PointSeries {
  const { x } = columns;
  if (isAscending(x)) return { kind: "points", ...columns };
  const order = Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
  const pick = (column: Float64Array) => Float64Array.from(order, (i) => column[i]);
  return {
    kind: "points",
    x: pick(x),
    step: pick(columns.step),
    tsUs: pick(columns.tsUs),
    value: pick(columns.value),
  };
}

/**
 * Add points to a series. A point that is already there (equal step, time and value) changes
 * nothing, so merging the same delta again, or one that overlaps, is harmless.
 *
 * @returns `series` itself when nothing was new.
 */
export function mergePoints(
  series: Series,
  added: PointSeries,
  budget: SeriesBudget = SERIES_BUDGET,
): Series {
  if (added.x.length === 0) return series;
  const merged =
    series.kind === "points" ? unionPoints(series, added) : absorbPoints(series, added);
  return withinBudget(merged, budget);
}

/** Summarise a series that outgrew its budget; minima, maxima, first and last survive exactly. */
export function withinBudget(series: Series, budget: SeriesBudget): Series {
  if (series.kind === "points") {
    const n = series.x.length;
    if (n <= budget.pointsMax) return series;
    const span = series.x[n - 1] - series.x[0];
    return bucketsOfPoints(series, bucketWidth(span, budget.bucketsMax / 2));
  }
  let buckets = series;
  while (buckets.x.length > budget.bucketsMax) buckets = doubleWidth(buckets);
  return buckets;
}

/** The least power of two that cuts `span` into at most `count` buckets. */
export function bucketWidth(span: number, count: number): number {
  return (
    2 ** Math.ceil(Math.log2(Math.max(span, Number.MIN_VALUE * 2 ** 60) / Math.max(1, count - 1)))
  );
}

/** Summarise points in buckets of `width`. */
export function bucketsOfPoints(points: PointSeries, width: number): BucketSeries {
  return absorbPoints(emptyBuckets(width), points);
}

/** The index of the first item that is not below `at`. */
export function lowerBound(sorted: Float64Array, at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the item nearest to `at`, the earlier of two equally near; -1 when empty. */
export function nearestIndex(sorted: Float64Array, at: number): number {
  const above = lowerBound(sorted, at);
  if (above === 0) return sorted.length > 0 ? 0 : -1;
  if (above === sorted.length) return above - 1;
  return sorted[above] - at < at - sorted[above - 1] ? above : above - 1;
}

function unionPoints(old: PointSeries, added: PointSeries): PointSeries {
  const fresh: number[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < added.x.length; i++) {
    if (holdsPoint(old, added, i)) continue;
    const key = `${added.step[i]} ${added.tsUs[i]} ${added.value[i]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    fresh.push(i);
  }
  if (fresh.length === 0) return old;
  const joined = (a: Float64Array, b: Float64Array) => {
    const column = new Float64Array(a.length + fresh.length);
    column.set(a);
    for (let i = 0; i < fresh.length; i++) column[a.length + i] = b[fresh[i]];
    return column;
  };
  return pointSeries({
    x: joined(old.x, added.x),
    step: joined(old.step, added.step),
    tsUs: joined(old.tsUs, added.tsUs),
    value: joined(old.value, added.value),
  });
}

function holdsPoint(series: PointSeries, other: PointSeries, at: number): boolean {
  const x = other.x[at];
  for (let i = lowerBound(series.x, x); i < series.x.length && series.x[i] === x; i++) {
    if (
      series.step[i] === other.step[at] &&
      series.tsUs[i] === other.tsUs[at] &&
      Object.is(series.value[i], other.value[at])
    ) {
      return true;
    }
  }
  return false;
}

interface Bucket {
  x: number;
  first: number;
  firstX: number;
  last: number;
  lastX: number;
  min: number;
  minX: number;
  minStep: number;
  max: number;
  maxX: number;
  maxStep: number;
  nonfinite: number;
}

function absorbPoints(series: BucketSeries, points: PointSeries): BucketSeries {
  const added: Bucket[] = [];
  for (let i = 0; i < points.x.length; i++) {
    const bucket = bucketOfPoint(points, i, series.width);
    const previous = added.at(-1);
    if (previous && previous.x === bucket.x) mergeInto(previous, bucket);
    else added.push(bucket);
  }
  return mergeBuckets(series, added, series.width);
}

function doubleWidth(series: BucketSeries): BucketSeries {
  const width = series.width * 2;
  const merged: Bucket[] = [];
  for (let i = 0; i < series.x.length; i++) {
    const bucket = bucketAt(series, i);
    bucket.x = Math.floor(bucket.x / width) * width;
    const previous = merged.at(-1);
    if (previous && previous.x === bucket.x) mergeInto(previous, bucket);
    else merged.push(bucket);
  }
  return mergeBuckets(emptyBuckets(width), merged, width);
}

/**
 * `added` is in order of x, one bucket an x. Only what lies at or after its first bucket is taken
 * apart: live data arrives at the end, and the long part before it is copied column by column.
 */
function mergeBuckets(old: BucketSeries, added: readonly Bucket[], width: number): BucketSeries {
  const kept = added.length > 0 ? lowerBound(old.x, added[0].x) : old.x.length;
  const tail: Bucket[] = [];
  let i = kept;
  for (const bucket of added) {
    while (i < old.x.length && old.x[i] < bucket.x) tail.push(bucketAt(old, i++));
    if (i < old.x.length && old.x[i] === bucket.x) {
      const target = bucketAt(old, i++);
      mergeInto(target, bucket);
      tail.push(target);
    } else {
      tail.push({ ...bucket });
    }
  }
  while (i < old.x.length) tail.push(bucketAt(old, i++));
  const column = (name: BucketColumn) => {
    const values = new Float64Array(kept + tail.length);
    values.set(old[name].subarray(0, kept));
    for (let j = 0; j < tail.length; j++) values[kept + j] = tail[j][name];
    return values;
  };
  const columns = Object.fromEntries(BUCKET_COLUMNS.map((name) => [name, column(name)]));
  return { kind: "buckets", width, ...(columns as Record<BucketColumn, Float64Array>) };
}

function bucketOfPoint(points: PointSeries, i: number, width: number): Bucket {
  const [x, step, value] = [points.x[i], points.step[i], points.value[i]];
  const finite = Number.isFinite(value);
  const at = finite ? x : Number.NaN;
  const v = finite ? value : Number.NaN;
  return {
    x: Math.floor(x / width) * width,
    first: v,
    firstX: at,
    last: v,
    lastX: at,
    min: v,
    minX: at,
    minStep: step,
    max: v,
    maxX: at,
    maxStep: step,
    nonfinite: nonfiniteBit(value),
  };
}

/** Merging is idempotent, and but for ties of x it does not matter what comes first. */
function mergeInto(target: Bucket, other: Bucket): void {
  target.nonfinite |= other.nonfinite;
  if (Number.isNaN(other.firstX)) return;
  const empty = Number.isNaN(target.firstX);
  if (empty || other.firstX < target.firstX) {
    target.first = other.first;
    target.firstX = other.firstX;
  }
  if (empty || other.lastX >= target.lastX) {
    target.last = other.last;
    target.lastX = other.lastX;
  }
  if (!Number.isNaN(other.min) && !(target.min <= other.min)) {
    target.min = other.min;
    target.minX = other.minX;
    target.minStep = other.minStep;
  }
  if (!Number.isNaN(other.max) && !(target.max >= other.max)) {
    target.max = other.max;
    target.maxX = other.maxX;
    target.maxStep = other.maxStep;
  }
}

function bucketAt(series: BucketSeries, i: number): Bucket {
  return Object.fromEntries(
    BUCKET_COLUMNS.map((name) => [name, series[name][i]]),
  ) as unknown as Bucket;
}

function emptyBuckets(width: number): BucketSeries {
  const columns = Object.fromEntries(BUCKET_COLUMNS.map((name) => [name, new Float64Array()]));
  return { kind: "buckets", width, ...(columns as Record<BucketColumn, Float64Array>) };
}

/** Which bit of `BucketSeries.nonfinite` a value sets; 0 for a finite one. */
export function nonfiniteBit(value: number): number {
  if (Number.isNaN(value)) return HAS_NAN;
  if (Number.isFinite(value)) return 0;
  return value > 0 ? HAS_POSITIVE_INFINITY : HAS_NEGATIVE_INFINITY;
}

function isAscending(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if (x[i] < x[i - 1]) return false;
  return true;
}
