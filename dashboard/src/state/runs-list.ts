/** The runs of an experiment, or the children of a run: paged, live, and steady under the eye. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Asking, listRuns } from "../api/client.ts";
import type { RunsQuery } from "../model/catalog.ts";
import {
  isColumn,
  neededMetrics,
  parseColumn,
  pickColumns,
  type RunColumn,
} from "../model/columns.ts";
import type { RunChange } from "../model/edits.ts";
import { filterQuery } from "../model/filter.ts";
import { type TableLine, tableLines } from "../model/grouping.ts";
import { type Delta, mergeRun, mergeSummary } from "../model/live.ts";
import { isInOrder } from "../model/order.ts";
import { DEFAULT_VIEW } from "../model/route.ts";
import { type RunRow, replacedRuns, runRows } from "../model/rows.ts";
import { isTerminal, type Run } from "../model/run.ts";
import { createCharted } from "./charted.ts";
import { createFields, type Fields } from "./fields.ts";
import { type FilterError, filterErrorOf } from "./filter-error.ts";
import { followAllRuns, followRuns, listen, withUnanswered } from "./live.ts";
import { toError, whenTrue } from "./resource.ts";
import { view } from "./router.ts";
import { createSummaries, type Summaries, withRecent } from "./summaries.ts";

/** Where the runs come from. */
export type RunsSource = { readonly experiment: string } | { readonly parent: string };

export interface RunsList {
  readonly source: RunsSource;
  readonly rows: ReadonlySignal<readonly RunRow[]>;
  /** The rows as the table has them: under their groups, if there are any. */
  readonly lines: ReadonlySignal<readonly TableLine[]>;
  readonly runs: ReadonlySignal<readonly Run[]>;
  /** How many runs there are, loaded or not; null before that is known. */
  readonly totalCount: ReadonlySignal<number | null>;
  readonly columns: ReadonlySignal<readonly RunColumn[]>;
  readonly fields: Fields;
  /** Names of numeric metrics of the charted runs, those of most runs first. */
  readonly metricNames: ReadonlySignal<readonly string[]>;
  /** The runs whose charts are shown: the selected ones, else the newest. */
  readonly charted: ReadonlySignal<readonly Run[]>;
  readonly selectedCount: ReadonlySignal<number>;
  readonly newCount: ReadonlySignal<number>;
  /** Whether values changed so that the order would be another one now. */
  readonly isReordered: ReadonlySignal<boolean>;
  readonly loading: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<Error | null>;
  /** What is wrong with the filter, in the server's words; the runs are those of the last one. */
  readonly filterError: ReadonlySignal<FilterError | null>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly open: ReadonlySignal<ReadonlySet<string>>;
  readonly summaries: Summaries;
  loadMore: () => void;
  /** Load every run there is, up to `LOADED_MAX`. */
  loadAll: () => Promise<void>;
  reload: () => void;
  toggleOpen: (runId: string) => void;
  dispose: () => void;
}

/** The first page is small, so that it is there at once; who scrolls wants more. */
const PAGE_SIZE = 100;
const SCROLL_SIZE = 500;
/** The most that one answer of the API holds. */
const LIMIT_MAX = 1000;
/** Runs in the tab, at some kilobytes each. */
export const LOADED_MAX = 10_000;
const FOLLOWED_MAX = 50;

