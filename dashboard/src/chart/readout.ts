/** What the curves say at the pointer. */
import type { Curve } from "../model/curve.ts";
import { nearestIndex } from "../model/series.ts";

export interface Reading {
  readonly x: number;
  readonly value: number;
  /** Of a bucket its extremes, of a group its spread, which the value alone would hide. */
  readonly min: number | null;
  readonly max: number | null;
  /** Of a group: how many of its members have a value here. */
  readonly members: { readonly count: number; readonly of: number } | null;
}

/** The point, bucket or group nearest to `x`; null for an empty curve. */
export function readAt(curve: Curve, x: number): Reading | null {
  const middle = curve.kind === "buckets" ? x - curve.width / 2 : x;
  const i = nearestIndex(curve.x, middle);
  if (i < 0) return null;
  switch (curve.kind) {
    case "points":
      return { x: curve.x[i], value: curve.value[i], min: null, max: null, members: null };
    case "buckets":
      return {
        x: curve.lastX[i],
        value: curve.last[i],
        ...spread(curve.min[i], curve.max[i]),
        members: null,
      };
    case "band":
      return {
        x: curve.x[i],
        value: curve.mean[i],
        ...spread(curve.low[i], curve.high[i]),
        members: { count: curve.count[i], of: curve.memberCount },
      };
  }
}

/** Nothing where a single value, or none, says it all. */
function spread(min: number, max: number): Pick<Reading, "min" | "max"> {
  return min < max ? { min, max } : { min: null, max: null };
}
