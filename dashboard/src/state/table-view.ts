/** A table of any length: the rows near the viewport, in the order and choice that was asked for. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { getTable } from "../api/record.ts";
import type { TablePage } from "../model/catalog.ts";
import { missingRows, type Rows, TABLE_PAGE_ROWS, withRows } from "../model/table-pages.ts";
import { createResource, toError } from "./resource.ts";

export interface TableView {
  /** What is shown; another order takes its place in one go, once its first rows are there. */
  readonly rows: ReadonlySignal<Rows | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly want: (start: number, end: number) => void;
  readonly ask: (sort: string, search: string) => void;
  readonly refresh: () => void;
  readonly dispose: () => void;
}

export function createTableView(runId: string, name: string): TableView {
  const rows = signal<Rows | null>(null);
  const error = signal<Error | null>(null);
  let query = { sort: "", search: "" };
  let wanted: readonly [number, number] = [0, 0];
  let asking = new AbortController();
  let fetching = false;

  const read = (page: number, fresh: boolean): Promise<TablePage> => {
    const window = { ...query, offset: page * TABLE_PAGE_ROWS, limit: TABLE_PAGE_ROWS };
    return getTable(runId, name, window, { fresh, signal: asking.signal });
  };

  const fill = async () => {
    const known = rows.peek();
    const page = known && !fetching ? missingRows(known, ...wanted) : null;
    if (page === null) return;
    const { signal: ending } = asking;
    fetching = true;
    try {
      const answer = await read(page, false);
      if (!ending.aborted && rows.value) rows.value = withRows(rows.value, answer);
    } catch (problem) {
      if (!ending.aborted) error.value = toError(problem);
    }
    if (ending.aborted) return;
    fetching = false;
    if (!error.value) fill();
  };

  /** Begin anew with the page that is looked at. */
  const begin = async (fresh: boolean, page: number) => {
    asking.abort();
    asking = new AbortController();
    fetching = false;
    const { signal: ending } = asking;
    try {
      const answer = await read(page, fresh);
      if (ending.aborted) return;
      error.value = null;
      rows.value = withRows({ ...query, first: answer, pages: new Map() }, answer);
    } catch (problem) {
      if (!ending.aborted) error.value = toError(problem);
    }
    fill();
  };

  const growing = createResource(({ fresh }) =>
    begin(fresh, Math.floor(wanted[0] / TABLE_PAGE_ROWS)),
  );

  return {
    rows,
    error,
    want: (start, end) => {
      wanted = [start, end];
      fill();
    },
    ask: (sort, search) => {
      if (sort === query.sort && search === query.search) return;
      query = { sort, search };
      wanted = [0, 1];
      begin(false, 0);
    },
    refresh: growing.refresh,
    dispose: () => {
      asking.abort();
      growing.dispose();
    },
  };
}
