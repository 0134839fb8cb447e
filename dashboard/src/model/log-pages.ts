/** A long log of which only the pages near the viewport are at hand. */

export const PAGE_LINES = 500;

/** Lines that are kept: 40 pages are some megabytes, and many screens in either direction. */
const PAGES_MAX = 40;

export interface LineWindow {
  readonly line: number;
  readonly lines: readonly string[];
  readonly lineCount: number;
}

type Page = readonly (string | undefined)[];

export interface LogPages {
  readonly lineCount: number;
  /** By number, the one that was used last at the end. */
  readonly pages: ReadonlyMap<number, Page>;
}

export const NO_PAGES: LogPages = { lineCount: 0, pages: new Map() };

export function lineAt({ pages }: LogPages, line: number): string | undefined {
  return pages.get(Math.floor(line / PAGE_LINES))?.[line % PAGE_LINES];
}

/**
 * The log after an answer of the server came. A log grows at its end, and what was its last line
 * may have grown too, so that line is asked for again.
 */
export function withWindow(before: LogPages, answer: LineWindow): LogPages {
  const changed = new Map<number, (string | undefined)[]>();
  const set = (line: number, text: string | undefined) => {
    const page = Math.floor(line / PAGE_LINES);
    const lines = changed.get(page) ?? [...(before.pages.get(page) ?? [])];
    lines[line % PAGE_LINES] = text;
    changed.set(page, lines);
  };
  const last = before.lineCount - 1;
  if (last >= 0 && answer.lineCount > before.lineCount) set(last, undefined);
  for (const [at, text] of answer.lines.entries()) set(answer.line + at, text);
  const pages = new Map(before.pages);
  for (const [page, lines] of changed) {
    pages.delete(page);
    pages.set(page, lines);
  }
  for (const page of pages.keys()) {
    if (pages.size <= PAGES_MAX) break;
    pages.delete(page);
  }
  return { lineCount: Math.max(before.lineCount, answer.lineCount), pages };
}

/** The first page with a line of [start, end) that is not at hand; null when all are. */
export function missingPage(log: LogPages, start: number, end: number): number | null {
  for (let line = Math.max(0, start); line < Math.min(end, log.lineCount); line++) {
    if (lineAt(log, line) === undefined) return Math.floor(line / PAGE_LINES);
  }
  return null;
}

/** The log with the pages of [start, end) as those that were used last. */
export function used(log: LogPages, start: number, end: number): LogPages {
  const pages = new Map(log.pages);
  for (let page = Math.floor(start / PAGE_LINES); page * PAGE_LINES < end; page++) {
    const lines = pages.get(page);
    if (lines && pages.delete(page)) pages.set(page, lines);
  }
  return { ...log, pages };
}
