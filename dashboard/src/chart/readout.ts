/** What the curves say at the pointer. */
import type { BandSeries, Curve } from "../model/curve.ts";
import {
  type BucketSeries,
  lowerBound,
  nearestIndex,
  nonfiniteBit,
  type PointSeries,
} from "../model/series.ts";
import type { Range } from "../model/viewport.ts";

/** An extreme and where it is; of a group nobody knows at which step. */
export interface Extreme {
  readonly value: number;
  readonly x: number;
  readonly step: number | null;
}

export interface Reading {
  readonly x: number;
  readonly value: number;
  /**
   * The extremes of all that the pointer covers, which the value alone would hide: of a bucket, of
   * neighbours too close to be told apart, of a group. Null where a single value says it all.
   */
  readonly low: Extreme | null;
  readonly high: Extreme | null;
  /** Bits as in `BucketSeries`: what no line can show is among the covered values. */
  readonly nonfinite: number;
  /** Of a group: how many of its members have a value here. */
  readonly members: { readonly count: number; readonly of: number } | null;
}

/**
 * The point, bucket or group nearest to `x`; null for an empty curve.
 *
 * @param covered The span of x that the pointer covers; a spike in it is found however narrow.
 */
export function readAt(curve: Curve, x: number, covered: Range): Reading | null {
  const middle = curve.kind === "buckets" ? x - curve.width / 2 : x;
  const i = nearestIndex(curve.x, middle);
  if (i < 0) return null;
  switch (curve.kind) {
    case "points":
      return reading(curve, i, curve.x[i], curve.value[i], covered);
    case "buckets":
      return reading(curve, i, curve.lastX[i], curve.last[i], covered);
    case "band":
      return readBand(curve, i);
  }
}

function readBand(band: BandSeries, i: number): Reading {
  const { [i]: x } = band.x;
  const isSpread = band.low[i] < band.high[i];
  return {
    x,
    value: band.mean[i],
    low: isSpread ? { value: band.low[i], x, step: null } : null,
    high: isSpread ? { value: band.high[i], x, step: null } : null,
    nonfinite: band.nonfinite[i],
    members: { count: band.count[i], of: band.memberCount },
  };
}

function reading(
  series: PointSeries | BucketSeries,
  nearest: number,
  x: number,
  value: number,
  [from, to]: Range,
): Reading {
  const isBuckets = series.kind === "buckets";
  const reach = isBuckets ? series.width : 0;
  const first = Math.min(nearest, lowerBound(series.x, from - reach));
  let [low, high] = [nearest, nearest];
  const [lows, highs] = isBuckets ? [series.min, series.max] : [series.value, series.value];
  let bits = 0;
  for (let i = first; i < series.x.length && (i <= nearest || series.x[i] <= to); i++) {
    bits |= isBuckets ? series.nonfinite[i] : nonfiniteBit(series.value[i]);
    if (Number.isFinite(lows[i]) && !(lows[low] <= lows[i])) low = i;
    if (Number.isFinite(highs[i]) && !(highs[high] >= highs[i])) high = i;
  }
  const extremes = isBuckets
    ? [
        { value: series.min[low], x: series.minX[low], step: series.minStep[low] },
        { value: series.max[high], x: series.maxX[high], step: series.maxStep[high] },
      ]
    : [low, high].map((i) => ({ value: series.value[i], x: series.x[i], step: series.step[i] }));
  const isSpread = extremes[0].value < extremes[1].value;
  return {
    x,
    value,
    low: isSpread ? extremes[0] : null,
    high: isSpread ? extremes[1] : null,
    nonfinite: bits,
    members: null,
  };
}
