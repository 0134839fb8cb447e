/** Which of the listed runs have their charts shown, and of which metrics. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Run } from "../model/run.ts";
import { view } from "./router.ts";
import type { Summaries } from "./summaries.ts";

const CHARTED_NEWEST = 10;
export const CHARTED_MAX = 20;

/** The selected runs of those that are known, else the newest of those that are shown. */
export function createCharted(
  shown: ReadonlySignal<readonly Run[]>,
  known: ReadonlySignal<ReadonlyMap<string, Run>>,
  summaries: Summaries,
) {
  const charted = computed(() => {
    const chosen = view.value.selected.flatMap((id) => known.value.get(id) ?? []);
    if (chosen.length > 0) return chosen.slice(0, CHARTED_MAX);
    const newest = [...shown.value].sort((a, b) => b.createdUs - a.createdUs);
    return newest.slice(0, CHARTED_NEWEST);
  });
  const chartedIds = computed(() => charted.value.map((run) => run.runId).join("\n"));
  const metricNames = computed(() => {
    const counts = new Map<string, number>();
    for (const id of chartedIds.value.split("\n").filter(Boolean)) {
      for (const item of summaries.of(id).value ?? []) {
        if (item.kind !== "scalar" || !item.numeric) continue;
        counts.set(item.name, (counts.get(item.name) ?? 0) + 1);
      }
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  });
  return { charted, chartedIds, metricNames };
}
