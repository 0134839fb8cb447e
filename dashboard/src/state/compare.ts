/** The runs that are compared: loaded once, then kept up to date by the live streams. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { listRuns, listRunsById } from "../api/client.ts";
import { type CompareView, DEFAULT_COMPARE } from "../model/compare-view.ts";
import { metricNames, metricsOf, pickAxes } from "../model/dimensions.ts";
import { filterQuery } from "../model/filter.ts";
import { type Delta, mergeRun, mergeSummary } from "../model/live.ts";
import { isTerminal, type Run } from "../model/run.ts";
import { createFields, type Fields } from "./fields.ts";
import { type FilterError, filterErrorOf } from "./filter-error.ts";
import { followAllRuns, followRuns, listen } from "./live.ts";
import { toError } from "./resource.ts";
import { goTo, hrefOf, setView, view } from "./router.ts";

/** Runs that can be compared one by one. */
export const CHOSEN_MAX = 100;
/** Runs of an experiment that are drawn together. */
export const LOADED_MAX = 3000;
const PAGE_SIZE = 1000;
/** Runs whose metrics say which names there are. */
const SAMPLE_SIZE = 50;
const FOLLOWED_MAX = 50;

export interface Comparison {
  /** In the order of choosing; of an experiment the newest first. */
  readonly runs: ReadonlySignal<readonly Run[]>;
  /** Names of the metrics there are; of an experiment those of its newest runs. */
  readonly names: ReadonlySignal<readonly string[]>;
  readonly loading: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<Error | null>;
  /** Chosen ids that no run has. */
  readonly missing: ReadonlySignal<readonly string[]>;
  /** The experiment has more runs than were loaded. */
  readonly hasMore: ReadonlySignal<boolean>;
  /** Runs of the experiment that began after it was loaded. */
  readonly newCount: ReadonlySignal<number>;
  reload: () => void;
  dispose: () => void;
}

export interface FilteredRuns extends Comparison {
  readonly fields: Fields;
  readonly filterError: ReadonlySignal<FilterError | null>;
}

/** Change what the address says of the comparison. */
export function setCompare(change: Partial<CompareView>): void {
  setView({ compare: { ...view.peek().compare, ...change } });
}

/** Compare these runs on a page of their own; the controls that are not about runs stay. */
export function compareRuns(runs: readonly string[]): void {
  const { x, logX, logY, smoothing, compare } = view.peek();
  const kept = { ...compare, experiment: "", brushes: [], runs };
  goTo({ kind: "compare", tab: "charts" }, { x, logX, logY, smoothing, compare: kept });
}

/** The address of the parameters of all runs of an experiment that the filter lets through. */
export function parametersOf(experiment: string, filter: string): string {
  return hrefOf(PARAMETERS, { filter, compare: { ...DEFAULT_COMPARE, experiment } });
}

/** Go there with the filter of the page that is open. */
export function plotParameters(experiment: string): void {
  const { filter } = view.peek();
  goTo(PARAMETERS, { filter, compare: { ...DEFAULT_COMPARE, experiment } });
}

const PARAMETERS = { kind: "compare", tab: "parameters" } as const;

const FOUND_MAX = 12;

/** Runs to add: the newest whose name, or whatever the filter says, matches; children too. */
export async function searchRuns(typed: string): Promise<readonly Run[]> {
  const filter = filterQuery(typed);
  const query = { filter, metrics: [], limit: FOUND_MAX, includeChildren: true };
  return (await listRuns(query)).items;
}

/** The chosen runs with all their metrics. */
export function createChosen(): Comparison {
  const store = createStore();
  const { runs } = store;
  const wanted = computed(() =>
    [...new Set(view.value.compare.runs)].slice(0, CHOSEN_MAX).join(","),
  );
  const asked = signal<readonly string[]>([]);
  const me = Symbol();
  let position = "";

  const load = async (fresh: boolean) => {
    const ids = wanted.peek().split(",").filter(Boolean);
    await store.load(async (isCurrent) => {
      let answer = ids.length > 0 ? await listRunsById(ids, { fresh }) : null;
      // A run that began a moment ago is in the log before it is in the tables: wait for those.
      if (answer && answer.items.length < ids.length && !fresh) {
        answer = await listRunsById(ids, { fresh: true });
      }
      if (!isCurrent()) return;
      const byId = new Map(answer?.items.map((run) => [run.runId, run]));
      runs.value = ids.flatMap((id) => byId.get(id) ?? []);
      asked.value = ids;
      position = answer?.position ?? "";
      followRuns(me, [...byId.keys()], position);
    });
  };

  const stop = effect(() => {
    const ids = wanted.value.split(",").filter(Boolean);
    const known = new Map(runs.peek().map((run) => [run.runId, run]));
    // Runs that are taken away, or put in another order, are known.
    if (ids.length > 0 && ids.every((id) => known.has(id))) {
      runs.value = ids.flatMap((id) => known.get(id) ?? []);
      asked.value = ids;
      followRuns(me, ids, position);
    } else {
      load(false);
    }
  });
  store.onReset(() => load(true));
  const stopListening = listen({
    onChanged: ({ run, what }) => {
      if (what === "config" && asked.peek().includes(run)) load(true);
    },
  });
  return {
    ...store,
    names: steady(() => metricNames(runs.value)),
    missing: computed(() => {
      const known = new Set(runs.value.map((run) => run.runId));
      return asked.value.filter((id) => !known.has(id));
    }),
    hasMore: signal(false),
    newCount: signal(0),
    reload: () => load(true),
    dispose: () => {
      stop();
      stopListening();
      followRuns(me, [], "");
      store.dispose();
    },
  };
}

