/** What the live stream says, and how it changes what a page already shows. Pure and idempotent. */
import type { RunChange } from "./edits.ts";
import type { PlacedDelta } from "./join.ts";
import { isTerminal, type MetricSummary, type Run } from "./run.ts";
import {
  mergePoints,
  type PointSeries,
  pointSeries,
  type Series,
  type SeriesBudget,
  type XAxis,
} from "./series.ts";

/** Points of one series in order of logging. */
export interface Delta {
  readonly run: string;
  readonly metric: string;
  readonly step: Float64Array;
  readonly tsUs: Float64Array;
  readonly value: Float64Array;
}

/** How a chart's page looks along x: which axis, where relative time begins, and the zoom. */
export interface XView {
  readonly axis: XAxis;
  readonly originUs: number;
  readonly range: readonly [number, number] | null;
}

/**
 * The delta's points as the view shows them; those outside of the zoomed range are left out.
 * Where the axis is a metric, the points are those that have a place (see `LiveJoin`).
 */
export function deltaPoints(delta: Delta | PlacedDelta, view: XView): PointSeries {
  const x = "x" in delta ? delta.x : delta.step.map((step, i) => xOf(step, delta.tsUs[i], view));
  const { step, tsUs, value } = delta;
  const { range } = view;
  if (!range) return pointSeries({ x, step, tsUs, value });
  const kept = Array.from(x.keys()).filter((i) => x[i] >= range[0] && x[i] <= range[1]);
  const pick = (column: Float64Array) => Float64Array.from(kept, (i) => column[i]);
  return pointSeries({ x: pick(x), step: pick(step), tsUs: pick(tsUs), value: pick(value) });
}

/** The series with the delta in it; a point seen twice is one point. */
export function mergeDelta(
  series: Series,
  delta: Delta | PlacedDelta,
  view: XView,
  budget?: SeriesBudget,
): Series {
  return mergePoints(series, deltaPoints(delta, view), budget);
}

/** The summary with the delta in it. Steps below the last one change the extremes alone. */
export function mergeSummary(old: MetricSummary | undefined, delta: Delta): MetricSummary {
  let { first, last, min, max, lastStep } = old ?? EMPTY_SUMMARY;
  for (let i = 0; i < delta.value.length; i++) {
    const value = delta.value[i];
    if (first === null) first = value;
    if (lastStep === null || delta.step[i] >= lastStep) {
      last = value;
      lastStep = delta.step[i];
    }
    if (!Number.isFinite(value)) continue;
    if (min === null || !(min <= value)) min = value;
    if (max === null || !(max >= value)) max = value;
  }
  return { first, last, min, max, lastStep };
}

/**
 * The run with changed fields put in. The first terminal status stays, whatever arrives late; of
 * tags and properties the change has those alone that were set or removed.
 */
export function mergeRun(run: Run, changed: RunChange): Run {
  const { tags, tagsRemoved, properties, ...fields } = changed;
  const merged = { ...run, ...fields };
  if (isTerminal(run.status)) merged.status = run.status;
  if (tags || tagsRemoved) {
    const gone = new Set(tagsRemoved);
    const kept = Object.entries(run.tags).filter(([key]) => !gone.has(key));
    merged.tags = { ...Object.fromEntries(kept), ...tags };
  }
  // A property keeps its first value.
  if (properties) merged.properties = { ...properties, ...run.properties };
  return merged;
}

const EMPTY_SUMMARY: MetricSummary = {
  first: null,
  last: null,
  min: null,
  max: null,
  lastStep: null,
};

function xOf(step: number, tsUs: number, view: XView): number {
  if (view.axis === "step") return step;
  return view.axis === "time" ? tsUs : tsUs - view.originUs;
}
