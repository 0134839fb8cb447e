/** The runs of an experiment, or the children of a run: paged, live, and steady under the eye. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Asking, listRuns } from "../api/client.ts";
import type { RunsQuery } from "../model/catalog.ts";
import { neededMetrics, parseColumn, pickColumns, type RunColumn } from "../model/columns.ts";
import type { RunChange } from "../model/edits.ts";
import { filterQuery } from "../model/filter.ts";
import { type Delta, mergeRun, mergeSummary } from "../model/live.ts";
import { DEFAULT_VIEW } from "../model/route.ts";
import { type RunRow, runRows } from "../model/rows.ts";
import { isTerminal, type Run } from "../model/run.ts";
import { followAllRuns, followRuns, listen, withUnanswered } from "./live.ts";
import { toError } from "./resource.ts";
import { view } from "./router.ts";
import { createSummaries, type Summaries } from "./summaries.ts";

/** Where the runs come from. */
export type RunsSource = { readonly experiment: string } | { readonly parent: string };

export interface RunsList {
  readonly rows: ReadonlySignal<readonly RunRow[]>;
  readonly runs: ReadonlySignal<readonly Run[]>;
  readonly columns: ReadonlySignal<readonly RunColumn[]>;
  /** Names of numeric metrics of the charted runs, those of most runs first. */
  readonly metricNames: ReadonlySignal<readonly string[]>;
  /** The runs whose charts are shown: the selected ones, else the newest. */
  readonly charted: ReadonlySignal<readonly Run[]>;
  readonly selectedCount: ReadonlySignal<number>;
  readonly newCount: ReadonlySignal<number>;
  readonly loading: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<Error | null>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly open: ReadonlySignal<ReadonlySet<string>>;
  readonly summaries: Summaries;
  loadMore: () => void;
  reload: () => void;
  toggleOpen: (runId: string) => void;
  dispose: () => void;
}

const PAGE_SIZE = 100;
/** The most that one answer of the API holds. */
const LIMIT_MAX = 1000;
export const CHARTED_NEWEST = 10;
export const CHARTED_MAX = 20;
const FOLLOWED_MAX = 50;

