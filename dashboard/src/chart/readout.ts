/** What the series say at the pointer. */
import { nearestIndex, type Series } from "../model/series.ts";

export interface Reading {
  readonly x: number;
  readonly value: number;
  /** Of a bucket: its extremes, which the value alone would hide. */
  readonly min: number | null;
  readonly max: number | null;
}

/** The point or bucket nearest to `x`; null for an empty series. */
export function readAt(series: Series, x: number): Reading | null {
  if (series.kind === "points") {
    const i = nearestIndex(series.x, x);
    return i < 0 ? null : { x: series.x[i], value: series.value[i], min: null, max: null };
  }
  const i = nearestIndex(series.x, x - series.width / 2);
  if (i < 0) return null;
  const single = series.min[i] === series.max[i];
  return {
    x: series.lastX[i],
    value: series.last[i],
    min: single ? null : series.min[i],
    max: single ? null : series.max[i],
  };
}
