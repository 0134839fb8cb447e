/** Searching a log: the server finds the lines, the page marks what is in them. */

export interface LogQuery {
  readonly pattern: string;
  readonly regex: boolean;
  readonly matchCase: boolean;
}

/**
 * What a line of a program that went wrong says, in most languages. A small `error` in running
 * text is left out: in a training's log it is a metric.
 */
export const ERROR_QUERY: LogQuery = {
  pattern: [
    "\\b(ERROR|FATAL|CRITICAL|EXCEPTION|Traceback|panicked|[Ss]egmentation fault|[Oo]ut of memory)\\b",
    "^\\s*(error|fatal|panic)\\b",
    "\\w*(Error|Exception)\\b",
    "level=error",
  ].join("|"),
  regex: true,
  matchCase: true,
};

const RANGES_MAX = 200;

/**
 * The ranges of `text` that match. The server's expressions (RE2) are almost JavaScript's; where
 * they are not, the whole line is the match, because the server said that there is one.
 */
export function matchRanges(text: string, query: LogQuery): [number, number][] {
  if (!query.pattern) return [];
  let regex: RegExp;
  try {
    regex = new RegExp(
      query.regex ? query.pattern : query.pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
      query.matchCase ? "gu" : "giu",
    );
  } catch {
    return [[0, text.length]];
  }
  const ranges: [number, number][] = [];
  for (const match of text.matchAll(regex)) {
    if (match[0]) ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= RANGES_MAX) break;
  }
  return ranges;
}

/** The place in `lines`, which count up, of the first that is `from` or later; 0 when none is. */
export function firstFrom(lines: readonly number[], from: number): number {
  const at = lines.findIndex((line) => line >= from);
  return at < 0 ? 0 : at;
}