/** All runs of an experiment that the filter lets through, with the metrics that are plotted. */
export function createFiltered(experiment: string): FilteredRuns {
  const store = createStore();
  const { runs } = store;
  const names = signal<readonly string[]>([]);
  const hasMore = signal(false);
  const unseen = signal<ReadonlySet<string>>(new Set());
  const isKnown = (id: string) => runs.peek().some((run) => run.runId === id);
  const fields = createFields({ experiment }, isKnown);
  const filterError = computed(() => {
    const problem = store.error.value;
    return problem && filterErrorOf(problem, view.peek().filter);
  });
  const me = Symbol();
  let stopFollowing: (() => void) | null = null;

  let loaded = new Set<string>();

  const plotted = steady(() => {
    const { axes, color, scatterX, scatterY } = view.value.compare;
    const shown = axes ?? pickAxes(runs.value, names.value);
    return metricsOf([...shown, color, scatterX, scatterY]);
  });

  const query = () => ({ experiment, filter: filterQuery(view.peek().filter) });

  const load = async (fresh: boolean) => {
    await store.load(async (isCurrent) => {
      const first = await listRuns({ ...query(), metrics: ["*"], limit: SAMPLE_SIZE }, { fresh });
      if (!isCurrent()) return;
      names.value = metricNames(first.items);
      stopFollowing ??= followAllRuns(first.position);
      const { axes, color, scatterX, scatterY } = view.peek().compare;
      const shown = axes ?? pickAxes(first.items, names.value);
      await loadAll(metricsOf([...shown, color, scatterX, scatterY]), isCurrent);
    });
  };

  const loadAll = async (metrics: readonly string[], isCurrent: () => boolean) => {
    const items: Run[] = [];
    let cursor: string | null = null;
    do {
      const page = await listRuns({ ...query(), metrics, limit: PAGE_SIZE, cursor });
      if (!isCurrent()) return;
      if (!cursor) follow(page.items, page.position);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor && items.length < LOADED_MAX);
    loaded = new Set(metrics);
    runs.value = items;
    hasMore.value = cursor !== null;
    unseen.value = new Set();
  };

  const follow = (items: readonly Run[], position: string) => {
    const live = items.filter((run) => !isTerminal(run.status)).slice(0, FOLLOWED_MAX);
    followRuns(
      me,
      live.map((run) => run.runId),
      position,
    );
  };

  const stops = [
    effect(() => {
      void view.value.filter;
      load(false);
    }),
    effect(() => {
      const needed = plotted.value;
      if (store.loading.value || needed.every((name) => loaded.has(name))) return;
      store.load((isCurrent) => loadAll(needed, isCurrent));
    }),
    listen({
      onRun: (id, change) => {
        const isOurs = change.experiment === experiment && !change.parentId;
        if (isKnown(id) || !isOurs) return;
        unseen.value = new Set(unseen.peek()).add(id);
        // Where nothing is drawn, nothing can jump.
        if (runs.peek().length === 0 && view.peek().filter === "") load(true);
      },
    }),
  ];
  store.onReset(() => load(true));
  return {
    ...store,
    error: computed(() => (filterError.value ? null : store.error.value)),
    filterError,
    fields,
    names,
    hasMore,
    missing: signal([]),
    newCount: computed(() => unseen.value.size),
    reload: () => load(true),
    dispose: () => {
      for (const stop of stops) stop();
      fields.dispose();
      stopFollowing?.();
      followRuns(me, [], "");
      store.dispose();
    },
  };
}

/** A list that is the same value as long as it has the same items. */
function steady(compute: () => readonly string[]): ReadonlySignal<readonly string[]> {
  const joined = computed(() => compute().join("\n"));
  return computed(() => joined.value.split("\n").filter(Boolean));
}

/** Runs that live events change, and loads of which only the last one counts. */
function createStore() {
  const runs = signal<readonly Run[]>([]);
  const loading = signal(true);
  const error = signal<Error | null>(null);
  let generation = 0;
  let disposed = false;
  let reset = () => {};

  const patch = (id: string, change: (run: Run) => Run) => {
    const at = runs.peek().findIndex((run) => run.runId === id);
    if (at >= 0) runs.value = runs.peek().with(at, change(runs.peek()[at]));
  };
  // A frame brings many points: a run is changed once for all of its own.
  let arrived = new Map<string, Delta[]>();
  const onPoints = (delta: Delta) => {
    if (arrived.size === 0) queueMicrotask(applyPoints);
    const deltas = arrived.get(delta.run);
    if (deltas) deltas.push(delta);
    else arrived.set(delta.run, [delta]);
  };
  const applyPoints = () => {
    const byRun = arrived;
    arrived = new Map();
    runs.value = runs.peek().map((run) => {
      const deltas = byRun.get(run.runId);
      if (!deltas) return run;
      const metrics = { ...run.metrics };
      for (const delta of deltas) {
        metrics[delta.metric] = mergeSummary(metrics[delta.metric], delta);
      }
      return { ...run, metrics };
    });
  };
  const stop = listen({
    onRun: (id, change) => patch(id, (run) => mergeRun(run, change)),
    onPoints,
    onReset: () => reset(),
  });

  const load = async (work: (isCurrent: () => boolean) => Promise<void>) => {
    generation += 1;
    const mine = generation;
    const isCurrent = () => !disposed && mine === generation;
    loading.value = true;
    try {
      await work(isCurrent);
      if (isCurrent()) error.value = null;
    } catch (problem) {
      if (isCurrent()) error.value = toError(problem);
    } finally {
      if (isCurrent()) loading.value = false;
    }
  };

  return {
    runs,
    loading,
    error,
    load,
    onReset: (call: () => void) => {
      reset = call;
    },
    dispose: () => {
      disposed = true;
      stop();
    },
  };
}
