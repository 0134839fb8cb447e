/** One run with all that it logged, live. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import {
  ApiError,
  type Asking,
  fileUrl,
  getRun,
  getValues,
  listCharts,
  listFiles,
  listImages,
  listRuns,
  readText,
} from "../api/client.ts";
import { getTable, listLogs, listTables } from "../api/record.ts";
import { listStates } from "../api/system.ts";
import type {
  ChartItem,
  FileItem,
  ImageItem,
  LogItem,
  MetricItem,
  TableItem,
  TablePage,
} from "../model/catalog.ts";
import { mergeRun } from "../model/live.ts";
import type { RunState } from "../model/phases.ts";
import { type PublishedChart, parsePublished } from "../model/published.ts";
import type { Run } from "../model/run.ts";
import type { Cell } from "../model/tables.ts";
import { followRuns, listen, withUnanswered } from "./live.ts";
import { createResource, type Resource, toError } from "./resource.ts";
import { createSummaries } from "./summaries.ts";

export interface RunPage {
  readonly runId: string;
  readonly run: ReadonlySignal<Run | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly reload: () => void;
  readonly metrics: ReadonlySignal<readonly MetricItem[] | null>;
  readonly tables: Resource<readonly TableItem[]>;
  readonly images: Resource<readonly ImageItem[]>;
  readonly charts: Resource<readonly ChartItem[]>;
  readonly files: Resource<readonly FileItem[]>;
  readonly logs: Resource<readonly LogItem[]>;
  readonly states: Resource<readonly RunState[]>;
  /** Goes up when something of the kind changed, so that what shows it asks again. */
  readonly changes: ReadonlySignal<ReadonlyMap<string, number>>;
  dispose: () => void;
}

export function createRunPage(runId: string): RunPage {
  const run = signal<Run | null>(null);
  const error = signal<Error | null>(null);
  const changes = signal<ReadonlyMap<string, number>>(new Map());
  const me = Symbol();
  let announce = () => {};
  // Nothing else is asked about a run that does not exist.
  const known = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const summaries = createSummaries(known);
  const metrics = summaries.of(runId);
  const lists = <T>(list: (run: string, asking: Asking) => Promise<T>) =>
    createResource((asking) => known.then(() => list(runId, asking)));
  const tables = lists(listTables);
  const images = lists(listImages);
  const charts = lists(listCharts);
  const files = lists(listFiles);
  const logs = lists(listLogs);
  const states = lists(listStates);
  const resources: Readonly<Record<string, Resource<unknown>>> = {
    tables,
    images,
    charts,
    files,
    logs,
    states,
  };

  const load = async () => {
    try {
      const answer = await getNewestRun(runId);
      run.value = withUnanswered(answer.run);
      error.value = null;
      announce();
      followRuns(me, [runId], answer.position);
    } catch (problem) {
      error.value = toError(problem);
    }
  };

  const stop = listen({
    onRun: (id, change) => {
      if (id !== runId || !run.value) return;
      run.value = mergeRun(run.value, change);
      if (change.status !== undefined) states.refresh();
    },
    onChanged: ({ run: id, what }) => {
      if (id !== runId) return;
      resources[what]?.refresh();
      if (what === "config") load();
      changes.value = new Map(changes.value).set(what, (changes.value.get(what) ?? 0) + 1);
    },
    onReset: () => {
      load();
      for (const resource of Object.values(resources)) resource.refresh();
    },
  });

  load();
  return {
    runId,
    run,
    error,
    reload: load,
    metrics,
    tables,
    images,
    charts,
    files,
    logs,
    states,
    changes,
    dispose: () => {
      stop();
      followRuns(me, [], "");
      summaries.dispose();
      for (const resource of Object.values(resources)) resource.dispose();
    },
  };
}

/** A page that waits longer for the newest state shows what there is instead. */
const FRESH_WAIT_MS = 2000;

/** A run that began a moment ago is in the log before it is in the tables: wait for those. */
async function getNewestRun(runId: string) {
  try {
    return await getRun(runId, { fresh: true, signal: AbortSignal.timeout(FRESH_WAIT_MS) });
  } catch (problem) {
    if (isUnknown(problem)) throw problem;
  }
  try {
    return await getRun(runId);
  } catch (problem) {
    if (!isUnknown(problem)) throw problem;
    return getRun(runId, { fresh: true });
  }
}

function isUnknown(problem: unknown): boolean {
  return problem instanceof ApiError && problem.status === 404;
}

/** The runs before and after this one in its experiment, newest first, for `[` and `]`. */
export async function neighbours(run: Run): Promise<{ previous?: string; next?: string }> {
  const source = run.parentId ? { parent: run.parentId } : { experiment: run.experiment };
  const { items } = await listRuns({ ...source, sort: "-created", metrics: [], limit: 1000 });
  const at = items.findIndex((one) => one.runId === run.runId);
  if (at < 0) return {};
  return { previous: items[at - 1]?.runId, next: items[at + 1]?.runId };
}

/** A run that this one points at. */
export function createOneRun(runId: string): Resource<Run> {
  return createResource(async (asking) => (await getRun(runId, asking)).run);
}

/** Where a browser finds the bytes of an image or any other file. */
export { fileUrl } from "../api/client.ts";
export { logUrl, tableUrl } from "../api/record.ts";

export const TABLE_ROWS_MAX = 5000;

/** The first rows of a table, to be drawn. */
export function createTable(runId: string, name: string): Resource<TablePage> {
  const first = { offset: 0, limit: TABLE_ROWS_MAX };
  return createResource((asking) => getTable(runId, name, first, asking));
}

export function createValues(runId: string, name: string): Resource<readonly Cell[]> {
  return createResource((asking) => getValues(runId, name, asking));
}

const CHART_BYTES_MAX = 4_000_000;

export function createPublished(runId: string, path: string): Resource<PublishedChart | null> {
  return createResource(async () =>
    parsePublished(JSON.parse(await readText(fileUrl(runId, path), CHART_BYTES_MAX))),
  );
}

export const PREVIEW_BYTES_MAX = 256_000;

/** The beginning of the text at an address. */
export function createPreview(url: string): Resource<string> {
  return createResource(() => readText(url, PREVIEW_BYTES_MAX));
}

/** Refresh a resource whenever something of the kind changes in the run. Call the result to stop. */
export function refreshOn(page: RunPage, what: string, refresh: () => void): () => void {
  let seen = page.changes.peek().get(what) ?? 0;
  return effect(() => {
    const count = page.changes.value.get(what) ?? 0;
    if (count !== seen) refresh();
    seen = count;
  });
}
