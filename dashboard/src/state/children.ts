/** The runs under a parent, as their statuses and one metric go on. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Asking, listRuns } from "../api/client.ts";
import { mergeRun, mergeSummary } from "../model/live.ts";
import type { Run } from "../model/run.ts";
import { listen, withUnanswered } from "./live.ts";
import { createResource } from "./resource.ts";

export interface Children {
  /** Null before they are known. */
  readonly runs: ReadonlySignal<readonly Run[] | null>;
  readonly error: ReadonlySignal<Error | null>;
  /** How many there are, loaded or not. */
  readonly totalCount: ReadonlySignal<number>;
  readonly refresh: () => void;
  readonly dispose: () => void;
}

/** Children that are loaded; one answer of the API holds no more. */
const LOADED_MAX = 1000;

/** Needs somebody else to follow all runs, as a list of runs on the same page does. */
export function createChildren(parent: string, metrics: readonly string[]): Children {
  const runs = signal<readonly Run[] | null>(null);
  const error = signal<Error | null>(null);
  const totalCount = signal(0);
  const resource = createResource(async (asking: Asking) => {
    try {
      const query = { parent, sort: "created", archived: true, metrics, limit: LOADED_MAX };
      const answer = await listRuns(query, asking);
      runs.value = answer.items.map(withUnanswered);
      totalCount.value = answer.totalCount ?? answer.items.length;
      error.value = null;
    } catch (problem) {
      // What is known stays in view through an outage.
      if (runs.value === null) error.value = problem as Error;
      throw problem;
    }
  });
  const change = (runId: string, changed: (run: Run) => Run) => {
    if (!runs.value?.some((run) => run.runId === runId)) return false;
    runs.value = runs.value.map((run) => (run.runId === runId ? changed(run) : run));
    return true;
  };
  const stopListening = listen({
    onRun: (runId, changed) => {
      const isKnown = change(runId, (run) => mergeRun(run, changed));
      // The last values of a child are in the tables when it has ended.
      const isNews = isKnown ? changed.status !== undefined : changed.parentId === parent;
      if (isNews) resource.refresh();
    },
    onPoints: (delta) => {
      if (!metrics.includes(delta.metric)) return;
      change(delta.run, (run) => ({
        ...run,
        metrics: {
          ...run.metrics,
          [delta.metric]: mergeSummary(run.metrics[delta.metric], delta),
        },
      }));
    },
    onReset: resource.refresh,
  });
  return {
    runs,
    error,
    totalCount,
    refresh: resource.refresh,
    dispose: () => {
      stopListening();
      resource.dispose();
    },
  };
}
