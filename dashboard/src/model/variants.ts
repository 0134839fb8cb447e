/**
 * What a page knows of one series: seen over several axes and ranges, each as it was fetched.
 * Going back to a zoom that was seen costs nothing; what is looked at grows with the run, and what
 * is not is forgotten once the run goes on.
 */
import type { PlacedDelta } from "./join.ts";
import { type Delta, mergeDelta } from "./live.ts";
import { SERIES_BUDGET, type Series, type SeriesBudget, type XAxis } from "./series.ts";
import type { Range } from "./viewport.ts";

/** Which series charts want: along which axis, how much of it, and in how much detail. */
export interface ChartView {
  readonly axis: XAxis;
  /** null: all of it. */
  readonly range: Range | null;
  /** On a log axis the first of even buckets fill half of the picture, so it takes more of them. */
  readonly dense?: boolean;
}

export interface Variant {
  readonly view: ChartView;
  readonly series: Series;
  /** Points without a value of the metric that is x. */
  readonly withoutX: number;
}

export interface SeriesEntry {
  readonly variants: readonly Variant[];
}

export const EMPTY_ENTRY: SeriesEntry = { variants: [] };

const VARIANTS_MAX = 4;
const DENSE_BUDGET: SeriesBudget = { pointsMax: 16_000, bucketsMax: 8_000 };

/** The most points or buckets of a series that are asked for. */
export function pointsMax(view: ChartView): number {
  return view.dense ? 8_000 : 1_000;
}

export function isSameView(a: ChartView, b: ChartView): boolean {
  return isSameAxis(a, b) && a.range?.[0] === b.range?.[0] && a.range?.[1] === b.range?.[1];
}

/** What was fetched for this very view; null when nothing was. */
export function exactVariant(entry: SeriesEntry, view: ChartView): Variant | null {
  return entry.variants.find((one) => isSameView(one.view, view)) ?? null;
}

/** What to draw for the view: what was fetched for it, and until then all of the series. */
export function bestVariant(entry: SeriesEntry, view: ChartView): Variant | null {
  return exactVariant(entry, view) ?? exactVariant(entry, { ...view, range: null });
}

/** The series to draw for the view; null while nothing of it is there. */
export function seriesFor(entry: SeriesEntry, view: ChartView): Series | null {
  return bestVariant(entry, view)?.series ?? null;
}

/** With another variant, the newest first; of too many those seen last stay. */
export function withVariant(entry: SeriesEntry, added: Variant): SeriesEntry {
  const others = entry.variants.filter((one) => !isSameView(one.view, added.view));
  const kept = others.filter((one, i) => i < VARIANTS_MAX - 1 || isWhole(one, added.view));
  return { variants: [added, ...kept] };
}

/** Grown by live points: what the view shows, zoomed and whole. The rest is out of date. */
export function grown(
  entry: SeriesEntry,
  delta: Delta | PlacedDelta,
  view: ChartView,
  originUs: number,
): SeriesEntry {
  const shown = entry.variants.filter((one) => isSameView(one.view, view) || isWhole(one, view));
  const variants = shown.map((one) => withDelta(one, delta, originUs));
  const same =
    variants.length === entry.variants.length && variants.every((v, i) => v === shown[i]);
  return same ? entry : { variants };
}

/** The variant with a delta in it; itself when nothing of it was new. */
export function withDelta(variant: Variant, delta: Delta | PlacedDelta, originUs: number): Variant {
  const { axis, range, dense } = variant.view;
  const budget = dense ? DENSE_BUDGET : SERIES_BUDGET;
  const series = mergeDelta(variant.series, delta, { axis, originUs, range }, budget);
  return series === variant.series ? variant : { ...variant, series };
}

/** How many numbers the entry holds, for bounding memory. */
export function numbersIn(entry: SeriesEntry): number {
  let count = 0;
  for (const { series } of entry.variants) {
    count += series.x.length * (series.kind === "points" ? 4 : 12);
  }
  return count;
}

function isWhole(variant: Variant, view: ChartView): boolean {
  return variant.view.range === null && isSameAxis(variant.view, view);
}

function isSameAxis(a: ChartView, b: ChartView): boolean {
  return a.axis === b.axis && (a.dense ?? false) === (b.dense ?? false);
}
