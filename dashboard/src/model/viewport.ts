/** What part of an axis is seen. */
import { type Curve, xExtent, yExtent } from "./curve.ts";

export type Range = readonly [number, number];

/**
 * The span of x that holds every curve; null when all are empty. A single x gets some room.
 *
 * @param log Only what is above zero has a place.
 */
export function xRange(curves: readonly Curve[], log = false): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const one of curves) {
    const extent = xExtent(one, log);
    if (!extent) continue;
    low = Math.min(low, extent[0]);
    high = Math.max(high, extent[1]);
  }
  if (low > high) return null;
  if (low < high) return [low, high];
  return log ? [low / 2, high * 2] : [low - 1, high + 1];
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

/** How an axis maps values to lengths: evenly, or by their logarithms. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly value: (place: number) => number;
}

const LINEAR: Scale = { place: (value) => value, value: (place) => place };
const LOG: Scale = { place: Math.log10, value: (place) => 10 ** place };

export function scaleOf(log: boolean): Scale {
  return log ? LOG : LINEAR;
}

/** The range moved by a share of its own length, to the right where `share` is positive. */
export function panned(range: Range, share: number, scale: Scale): Range {
  const [low, high] = range.map(scale.place);
  const by = (high - low) * share;
  return [scale.value(low + by), scale.value(high + by)];
}

/** The range scaled by `factor` about what stands at `share` of it: below 1 it narrows. */
export function scaled(range: Range, factor: number, share: number, scale: Scale): Range {
  const [low, high] = range.map(scale.place);
  const at = low + (high - low) * share;
  return [scale.value(at - (at - low) * factor), scale.value(at + (high - at) * factor)];
}
