/** What part of an axis is seen. */
import { type Curve, xExtent, yExtent } from "./curve.ts";

export type Range = readonly [number, number];

/** The span of x that holds every series; null when all are empty. A single x gets some room. */
export function xRange(series: readonly Curve[]): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const one of series) {
    const extent = xExtent(one);
    if (!extent || Number.isNaN(extent[0]) || Number.isNaN(extent[1])) continue;
    low = Math.min(low, extent[0]);
    high = Math.max(high, extent[1]);
  }
  if (low > high) return null;
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** The span of y with a margin; `[0, 1]` (log: `[1, 10]`) when no value can be drawn. */
export function yRange(series: readonly Curve[], x: Range, log: boolean): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const one of series) {
    const extent = yExtent(one, x[0], x[1], log);
    if (!extent) continue;
    low = Math.min(low, extent[0]);
    high = Math.max(high, extent[1]);
  }
  if (low > high) return log ? [1, 10] : [0, 1];
  if (log) {
    const room = low === high ? 2 : (high / low) ** 0.06;
    return [low / room, high * room];
  }
  const room = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * 0.06;
  return [low - room, high + room];
}

/** A range dragged from either end, in order; null when it is too narrow to be meant. */
export function draggedRange(a: number, b: number, seen: Range): Range | null {
  const [low, high] = a < b ? [a, b] : [b, a];
  return high - low < (seen[1] - seen[0]) * 1e-3 || high === low ? null : [low, high];
}