export function createRunsList(source: RunsSource): RunsList {
  const runs = signal<readonly Run[]>([]);
  const cursor = signal<string | null>(null);
  const totalCount = signal<number | null>(null);
  const loading = signal(true);
  const error = signal<Error | null>(null);
  const filterError = signal<FilterError | null>(null);
  const unseen = signal<ReadonlySet<string>>(new Set());
  const open = signal<ReadonlySet<string>>(new Set());
  const childrenOf = signal<ReadonlyMap<string, readonly Run[]>>(new Map());
  const position = signal("");
  const picked = signal<readonly string[]>([]);
  /** Whether the list was in order when it came: else nothing can be said about it later. */
  const cameInOrder = signal(false);
  const summaries = createSummaries();
  const me = Symbol();
  let stopFollowing: (() => void) | null = null;
  let abort = new AbortController();
  let generation = 0;
  let disposed = false;
  /** Metrics that the runs in view were asked with. */
  let loadedNames = new Set<string>();
  let underway: Promise<void> = Promise.resolve();
  let changed = new Map<string, Run>();

  const withArchived = computed(() => view.value.archived || view.value.bin);
  const isBin = computed(() => view.value.bin);
  const wanted = (all: readonly Run[]) =>
    all.filter(
      (run) => (withArchived.value || !run.archived) && (run.deletedUs !== null) === isBin.value,
    );
  const shown = computed(() => wanted(runs.value));
  const rows = computed(() => {
    const children = [...childrenOf.value].map(([id, all]) => [id, wanted(all)] as const);
    return runRows(shown.value, open.value, new Map(children));
  });
  // Archived and deleted runs that are not to be seen are known all the same: they may come back.
  const known = computed(() => {
    const all = runRows(runs.value, open.value, childrenOf.value);
    return new Map(all.map(({ run }) => [run.runId, run]));
  });
  const fields = createFields(source, (id) => known.peek().has(id));
  const columnIds = computed(() => (view.value.columns ?? picked.value).join("\n"));
  const columns = computed(() => columnIds.value.split("\n").map(parseColumn).filter(isColumn));
  const groupIds = computed(() => view.value.group.join("\n"));
  const groupColumns = computed(() => groupIds.value.split("\n").map(parseColumn).filter(isColumn));
  const folded = computed(() => new Set(view.value.folded));
  const lines = computed(() =>
    tableLines(rows.value, { columns: groupColumns.value, folded: folded.value }),
  );
  const neededNames = computed(() =>
    neededMetrics([...columns.value, ...groupColumns.value]).join("\n"),
  );
  const needed = () => neededNames.peek().split("\n").filter(Boolean);
  const { charted, chartedIds, metricNames } = createCharted(shown, known, summaries);

  const query = (at: string | null, limit = PAGE_SIZE): RunsQuery => ({
    ...source,
    sort: view.peek().sort,
    filter: filterQuery(view.peek().filter),
    archived: view.peek().archived,
    deleted: view.peek().bin,
    metrics: needed(),
    limit,
    cursor: at,
  });

  const fail = (problem: unknown, filter: string) => {
    filterError.value = filterErrorOf(problem, filter);
    if (!filterError.value) error.value = toError(problem);
  };

  const reload = (asking: Asking = { fresh: true }): Promise<void> => {
    generation += 1;
    const mine = generation;
    abort.abort();
    abort = new AbortController();
    loading.value = true;
    underway = fetchFirst(mine, { ...asking, signal: abort.signal }).finally(() => {
      if (mine === generation) loading.value = false;
    });
    return underway;
  };

  const fetchFirst = async (mine: number, asking: Asking) => {
    // Which metrics to ask for follows from what there is.
    if (view.peek().columns === null) await whenTrue(fields.isSettled);
    if (disposed || mine !== generation) return;
    const { filter, sort } = view.peek();
    const names = needed();
    try {
      const answer = await listRuns(query(null), asking);
      if (disposed || mine !== generation) return;
      loadedNames = new Set(names);
      runs.value = answer.items.map(withUnanswered);
      cameInOrder.value = isInOrder(answer.items, sort);
      cursor.value = answer.nextCursor;
      totalCount.value = answer.totalCount;
      unseen.value = new Set();
      error.value = null;
      filterError.value = null;
      position.value = answer.position;
      fields.catchUp(answer.position);
      stopFollowing ??= followAllRuns(answer.position);
      for (const id of open.peek()) loadChildren(id, asking);
      if (groupIds.peek()) void loadAll();
    } catch (problem) {
      if (!disposed && mine === generation) fail(problem, filter);
    }
  };

  /** Fill in columns that were added; which runs are shown, and their order, stays. */
  const loadMetrics = async () => {
    await underway;
    const mine = generation;
    const missing = needed().filter((name) => !loadedNames.has(name));
    const count = runs.peek().length + unseen.peek().size;
    if (disposed || missing.length === 0 || runs.peek().length === 0) return;
    try {
      let at: string | null = null;
      for (let left = count; left > 0; left -= LIMIT_MAX) {
        const limit = Math.min(LIMIT_MAX, left);
        const answer = await listRuns({ ...query(at, limit), metrics: missing });
        if (disposed || mine !== generation) return;
        for (const { runId, metrics } of answer.items) {
          const grown = withRecent(runId, metrics, missing);
          patch(runId, (run) => ({ ...run, metrics: { ...grown, ...run.metrics } }));
        }
        at = answer.nextCursor;
        if (!at) break;
      }
      for (const name of missing) loadedNames.add(name);
      for (const id of open.peek()) loadChildren(id);
    } catch (problem) {
      fail(problem, view.peek().filter);
    }
  };

  const loadMore = async (limit: number) => {
    const at = cursor.value;
    if (!at || loading.value || runs.value.length >= LOADED_MAX) return;
    const mine = generation;
    loading.value = true;
    try {
      const answer = await listRuns(query(at, limit), { fresh: false, signal: abort.signal });
      if (disposed || mine !== generation) return;
      const have = new Set(runs.value.map((run) => run.runId));
      runs.value = [...runs.value, ...answer.items.filter((run) => !have.has(run.runId))];
      cursor.value = answer.nextCursor;
    } catch (problem) {
      if (mine === generation) fail(problem, view.peek().filter);
    } finally {
      if (mine === generation) loading.value = false;
    }
  };

  const loadAll = async () => {
    await underway;
    const mine = generation;
    while (cursor.peek() && mine === generation && !disposed) {
      const before = cursor.peek();
      await loadMore(LIMIT_MAX);
      if (cursor.peek() === before) return;
    }
  };

  const loadChildren = async (parent: string, asking: Asking = { fresh: true }) => {
    try {
      const { metrics, limit } = query(null);
      const answer = await listRuns({ parent, metrics, limit }, { fresh: asking.fresh });
      if (!disposed)
        childrenOf.value = new Map(childrenOf.value).set(parent, answer.items.map(withUnanswered));
    } catch (problem) {
      error.value = toError(problem);
    }
  };

  /** Changes of a frame are put in together: a copy of the list for each would be too many. */
  const patch = (id: string, change: (run: Run) => Run) => {
    const run = changed.get(id) ?? known.peek().get(id);
    if (!run) return;
    if (changed.size === 0) queueMicrotask(putChanges);
    changed.set(id, change(run));
  };

  const putChanges = () => {
    const put = changed;
    changed = new Map();
    if (disposed) return;
    runs.value = replacedRuns(runs.value, put);
    if (childrenOf.value.size === 0) return;
    childrenOf.value = new Map(
      Array.from(childrenOf.value, ([parent, children]) => [parent, replacedRuns(children, put)]),
    );
  };

  const onRun = (id: string, change: RunChange) => {
    if (known.value.has(id)) {
      patch(id, (run) => mergeRun(run, change));
      return;
    }
    const { deletedUs } = change;
    if (deletedUs !== undefined) {
      // It has come to where we look, from somewhere that we do not know it from.
      if ((deletedUs !== null) === isBin.peek()) reload();
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
    if (!loadedNames.has(delta.metric)) return;
    patch(delta.run, (run) => ({
      ...run,
      metrics: { ...run.metrics, [delta.metric]: mergeSummary(run.metrics[delta.metric], delta) },
    }));
  };

  // A change of either asks the server anew; a change of anything else in the view does not.
  const asked = computed(() =>
    JSON.stringify([
      view.value.sort,
      filterQuery(view.value.filter),
      withArchived.value,
      isBin.value,
    ]),
  );

  const stops = [
    listen({ onRun, onPoints, onReset: () => reload() }),
    effect(() => {
      asked.value;
      reload({ fresh: false });
    }),
    effect(() => {
      if (neededNames.value !== "") loadMetrics();
    }),
    effect(() => {
      // Groups are of all runs, or they would change while one scrolls.
      if (groupIds.value !== "") loadAll();
    }),
    effect(() => {
      // An empty list shows its first runs at once: there is nothing that could jump.
      if (unseen.value.size > 0 && runs.value.length === 0 && view.value.filter === "") reload();
    }),
    effect(() => {
      // Once there are metrics to show, what was picked stays.
      const isWhole = picked.peek().some((id) => id.startsWith("metrics."));
      if (!isWhole && fields.isSettled.value) picked.value = pickColumns(fields.items.value);
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
    source,
    rows,
    lines,
    runs: shown,
    totalCount,
    columns,
    fields,
    metricNames,
    charted,
    selectedCount: computed(() => view.value.selected.length),
    newCount: computed(() => unseen.value.size),
    isReordered: computed(() => cameInOrder.value && !isInOrder(runs.value, view.value.sort)),
    loading,
    error,
    filterError,
    hasMore: computed(() => cursor.value !== null),
    open,
    summaries,
    loadMore: () => void loadMore(SCROLL_SIZE),
    loadAll,
    reload: () => void reload(),
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
      abort.abort();
      for (const stop of stops) stop();
      stopFollowing?.();
      followRuns(me, [], "");
      summaries.dispose();
      fields.dispose();
    },
  };
}

/** Whether the list is shown as it comes by itself: not sorted, not filtered. */
export function isDefaultOrder(): boolean {
  return view.value.sort === DEFAULT_VIEW.sort && view.value.filter === "";
}
