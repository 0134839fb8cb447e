/**
 * The series that charts show: fetched once when a chart comes into view, grown by live deltas,
 * and fetched again only for a zoom that was not seen yet or after the stream lost its place.
 */
import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fetchSeries, type SeriesAnswer } from "../api/series.ts";
import { axisMetric } from "../model/axis.ts";
import { LiveJoin, type PlacedDelta } from "../model/join.ts";
import type { Delta } from "../model/live.ts";
import { EMPTY_POINTS } from "../model/series.ts";
import {
  type ChartView,
  EMPTY_ENTRY,
  exactVariant,
  grown,
  isSameView,
  numbersIn,
  pointsMax,
  type SeriesEntry,
  type Variant,
  withDelta,
  withVariant,
} from "../model/variants.ts";
import { coverFrom, listen, recentDeltas } from "./live.ts";
import { toError } from "./resource.ts";

export interface ChartData {
  readonly error: ReadonlySignal<Error | null>;
  entry: (run: string, metric: string) => ReadonlySignal<SeriesEntry>;
  /** A chart is in view (until the result is called) and needs these series. */
  show: (runs: readonly string[], metrics: readonly string[]) => () => void;
  retry: () => void;
  dispose: () => void;
}

/** Numbers of series that no chart in view shows: 48 MB. */
const IDLE_NUMBERS_MAX = 6_000_000;

interface Shown {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
}

export function createChartData(
  view: ReadonlySignal<ChartView>,
  originOf: (run: string) => number,
): ChartData {
  const entries = new Map<string, Signal<SeriesEntry>>();
  const shown = new Set<Shown>();
  const error = signal<Error | null>(null);
  let joins = new Map<string, LiveJoin>();
  let pending = new Set<string>();
  let abort = new AbortController();
  let scheduled = false;
  let disposed = false;

  const entryOf = (run: string, metric: string) => {
    const key = keyOf(run, metric);
    const entry = entries.get(key) ?? signal<SeriesEntry>(EMPTY_ENTRY);
    // Put last, so that the first ones are those that were not asked for the longest.
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };

  /** What the charts in view miss, as runs and metrics: one request asks for their product. */
  const missing = (asked: ChartView) => {
    const runs = new Set<string>();
    const metrics = new Set<string>();
    for (const one of shown) {
      for (const run of one.runs) {
        for (const metric of one.metrics) {
          if (pending.has(keyOf(run, metric))) continue;
          if (exactVariant(entryOf(run, metric).peek(), asked)) continue;
          runs.add(run);
          metrics.add(metric);
        }
      }
    }
    return { runs: [...runs], metrics: [...metrics] };
  };

  const request = async () => {
    scheduled = false;
    if (disposed) return;
    const asked = view.peek();
    const { runs, metrics } = missing(asked);
    if (runs.length === 0) return;
    const mine = pending;
    const keys = runs.flatMap((run) => metrics.map((metric) => keyOf(run, metric)));
    for (const key of keys) mine.add(key);
    try {
      const { axis: x, range } = asked;
      const question = { runs, metrics, x, range, maxPoints: pointsMax(asked) };
      const answer = await fetchSeries(question, abort.signal);
      if (!disposed && mine === pending) take(answer, runs, metrics, asked);
    } catch (problem) {
      if (!disposed && mine === pending) error.value = toError(problem);
    } finally {
      for (const key of keys) mine.delete(key);
    }
  };

  const take = (
    answer: SeriesAnswer,
    runs: readonly string[],
    metrics: readonly string[],
    asked: ChartView,
  ) => {
    const found = new Map(answer.series.map((one) => [keyOf(one.run, one.metric), one]));
    batch(() => {
      for (const run of runs) {
        for (const metric of metrics) {
          const one = found.get(keyOf(run, metric));
          const series = one?.series ?? EMPTY_POINTS;
          put(run, metric, { view: asked, series, withoutX: one?.withoutX ?? 0 });
        }
      }
      error.value = null;
    });
    coverFrom(answer.position, runs);
    evict();
  };

  const put = (run: string, metric: string, fetched: Variant) => {
    const target = entryOf(run, metric);
    const deltas = placedRecently(run, metric, axisMetric(fetched.view.axis));
    const variant = deltas.reduce((one, delta) => withDelta(one, delta, originOf(run)), fetched);
    target.value = withVariant(target.peek(), variant);
  };

  const schedule = () => {
    if (scheduled || disposed) return;
    scheduled = true;
    requestAnimationFrame(request);
  };

  const grow = (delta: Delta) => {
    const metric = axisMetric(view.peek().axis);
    for (const one of metric === null ? [delta] : joinOf(delta.run, metric).add(delta)) {
      const target = entries.get(keyOf(one.run, one.metric));
      if (!target) continue;
      target.value = grown(target.peek(), one, view.peek(), originOf(one.run));
    }
  };

  const joinOf = (run: string, metric: string) => {
    let join = joins.get(run);
    if (!join) {
      join = new LiveJoin(metric);
      for (const delta of recentDeltas(run)) join.add(delta);
      joins.set(run, join);
    }
    return join;
  };

  const renew = () => {
    pending = new Set();
    joins = new Map();
    abort.abort();
    abort = new AbortController();
    schedule();
  };

  const refetch = () => {
    for (const entry of entries.values()) entry.value = EMPTY_ENTRY;
    renew();
  };

  const evict = () => {
    const inView = new Set(
      [...shown].flatMap((s) => s.runs.flatMap((run) => s.metrics.map((m) => keyOf(run, m)))),
    );
    const idle = [...entries].filter(([key]) => !inView.has(key));
    let numbers = idle.reduce((sum, [, entry]) => sum + numbersIn(entry.peek()), 0);
    for (const [key, entry] of idle) {
      if (numbers <= IDLE_NUMBERS_MAX) return;
      numbers -= numbersIn(entry.peek());
      entries.delete(key);
    }
  };

  const stopListening = listen({ onPoints: grow, onReset: refetch });
  let lastView: ChartView | null = null;
  const stopWatching = effect(() => {
    if (lastView && isSameView(lastView, view.value)) return;
    lastView = view.value;
    renew();
  });

  return {
    error,
    entry: entryOf,
    show: (runs, metrics) => {
      const one = { runs, metrics };
      shown.add(one);
      schedule();
      return () => shown.delete(one);
    },
    retry: refetch,
    dispose: () => {
      disposed = true;
      abort.abort();
      stopListening();
      stopWatching();
    },
  };
}

/** The points of a series that came lately, with their places where x is a metric. */
function placedRecently(
  run: string,
  metric: string,
  axis: string | null,
): readonly (Delta | PlacedDelta)[] {
  if (axis === null) return recentDeltas(run, metric);
  const join = new LiveJoin(axis);
  const both = recentDeltas(run).filter((one) => one.metric === metric || one.metric === axis);
  return both.flatMap((delta) => join.add(delta).filter((one) => one.metric === metric));
}

function keyOf(run: string, metric: string): string {
  return `${run}\n${metric}`;
}
