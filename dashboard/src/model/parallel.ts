/** Parallel coordinates: a line a run over its places on several axes, and the brushes on them. */
import type { Brush } from "./compare-view.ts";
import type { Scale } from "./scale.ts";
import type { Cell } from "./tables.ts";

export interface ParallelAxis {
  readonly id: string;
  readonly title: string;
  readonly scale: Scale;
  /** One a run. */
  readonly values: readonly Cell[];
}

/** Where a value without a place stands: below the axis, at this share of its length. */
export const NOWHERE = -0.09;

/** Each run's places, axis by axis: `places[run * axes.length + axis]`. */
export function placesOf(axes: readonly ParallelAxis[], runCount: number): Float64Array {
  const places = new Float64Array(runCount * axes.length);
  axes.forEach((axis, at) => {
    for (let run = 0; run < runCount; run++) {
      places[run * axes.length + at] = axis.scale.place(axis.values[run]) ?? NOWHERE;
    }
  });
  return places;
}

/** Which runs every brush lets through; brushes on axes that are not shown let all through. */
export function brushedRuns(
  axes: readonly ParallelAxis[],
  brushes: readonly Brush[],
  places: Float64Array,
): boolean[] {
  const bounds = brushes.flatMap((brush) => {
    const at = axes.findIndex((axis) => axis.id === brush.axis);
    return at < 0 ? [] : [{ at, ...brushPlaces(axes[at].scale, brush) }];
  });
  const count = axes.length > 0 ? places.length / axes.length : 0;
  return Array.from({ length: count }, (_, run) =>
    bounds.every(({ at, low, high }) => {
      const place = places[run * axes.length + at];
      return place >= low - 1e-9 && place <= high + 1e-9;
    }),
  );
}

/** The span of a brush on its axis, in places. */
export function brushPlaces(scale: Scale, brush: Brush): { low: number; high: number } {
  const [low, high] = [scale.placeOf(brush.from), scale.placeOf(brush.to)];
  return { low: Number.isNaN(low) ? 0 : low, high: Number.isNaN(high) ? 1 : high };
}

/** The brushes with one axis brushed anew; a span too short to be meant takes its brush away. */
export function withBrush(
  brushes: readonly Brush[],
  axis: ParallelAxis,
  a: number,
  b: number,
): Brush[] {
  const others = brushes.filter((brush) => brush.axis !== axis.id);
  const [low, high] = a < b ? [a, b] : [b, a];
  if (high - low < 0.01) return others;
  const [from, to] = [shortValueAt(axis.scale, low), shortValueAt(axis.scale, high)];
  return [...others, { axis: axis.id, from, to }];
}

/** The run whose line passes nearest to a point, within `reach`; -1 for none. */
export function nearestLine(
  places: Float64Array,
  axisCount: number,
  x: number,
  place: number,
  reach: number,
  isIn: readonly boolean[],
): number {
  const left = Math.min(axisCount - 2, Math.max(0, Math.floor(x)));
  const share = Math.min(1, Math.max(0, x - left));
  let best = -1;
  let least = reach;
  for (let run = 0; run < isIn.length; run++) {
    if (!isIn[run]) continue;
    const from = places[run * axisCount + left];
    const to = places[run * axisCount + left + 1];
    const gap = Math.abs(from + (to - from) * share - place);
    if (gap < least) [best, least] = [run, gap];
  }
  return best;
}

/** Finer than a pixel of any axis. */
const PLACE_ERROR_MAX = 1e-4;

/** The value at a place with as few digits as stand there too: short in the address. */
function shortValueAt(scale: Scale, place: number): number {
  const value = scale.valueAt(place);
  for (let digits = 5; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    const error = Math.abs(scale.placeOf(short) - scale.placeOf(value));
    if (error < PLACE_ERROR_MAX) return short;
  }
  return value;
}