export function createRunsList(source: RunsSource): RunsList {
  const runs = signal<readonly Run[]>([]);
  const cursor = signal<string | null>(null);
  const loading = signal(true);
  const error = signal<Error | null>(null);
  const unseen = signal<ReadonlySet<string>>(new Set());
  const open = signal<ReadonlySet<string>>(new Set());
  const childrenOf = signal<ReadonlyMap<string, readonly Run[]>>(new Map());
  const position = signal("");
  const picked = signal<readonly string[]>([]);
  const summaries = createSummaries();
  const me = Symbol();
  let stopFollowing: (() => void) | null = null;
  let generation = 0;
  let disposed = false;

  const withoutArchived = (all: readonly Run[]) =>
    view.value.archived ? all : all.filter((run) => !run.archived);
  const shown = computed(() => withoutArchived(runs.value));
  const rows = computed(() => {
    const children = [...childrenOf.value].map(([id, all]) => [id, withoutArchived(all)] as const);
    return runRows(shown.value, open.value, new Map(children));
  });
  // Archived runs that are not to be seen are known all the same: they may come back.
  const known = computed(() => {
    const all = runRows(runs.value, open.value, childrenOf.value);
    return new Map(all.map(({ run }) => [run.runId, run]));
  });
  const columns = computed(() =>
    (view.value.columns ?? picked.value).map(parseColumn).filter((column) => column !== null),
  );
  const neededNames = computed(() => neededMetrics(columns.value).join("\n"));
  const selected = computed(() => view.value.selected);
  const charted = computed(() => {
    const chosen = selected.value.flatMap((id) => known.value.get(id) ?? []);
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

  const question = computed(() => {
    const { sort, filter, archived } = view.value;
    return JSON.stringify([sort, filter, archived]);
  });

  const query = (at: string | null): RunsQuery => ({
    ...source,
    sort: view.peek().sort,
    filter: filterQuery(view.peek().filter),
    archived: view.peek().archived,
    metrics: neededNames.peek().split("\n").filter(Boolean),
    limit: PAGE_SIZE,
    cursor: at,
  });

  const reload = async (asking: Asking = { fresh: true }) => {
    generation += 1;
    const mine = generation;
    loading.value = true;
    try {
      const answer = await listRuns(query(null), asking);
      if (disposed || mine !== generation) return;
      runs.value = answer.items.map(withUnanswered);
      cursor.value = answer.nextCursor;
      unseen.value = new Set();
      error.value = null;
      position.value = answer.position;
      stopFollowing ??= followAllRuns(answer.position);
      for (const id of open.peek()) loadChildren(id, asking);
    } catch (problem) {
      if (!disposed && mine === generation) error.value = toError(problem);
    } finally {
      if (mine === generation) loading.value = false;
    }
  };

  /** Fill in the columns of the runs that are shown; which those are, and their order, stays. */
  const loadMetrics = async () => {
    const mine = generation;
    const count = runs.peek().length;
    if (loading.peek()) {
      // What is on its way was asked for without the new columns.
      if (count > 0) reload({ fresh: false });
      return;
    }
    if (count === 0) return;
    const limit = Math.min(LIMIT_MAX, count + unseen.peek().size);
    try {
      const answer = await listRuns({ ...query(null), limit });
      if (disposed || mine !== generation) return;
      const metrics = new Map(answer.items.map((run) => [run.runId, run.metrics]));
      runs.value = runs.value.map((run) => ({
        ...run,
        metrics: metrics.get(run.runId) ?? run.metrics,
      }));
      for (const id of open.value) loadChildren(id);
    } catch (problem) {
      error.value = toError(problem);
    }
  };

  const loadMore = async () => {
    const at = cursor.value;
    if (!at || loading.value) return;
    const mine = generation;
    loading.value = true;
    try {
      const answer = await listRuns(query(at));
      if (disposed || mine !== generation) return;
      const have = new Set(runs.value.map((run) => run.runId));
      runs.value = [...runs.value, ...answer.items.filter((run) => !have.has(run.runId))];
      cursor.value = answer.nextCursor;
    } catch (problem) {
      error.value = toError(problem);
    } finally {
      if (mine === generation) loading.value = false;
    }
  };

  const loadChildren = async (parent: string, asking: Asking = { fresh: true }) => {
    try {
      const { metrics, limit } = query(null);
      const answer = await listRuns({ parent, metrics, limit }, asking);
      if (!disposed)
        childrenOf.value = new Map(childrenOf.value).set(parent, answer.items.map(withUnanswered));
    } catch (problem) {
      error.value = toError(problem);
    }
  };

  const patch = (id: string, change: (run: Run) => Run) => {
    const at = runs.value.findIndex((run) => run.runId === id);
    if (at >= 0) {
      runs.value = runs.value.with(at, change(runs.value[at]));
      return;
    }
    for (const [parent, children] of childrenOf.value) {
      const found = children.findIndex((run) => run.runId === id);
      if (found < 0) continue;
      const next = children.with(found, change(children[found]));
      childrenOf.value = new Map(childrenOf.value).set(parent, next);
      return;
    }
  };

  const onRun = (id: string, change: RunChange) => {
    if (known.value.has(id)) {
      patch(id, (run) => mergeRun(run, change));
      return;
    }
    const parent = change.parentId ?? null;
    if (parent !== null && known.value.has(parent)) {
      if (open.value.has(parent)) loadChildren(parent);
      else patch(parent, (run) => ({ ...run, childCount: Math.max(1, run.childCount) }));
      return;
    }
    const isOurs =
      "experiment" in source
        ? change.experiment === source.experiment && parent === null
        : parent === source.parent;
    if (isOurs && !unseen.value.has(id)) unseen.value = new Set(unseen.value).add(id);
  };

  const onPoints = (delta: Delta) => {
    const summary = known.value.get(delta.run)?.metrics[delta.metric];
    if (!summary && !neededNames.value.split("\n").includes(delta.metric)) return;
    patch(delta.run, (run) => ({
      ...run,
      metrics: { ...run.metrics, [delta.metric]: mergeSummary(summary, delta) },
    }));
  };

  const stops = [
    listen({ onRun, onPoints, onReset: () => reload() }),
    effect(() => {
      // Read so that a change of it, and of nothing else on the page, asks the server anew.
      void question.value;
      reload({ fresh: false });
    }),
    effect(() => {
      if (neededNames.value !== "") loadMetrics();
    }),
    effect(() => {
      // An empty list shows its first runs at once: there is nothing that could jump.
      if (unseen.value.size > 0 && runs.value.length === 0 && view.value.filter === "") reload();
    }),
    effect(() => {
      if (picked.peek().length > 0 || runs.value.length === 0) return;
      const ready = charted.value.every((run) => summaries.of(run.runId).value !== null);
      const names = metricNames.value;
      if (ready) picked.value = pickColumns(runs.value, names);
    }),
    effect(() => {
      if (!position.value) return;
      const ids = new Set(chartedIds.value.split("\n").filter(Boolean));
      for (const { run } of rows.value) {
        if (ids.size >= FOLLOWED_MAX) break;
        if (!isTerminal(run.status)) ids.add(run.runId);
      }
      const live = [...ids].filter((id) => !isTerminal(known.value.get(id)?.status ?? "Completed"));
      followRuns(me, live, position.peek());
    }),
  ];

  return {
    rows,
    runs: shown,
    columns,
    metricNames,
    charted,
    selectedCount: computed(() => selected.value.length),
    newCount: computed(() => unseen.value.size),
    loading,
    error,
    hasMore: computed(() => cursor.value !== null),
    open,
    summaries,
    loadMore,
    reload: () => reload(),
    toggleOpen: (id) => {
      const next = new Set(open.value);
      if (!next.delete(id)) {
        next.add(id);
        loadChildren(id, { fresh: false });
      }
      open.value = next;
    },
    dispose: () => {
      disposed = true;
      for (const stop of stops) stop();
      stopFollowing?.();
      followRuns(me, [], "");
      summaries.dispose();
    },
  };
}

/** Whether the list is shown as it comes by itself: not sorted, not filtered. */
export function isDefaultOrder(): boolean {
  return view.value.sort === DEFAULT_VIEW.sort && view.value.filter === "";
}
