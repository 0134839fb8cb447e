/**
 * The small lines in the cells: fetched for what is on the screen, together and only when the page
 * has nothing better to do, then grown by the live stream.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fetchSeries } from "../api/series.ts";
import { mergeDelta } from "../model/live.ts";
import { EMPTY_POINTS, type Series, type SeriesBudget } from "../model/series.ts";
import { coverFrom, listen, recentDeltas } from "./live.ts";

export interface Sparks {
  of: (run: string, metric: string) => ReadonlySignal<Series | null>;
  /** What is on the screen now. */
  show: (runs: readonly string[], metrics: readonly string[]) => void;
  dispose: () => void;
}

const POINTS_MAX = 30;
const BUDGET: SeriesBudget = { pointsMax: 4 * POINTS_MAX, bucketsMax: 2 * POINTS_MAX };
/** Series of one request, and how many are kept. */
const ASKED_MAX = 400;
const KEPT_MAX = 4000;
/** Scrolling passes over rows that nobody looks at. */
const REST_MS = 250;
const STEPS = { axis: "step", originUs: 0, range: null } as const;

export function createSparks(): Sparks {
  const series = new Map<string, Signal<Series | null>>();
  let shown: { runs: readonly string[]; metrics: readonly string[] } = { runs: [], metrics: [] };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let disposed = false;

  const of = (run: string, metric: string) => {
    const key = keyOf(run, metric);
    let one = series.get(key);
    if (!one) {
      one = signal<Series | null>(null);
      series.set(key, one);
    }
    return one;
  };

  const request = async () => {
    if (disposed || running) return;
    const metrics = shown.metrics.filter((m) => shown.runs.some((r) => of(r, m).peek() === null));
    if (metrics.length === 0) return;
    const lacking = shown.runs.filter((r) => metrics.some((m) => of(r, m).peek() === null));
    const asked = metrics.slice(0, ASKED_MAX);
    const runs = lacking.slice(0, Math.max(1, Math.floor(ASKED_MAX / asked.length)));
    running = true;
    try {
      const answer = await fetchSeries({
        runs,
        metrics: asked,
        x: "step",
        range: null,
        maxPoints: POINTS_MAX,
      });
      if (disposed) return;
      const found = new Map(answer.series.map((s) => [keyOf(s.run, s.metric), s.series]));
      for (const run of runs) {
        for (const metric of asked) put(run, metric, found.get(keyOf(run, metric)));
      }
      coverFrom(answer.position, runs);
      running = false;
      schedule();
    } catch {
      // Numbers stand there without their lines; the next scroll or the stream asks again.
      running = false;
    }
  };

  const put = (run: string, metric: string, found: Series = EMPTY_POINTS) => {
    of(run, metric).value = recentDeltas(run, metric).reduce(
      (grown: Series, delta) => mergeDelta(grown, delta, STEPS, BUDGET),
      found,
    );
  };

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => whenIdle(request), REST_MS);
  };

  const evict = () => {
    if (series.size <= KEPT_MAX) return;
    const seen = new Set(shown.runs.flatMap((r) => shown.metrics.map((m) => keyOf(r, m))));
    for (const key of series.keys()) if (!seen.has(key)) series.delete(key);
  };

  const stop = listen({
    onPoints: (delta) => {
      const one = series.get(keyOf(delta.run, delta.metric));
      if (one?.value) one.value = mergeDelta(one.value, delta, STEPS, BUDGET);
    },
    onReset: () => {
      for (const one of series.values()) one.value = null;
      schedule();
    },
  });

  return {
    of,
    show: (runs, metrics) => {
      shown = { runs, metrics };
      evict();
      schedule();
    },
    dispose: () => {
      disposed = true;
      clearTimeout(timer);
      stop();
    },
  };
}

/** Some browsers have no idle callbacks. */
const whenIdle: (call: () => void) => void =
  typeof requestIdleCallback === "function"
    ? (call) => requestIdleCallback(call, { timeout: 1000 })
    : (call) => setTimeout(call);

function keyOf(run: string, metric: string): string {
  return `${run}\n${metric}`;
}
