/**
 * The series that charts show: fetched once when a chart comes into view, grown by live deltas,
 * and fetched again only for a zoom that was not seen yet or after the stream lost its place.
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fetchSeries } from "../api/client.ts";
import { type Delta, mergeDelta, type XView } from "../model/live.ts";
import { EMPTY_POINTS, type Series, type XAxis } from "../model/series.ts";
import type { Range } from "../model/viewport.ts";
import { coverFrom, listen, recentDeltas } from "./live.ts";
import { toError } from "./resource.ts";

/** What is known of one series: all of it, and the zoomed part with more detail. */
export interface SeriesEntry {
  readonly axis: XAxis;
  readonly full: Series | null;
  readonly zoomed: { readonly range: Range; readonly series: Series } | null;
}

export interface ChartView {
  readonly axis: XAxis;
  readonly range: Range | null;
}

export interface ChartData {
  readonly error: ReadonlySignal<Error | null>;
  entry: (run: string, metric: string) => ReadonlySignal<SeriesEntry | null>;
  /** A chart is in view (until the result is called) and needs these series. */
  show: (runs: readonly string[], metrics: readonly string[]) => () => void;
  retry: () => void;
  dispose: () => void;
}

const POINTS_MAX = 1000;
const ENTRIES_MAX = 600;

interface Shown {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
}

/** The series to draw for the view: the zoomed one when it is of this very range, else all. */
export function seriesFor(entry: SeriesEntry | null, view: ChartView): Series | null {
  if (!entry || entry.axis !== view.axis) return null;
  return isZoomOf(entry, view.range) ? (entry.zoomed?.series ?? null) : entry.full;
}

export function createChartData(
  view: ReadonlySignal<ChartView>,
  originOf: (run: string) => number,
): ChartData {
  const entries = new Map<string, Signal<SeriesEntry | null>>();
  const shown = new Set<Shown>();
  const error = signal<Error | null>(null);
  let pending = new Set<string>();
  let scheduled = false;
  let disposed = false;

  const entryOf = (run: string, metric: string) => {
    const key = keyOf(run, metric);
    let entry = entries.get(key);
    if (!entry) {
      entry = signal<SeriesEntry | null>(null);
      entries.set(key, entry);
    }
    return entry;
  };

  const xView = (run: string, range: Range | null): XView => ({
    axis: view.value.axis,
    originUs: originOf(run),
    range,
  });

  const needed = (run: string, metric: string) => {
    const { axis, range } = view.value;
    return (
      seriesFor(entryOf(run, metric).value, { axis, range }) === null || isMissingZoom(run, metric)
    );
  };

  const isMissingZoom = (run: string, metric: string) => {
    const { range } = view.value;
    return range !== null && !isZoomOf(entryOf(run, metric).value, range);
  };

  const request = async () => {
    scheduled = false;
    if (disposed) return;
    const asked = view.peek();
    const runs = new Set<string>();
    const metrics = new Set<string>();
    for (const one of shown) {
      for (const run of one.runs) {
        for (const metric of one.metrics) {
          if (pending.has(keyOf(run, metric)) || !needed(run, metric)) continue;
          runs.add(run);
          metrics.add(metric);
        }
      }
    }
    if (runs.size === 0) return;
    const mine = pending;
    const keys = [...runs].flatMap((run) => [...metrics].map((metric) => keyOf(run, metric)));
    for (const key of keys) mine.add(key);
    try {
      const answer = await fetchSeries({
        runs: [...runs],
        metrics: [...metrics],
        x: asked.axis,
        range: asked.range,
        maxPoints: POINTS_MAX,
      });
      if (disposed || !isSameView(asked, view.peek())) return;
      const found = new Map(answer.series.map((s) => [keyOf(s.run, s.metric), s.series]));
      for (const run of runs) {
        for (const metric of metrics) put(run, metric, asked, found.get(keyOf(run, metric)));
      }
      coverFrom(answer.position, [...runs]);
      error.value = null;
    } catch (problem) {
      if (!disposed && isSameView(asked, view.peek())) error.value = toError(problem);
    } finally {
      for (const key of keys) mine.delete(key);
    }
  };

  const put = (run: string, metric: string, asked: ChartView, found: Series | undefined) => {
    const target = entryOf(run, metric);
    let series = found ?? EMPTY_POINTS;
    for (const delta of recentDeltas(run, metric)) {
      series = mergeDelta(series, delta, xView(run, asked.range));
    }
    const old = target.value?.axis === asked.axis ? target.value : null;
    target.value = asked.range
      ? { axis: asked.axis, full: old?.full ?? null, zoomed: { range: asked.range, series } }
      : { axis: asked.axis, full: series, zoomed: old?.zoomed ?? null };
  };

  const schedule = () => {
    if (scheduled || disposed) return;
    scheduled = true;
    requestAnimationFrame(request);
  };

  const grow = (delta: Delta) => {
    const target = entries.get(keyOf(delta.run, delta.metric));
    const entry = target?.value;
    if (!target || !entry || entry.axis !== view.value.axis) return;
    const full = entry.full && mergeDelta(entry.full, delta, xView(delta.run, null));
    const zoomed = entry.zoomed && {
      range: entry.zoomed.range,
      series: mergeDelta(entry.zoomed.series, delta, xView(delta.run, entry.zoomed.range)),
    };
    if (full === entry.full && zoomed?.series === entry.zoomed?.series) return;
    target.value = { axis: entry.axis, full, zoomed };
  };

  const refetch = () => {
    for (const entry of entries.values()) entry.value = null;
    pending = new Set();
    schedule();
  };

  const evict = () => {
    const inView = new Set(
      [...shown].flatMap((s) => s.runs.flatMap((run) => s.metrics.map((m) => keyOf(run, m)))),
    );
    for (const key of entries.keys()) {
      if (entries.size <= ENTRIES_MAX) return;
      if (!inView.has(key)) entries.delete(key);
    }
  };

  const stopListening = listen({ onPoints: grow, onReset: refetch });
  const stopWatching = effect(() => {
    view.value;
    pending = new Set();
    schedule();
  });

  return {
    error,
    entry: entryOf,
    show: (runs, metrics) => {
      const one = { runs, metrics };
      shown.add(one);
      evict();
      schedule();
      return () => shown.delete(one);
    },
    retry: refetch,
    dispose: () => {
      disposed = true;
      stopListening();
      stopWatching();
    },
  };
}

function keyOf(run: string, metric: string): string {
  return `${run}\n${metric}`;
}

function isZoomOf(entry: SeriesEntry | null, range: Range | null): boolean {
  const zoomed = entry?.zoomed?.range;
  return !!zoomed && !!range && zoomed[0] === range[0] && zoomed[1] === range[1];
}

function isSameView(a: ChartView, b: ChartView): boolean {
  return a.axis === b.axis && a.range?.[0] === b.range?.[0] && a.range?.[1] === b.range?.[1];
}
