/** What the compared runs hold besides metrics: a list a run, fetched when a tab needs it. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { fileUrl, listFiles, listImages, readText } from "../api/client.ts";
import { getTable, listTables } from "../api/record.ts";
import type { FileItem, ImageItem, TableItem, TablePage } from "../model/catalog.ts";
import { listen } from "./live.ts";
import { createResource, type Fetched, type Resource } from "./resource.ts";

export { fileUrl } from "../api/client.ts";

/** One answer a run, in the order of the runs; null where it has not come yet. */
export interface Lists<T> {
  readonly values: ReadonlySignal<readonly (T | null)[]>;
  readonly error: ReadonlySignal<Error | null>;
  refresh: () => void;
  dispose: () => void;
}

export function createImageLists(runs: readonly string[]): Lists<readonly ImageItem[]> {
  return createLists(runs, "images", (run, asking) => listImages(run, asking));
}

export function createTableLists(runs: readonly string[]): Lists<readonly TableItem[]> {
  return createLists(runs, "tables", (run, asking) => listTables(run, asking));
}

export function createFileLists(runs: readonly string[]): Lists<readonly FileItem[]> {
  return createLists(runs, "files", (run, asking) => listFiles(run, asking));
}

/** Rows of a table that are put side by side. */
export const SIDE_ROWS_MAX = 1000;

/** The first rows of each run's table of the name. */
export function createTables(runs: readonly string[], name: string): Lists<TablePage> {
  return createLists(runs, "tables", (run, asking) =>
    getTable(run, name, { offset: 0, limit: SIDE_ROWS_MAX }, asking),
  );
}

/** Bytes of a text that are compared. */
export const TEXT_BYTES_MAX = 256_000;

export function createTexts(runs: readonly string[], path: string): Lists<string> {
  return createLists(runs, "files", (run) => readText(fileUrl(run, path), TEXT_BYTES_MAX));
}

type Load<T> = (run: string, asking: Parameters<typeof listImages>[1]) => Promise<T>;

function createLists<T>(runs: readonly string[], what: string, load: Load<T>): Lists<T> {
  const resources = new Map<string, Resource<T>>(
    runs.map((run) => [run, createResource((asking) => load(run, asking))]),
  );
  const states = computed<Fetched<T>[]>(() => [...resources.values()].map((r) => r.state.value));
  const refresh = () => {
    for (const resource of resources.values()) resource.refresh();
  };
  const stop = listen({
    onChanged: (change) => {
      if (change.what === what) resources.get(change.run)?.refresh();
    },
    onReset: refresh,
  });
  return {
    values: computed(() => states.value.map(({ value }) => value)),
    error: computed(() => states.value.find(({ error }) => error !== null)?.error ?? null),
    refresh,
    dispose: () => {
      stop();
      for (const resource of resources.values()) resource.dispose();
    },
  };
}
