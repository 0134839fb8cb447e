/** A long table of which only the pages near the viewport are at hand. */
import type { TablePage } from "./catalog.ts";
import type { Cell } from "./tables.ts";

export const TABLE_PAGE_ROWS = 400;

const PAGES_MAX = 30;

export interface Rows {
  readonly sort: string;
  readonly search: string;
  /** The page that came first; it names the columns and says how many rows there are. */
  readonly first: TablePage;
  readonly pages: ReadonlyMap<number, TablePage>;
}

export interface Row {
  /** Its place in the order of logging. */
  readonly number: number;
  readonly cells: readonly Cell[];
}

export function rowAt(rows: Rows, at: number): Row | undefined {
  const page = rows.pages.get(Math.floor(at / TABLE_PAGE_ROWS));
  const i = at % TABLE_PAGE_ROWS;
  if (!page || i >= rowsOf(page)) return undefined;
  return {
    number: page.rows ? page.rows[i] : page.offset + i,
    cells: page.columns.map((column) => column.values[i]),
  };
}

export function withRows(before: Rows, page: TablePage): Rows {
  const pages = new Map(before.pages);
  pages.set(Math.floor(page.offset / TABLE_PAGE_ROWS), page);
  for (const old of pages.keys()) {
    if (pages.size <= PAGES_MAX) break;
    pages.delete(old);
  }
  return { ...before, pages };
}

/** The first page of the rows [start, end) that is not at hand; null when all are. */
export function missingRows(rows: Rows, start: number, end: number): number | null {
  const last = Math.min(end, rows.first.matchCount);
  for (let at = Math.floor(start / TABLE_PAGE_ROWS); at * TABLE_PAGE_ROWS < last; at++) {
    if (!rows.pages.has(at)) return at;
  }
  return null;
}

function rowsOf(page: TablePage): number {
  return page.columns[0]?.values.length ?? 0;
}
