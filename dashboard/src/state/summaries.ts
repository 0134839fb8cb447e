/** What each run has logged, by name: fetched once a run, then kept up to date by the stream. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Asking, listMetrics } from "../api/client.ts";
import type { MetricItem } from "../model/catalog.ts";
import { type Delta, mergeSummary } from "../model/live.ts";
import type { Run } from "../model/run.ts";
import { listen, recentDeltas } from "./live.ts";

export interface Summaries {
  of: (run: string) => ReadonlySignal<readonly MetricItem[] | null>;
  refresh: (run: string) => void;
  dispose: () => void;
}

/** Nothing is fetched before `ready`. */
export function createSummaries(ready: Promise<void> = Promise.resolve()): Summaries {
  const byRun = new Map<string, Signal<readonly MetricItem[] | null>>();

  const load = async (run: string, asking: Asking = { fresh: true }) => {
    const target = byRun.get(run);
    if (!target) return;
    try {
      await ready;
      const items = await listMetrics(run, asking);
      // The tables may be behind what the stream told while the answer was on its way.
      target.value = recentDeltas(run).reduce(withDelta, items);
    } catch {
      // The page's other requests report an outage; this one is repeated when the stream is back.
      target.value ??= [];
    }
  };

  const of = (run: string) => {
    let target = byRun.get(run);
    if (!target) {
      target = signal<readonly MetricItem[] | null>(null);
      byRun.set(run, target);
      load(run, { fresh: false });
    }
    return target;
  };

  const stop = listen({
    onPoints: (delta) => {
      const target = byRun.get(delta.run);
      if (target?.value) target.value = withDelta(target.value, delta);
    },
    onChanged: ({ run }) => {
      if (byRun.has(run)) load(run);
    },
    onReset: () => {
      for (const run of byRun.keys()) load(run);
    },
  });

  return { of, refresh: (run) => load(run), dispose: () => stop() };
}

/** The summaries with what the stream told while they were on their way. */
export function withRecent(
  run: string,
  metrics: Run["metrics"],
  names: readonly string[],
): Run["metrics"] {
  const grown = { ...metrics };
  for (const delta of recentDeltas(run)) {
    if (!names.includes(delta.metric)) continue;
    grown[delta.metric] = mergeSummary(grown[delta.metric], delta);
  }
  return grown;
}

/** Points at or below the last step were counted before, or came late; the next fetch counts all. */
function withDelta(items: readonly MetricItem[], delta: Delta): readonly MetricItem[] {
  const at = items.findIndex((item) => item.name === delta.metric);
  const old = items[at] ?? NEW_SCALAR;
  const { lastStep } = old.summary;
  const newer = delta.step.filter((step) => lastStep === null || step > lastStep).length;
  const item: MetricItem = {
    ...old,
    name: delta.metric,
    count: old.count + newer,
    summary: mergeSummary(old.summary, delta),
  };
  return at < 0 ? [...items, item] : items.with(at, item);
}

const NEW_SCALAR: MetricItem = {
  name: "",
  kind: "scalar",
  count: 0,
  numeric: true,
  nonfinite: 0,
  summary: { first: null, last: null, min: null, max: null, lastStep: null },
};
