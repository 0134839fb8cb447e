/** A log of any length: the lines near the viewport, its end as it grows, and a search in it. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { findLines, readLines } from "../api/record.ts";
import {
  type LogPages,
  missingPage,
  NO_PAGES,
  PAGE_LINES,
  used,
  withWindow,
} from "../model/log-pages.ts";
import { firstFrom, type LogQuery } from "../model/log-search.ts";
import { createResource, type Resource, toError } from "./resource.ts";

export interface LogView {
  readonly pages: ReadonlySignal<LogPages>;
  /** Whether anything is known of the log yet. */
  readonly ready: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<Error | null>;
  /** Fetch what is missing of the lines [start, end). What was wanted before no longer is. */
  readonly want: (start: number, end: number) => void;
  /** The log may have grown. */
  readonly more: () => void;
  readonly dispose: () => void;
}

/** What is fetched of the end of a log that grows, so that a burst fits. */
const TAIL_LINES = 200;

export function createLogView(runId: string, file: string): LogView {
  const pages = signal<LogPages>(NO_PAGES);
  const ready = signal(false);
  const error = signal<Error | null>(null);
  const ending = new AbortController();
  let wanted: readonly [number, number] = [0, 0];
  let fetching = false;

  const read = async (line: number, limit: number, fresh: boolean) => {
    const answer = await readLines(runId, file, line, limit, { fresh, signal: ending.signal });
    if (ending.signal.aborted) return;
    pages.value = withWindow(used(pages.value, ...wanted), answer);
    ready.value = true;
    error.value = null;
    fill();
  };

  const fail = (problem: unknown) => {
    if (!ending.signal.aborted) error.value = toError(problem);
  };

  const fill = async () => {
    if (fetching || ending.signal.aborted) return;
    const page = missingPage(pages.value, ...wanted);
    if (page === null) return;
    fetching = true;
    try {
      await read(page * PAGE_LINES, PAGE_LINES, false);
    } catch (problem) {
      fail(problem);
      return;
    } finally {
      fetching = false;
    }
    fill();
  };

  const tail = createResource(async ({ fresh }) => {
    await read(-TAIL_LINES, TAIL_LINES, fresh).catch(fail);
  });

  return {
    pages,
    ready,
    error,
    want: (start, end) => {
      wanted = [start, end];
      fill();
    },
    more: tail.refresh,
    dispose: () => {
      ending.abort();
      tail.dispose();
    },
  };
}

export interface LogSearch {
  /** How many lines match; null while nobody knows. */
  readonly count: ReadonlySignal<number | null>;
  /** Which of them is looked at, from 0 on. */
  readonly at: ReadonlySignal<number>;
  readonly line: ReadonlySignal<number | null>;
  /** The numbers of the matching lines around it. */
  readonly lines: ReadonlySignal<ReadonlySet<number>>;
  readonly error: ReadonlySignal<Error | null>;
  /** Look for something else, beginning at a line; an empty pattern ends the search. */
  readonly find: (query: LogQuery, from: number) => Promise<void>;
  /** Go to the next match (1) or the one before (-1), round at the ends. */
  readonly go: (by: number) => Promise<void>;
  readonly dispose: () => void;
}

const MATCHES_PAGE = 10_000;

export function createLogSearch(runId: string, file: string): LogSearch {
  const count = signal<number | null>(null);
  const at = signal(0);
  const line = signal<number | null>(null);
  const lines = signal<ReadonlySet<number>>(new Set());
  const error = signal<Error | null>(null);
  let asked: LogQuery | null = null;
  let page: { offset: number; lines: readonly number[] } = { offset: 0, lines: [] };
  let asking = new AbortController();

  const load = async (query: LogQuery, offset: number): Promise<boolean> => {
    asking.abort();
    asking = new AbortController();
    const { signal: ending } = asking;
    try {
      const window = { offset, limit: MATCHES_PAGE };
      const answer = await findLines(runId, file, query, window, { fresh: false, signal: ending });
      if (ending.aborted) return false;
      page = { offset, lines: answer.lines };
      count.value = answer.count;
      lines.value = new Set(answer.lines);
      error.value = null;
      return true;
    } catch (problem) {
      if (!ending.aborted) error.value = toError(problem);
      return false;
    }
  };

  const show = (index: number) => {
    at.value = index;
    line.value = page.lines[index - page.offset] ?? null;
  };

  return {
    count,
    at,
    line,
    lines,
    error,
    find: async (query, from) => {
      asked = query;
      count.value = null;
      error.value = null;
      line.value = null;
      lines.value = new Set();
      if (!query.pattern) return asking.abort();
      if (await load(query, 0)) show(firstFrom(page.lines, from));
    },
    go: async (by) => {
      const total = count.peek();
      if (!asked || !total) return;
      const index = (at.peek() + by + total) % total;
      const offset = Math.floor(index / MATCHES_PAGE) * MATCHES_PAGE;
      if (offset !== page.offset && !(await load(asked, offset))) return;
      show(index);
    },
    dispose: () => asking.abort(),
  };
}

/** The end of a log, for where only that is shown. */
export function createLogEnd(
  runId: string,
  file: string,
  count: number,
): Resource<readonly string[]> {
  return createResource(async (asking) => {
    return (await readLines(runId, file, -count, count, asking)).lines;
  });
}
