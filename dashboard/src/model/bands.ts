/**
 * A group of runs as one line: the mean of its members with a band of their spread.
 *
 * How to use it: `groupBand(members, spread)` is the `series` of a `ChartLine`, as a run's own
 * series is; the chart draws the mean as a line, the spread as a band, and the line thin and
 * dashed where members are missing. Series that are still loading are left out by the caller.
 *
 * At an x a member counts with one value: its last one there, as the line of a bucket has it.
 * Nothing is interpolated or carried on: a member without a value at an x is missing there, and
 * `count` says so.
 */
import type { BandSeries } from "./curve.ts";
import {
  type BucketSeries,
  lowerBound,
  nonfiniteBit,
  type PointSeries,
  type Series,
} from "./series.ts";

/**
 * `range`: from the least to the greatest of all members' values; no extreme is lost.
 * `deviation`: one sample standard deviation (n − 1) either side of the mean; a single member has
 * none, and no band.
 */
export type Spread = "range" | "deviation";

/** The mean and the spread of some series of one axis; the order of members does not matter. */
export function groupBand(members: readonly Series[], spread: Spread): BandSeries {
  const width = cellWidth(members);
  const folded = members.map((member) => cellsOf(member, width));
  const keys = distinct(folded.map((cells) => cells.key));
  const band = emptyBand(members.length, width, keys);
  const squares = new Float64Array(keys.length);
  for (const cells of folded) addMember(band, squares, cells, keys);
  finish(band, squares, spread);
  return band;
}

/** A member must have this share of all x's between its first and its last to count as aligned. */
const ALIGNED_SHARE = 0.9;
/** Cells of a group whose members do not meet, at most about. */
const CELLS_MAX = 1000;

/**
 * 0 where members meet at the same x's. Elsewhere, so that a member that logs rarely does not come
 * and go: a power of two that holds a value of every member in nearly every cell.
 */
export function cellWidth(members: readonly Series[]): number {
  const filled = members.filter((member) => member.x.length > 0);
  const widest = filled.map((one) => (one.kind === "buckets" ? one.width : 0));
  if (widest.every((width) => width === widest[0]) && isAligned(filled)) return 0;
  const spacing = Math.max(...widest, ...filled.map(typicalGap));
  const span =
    Math.max(...filled.map((one) => one.x[one.x.length - 1])) -
    Math.min(...filled.map((one) => one.x[0]));
  return 2 ** Math.ceil(Math.log2(Math.max(spacing, span / CELLS_MAX, Number.MIN_VALUE)));
}

function isAligned(members: readonly Series[]): boolean {
  const own = members.map((member) => distinct([member.x]));
  const all = distinct(own);
  return own.every((xs) => {
    const within = lowerBound(all, xs[xs.length - 1]) - lowerBound(all, xs[0]) + 1;
    return xs.length >= within * ALIGNED_SHARE;
  });
}

/** The median distance of neighbours; 0 of fewer than two. */
function typicalGap(series: Series): number {
  const xs = distinct([series.x]);
  const gaps = xs.slice(1).map((x, i) => x - xs[i]);
  return gaps.length > 0 ? gaps.sort()[gaps.length >> 1] : 0;
}

/** One member in cells: the last value of each, its extremes, and what no line can show. */
interface Cells {
  readonly key: Float64Array;
  readonly last: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly nonfinite: Float64Array;
}

function cellsOf(series: Series, width: number): Cells {
  const keyOf = width > 0 ? (x: number) => (Math.floor(x / width) + 0.5) * width : (x: number) => x;
  const marks =
    series.kind === "points" ? pointMarks(series, keyOf) : bucketMarks(series, keyOf, width);
  const key = distinct([Float64Array.from(marks, (mark) => mark.key)]);
  const absent = () => new Float64Array(key.length).fill(Number.NaN);
  const cells = {
    key,
    last: absent(),
    low: absent(),
    high: absent(),
    nonfinite: new Float64Array(key.length),
  };
  const lastX = new Float64Array(key.length).fill(Number.NEGATIVE_INFINITY);
  for (const { key: at, x, value, bits } of marks) {
    const i = lowerBound(key, at);
    cells.nonfinite[i] |= bits;
    if (!Number.isFinite(value)) continue;
    if (x >= lastX[i]) {
      cells.last[i] = value;
      lastX[i] = x;
    }
    if (!(cells.low[i] <= value)) cells.low[i] = value;
    if (!(cells.high[i] >= value)) cells.high[i] = value;
  }
  return cells;
}

interface Mark {
  readonly key: number;
  readonly x: number;
  readonly value: number;
  readonly bits: number;
}

function pointMarks(series: PointSeries, keyOf: (x: number) => number): Mark[] {
  return Array.from(series.x, (x, i) => {
    const value = series.value[i];
    return { key: keyOf(x), x, value, bits: nonfiniteBit(value) };
  });
}

/**
 * The four known points of each bucket, each in the cell that its own x falls into; of aligned
 * buckets all in one.
 */
function bucketMarks(series: BucketSeries, keyOf: (x: number) => number, width: number): Mark[] {
  const marks: Mark[] = [];
  for (let i = 0; i < series.x.length; i++) {
    const middle = series.x[i] + series.width / 2;
    const put = (x: number, value: number, bits = 0) => {
      marks.push({ key: width > 0 && !Number.isNaN(x) ? keyOf(x) : keyOf(middle), x, value, bits });
    };
    put(series.firstX[i], series.first[i], series.nonfinite[i]);
    put(series.minX[i], series.min[i]);
    put(series.maxX[i], series.max[i]);
    put(series.lastX[i], series.last[i]);
  }
  return marks;
}

function emptyBand(memberCount: number, width: number, x: Float64Array): BandSeries {
  const column = (value: number) => new Float64Array(x.length).fill(value);
  return {
    kind: "band",
    memberCount,
    width,
    x,
    mean: column(0),
    low: column(Number.NaN),
    high: column(Number.NaN),
    count: column(0),
    nonfinite: column(0),
  };
}

/** Welford's mean and sum of squares, which do not cancel for large values. */
function addMember(band: BandSeries, squares: Float64Array, cells: Cells, x: Float64Array): void {
  let i = 0;
  for (let j = 0; j < cells.key.length; j++) {
    while (x[i] < cells.key[j]) i += 1;
    band.nonfinite[i] |= cells.nonfinite[j];
    const value = cells.last[j];
    if (Number.isNaN(value)) continue;
    band.count[i] += 1;
    const off = value - band.mean[i];
    band.mean[i] += off / band.count[i];
    squares[i] += off * (value - band.mean[i]);
    if (!(band.low[i] <= cells.low[j])) band.low[i] = cells.low[j];
    if (!(band.high[i] >= cells.high[j])) band.high[i] = cells.high[j];
  }
}

function finish(band: BandSeries, squares: Float64Array, spread: Spread): void {
  for (let i = 0; i < band.x.length; i++) {
    if (band.count[i] === 0) band.mean[i] = Number.NaN;
    if (spread === "range") continue;
    const deviation = band.count[i] > 1 ? Math.sqrt(squares[i] / (band.count[i] - 1)) : Number.NaN;
    band.low[i] = band.mean[i] - deviation;
    band.high[i] = band.mean[i] + deviation;
  }
}

/** All values of some columns, each once, in order. */
function distinct(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((n, column) => n + column.length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i];
  return all.slice(0, kept);
}
