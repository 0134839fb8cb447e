/** What can be drawn of an answer: a column along x, others as lines, or one as bars. */
import { compareNames } from "../base/names.ts";
import { type PointSeries, pointSeries } from "./series.ts";
import { type ColumnKind, kindOf, type SqlAnswer } from "./sql.ts";
import { numberOf } from "./tables.ts";

/** Columns by their place; `by` is a column of text whose values are lines of their own. */
export interface ChartChoice {
  readonly x: number;
  readonly y: readonly number[];
  readonly by: number | null;
}

export type SqlChart =
  | { readonly kind: "lines"; readonly axis: "number" | "time"; readonly lines: readonly Line[] }
  | { readonly kind: "bars"; readonly bars: readonly { text: string; value: number }[] };

export interface Line {
  readonly name: string;
  readonly series: PointSeries;
}

export const LINES_MAX = 30;
export const BARS_MAX = 40;
/** Times are drawn in microseconds. */
const US_PER_MS = 1000;

/** A choice that says something of most answers; null where no column holds numbers. */
export function proposedChart(answer: SqlAnswer): ChartChoice | null {
  const kinds = answer.columns.map(({ type }) => kindOf(type));
  const places = (kind: ColumnKind) => kinds.flatMap((one, i) => (one === kind ? [i] : []));
  const [numbers, times, texts] = [places("number"), places("time"), places("text")];
  if (numbers.length === 0) return null;
  const isStep = (i: number) => /^(step|epoch|x|index|bucket|n)$/i.test(answer.columns[i].name);
  const along = times[0] ?? numbers.find(isStep);
  if (along !== undefined) {
    const y = numbers.filter((i) => i !== along);
    if (y.length > 0) {
      const by = repeats(answer, along) ? (texts[0] ?? null) : null;
      return { x: along, y: by === null ? y : y.slice(0, 1), by };
    }
  }
  if (texts.length > 0) return { x: texts[0], y: numbers.slice(-1), by: null };
  return numbers.length > 1 ? { x: numbers[0], y: numbers.slice(1), by: null } : null;
}

function repeats({ rows }: SqlAnswer, column: number): boolean {
  return new Set(rows.map((row) => row[column])).size < rows.length;
}

export function chartOf(answer: SqlAnswer, { x, y, by }: ChartChoice): SqlChart {
  const kind = kindOf(answer.columns[x].type);
  if (kind === "text") {
    const bars = answer.rows.flatMap((row) => {
      const value = numberOf(row[y[0]]);
      return value === null ? [] : [{ text: String(row[x] ?? "–"), value }];
    });
    return { kind: "bars", bars };
  }
  const xOf = (cell: unknown) => (kind === "time" ? instantUs(cell) : numberOf(cell));
  const pointsOf = (rows: SqlAnswer["rows"], column: number) => pointsAt(rows, x, column, xOf);
  const lines =
    by === null
      ? y.map((column) => ({
          name: answer.columns[column].name,
          series: pointsOf(answer.rows, column),
        }))
      : groupedBy(answer.rows, by).map(([name, rows]) => ({ name, series: pointsOf(rows, y[0]) }));
  return {
    kind: "lines",
    axis: kind === "time" ? "time" : "number",
    lines: lines.slice(0, LINES_MAX),
  };
}

/** How many lines a choice has before the limit. */
export function lineCount(answer: SqlAnswer, { y, by }: ChartChoice): number {
  return by === null ? y.length : groupedBy(answer.rows, by).length;
}

function groupedBy(rows: SqlAnswer["rows"], column: number): [string, SqlAnswer["rows"]][] {
  const groups = new Map<string, (readonly unknown[])[]>();
  for (const row of rows) {
    const name = String(row[column] ?? "–");
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].sort(([a], [b]) => compareNames(a, b));
}

function pointsAt(
  rows: SqlAnswer["rows"],
  x: number,
  y: number,
  xOf: (cell: unknown) => number | null,
): PointSeries {
  const kept = rows
    .map((row) => [xOf(row[x]), numberOf(row[y])] as const)
    .filter(
      (pair): pair is readonly [number, number] =>
        pair[0] !== null && Number.isFinite(pair[0]) && pair[1] !== null,
    );
  const at = Float64Array.from(kept, ([one]) => one);
  const value = Float64Array.from(kept, ([, one]) => one);
  return pointSeries({ x: at, value, step: at, tsUs: new Float64Array(at.length) });
}

/** Microseconds since 1970 of an ISO 8601 text; one without a zone is UTC. */
function instantUs(cell: unknown): number | null {
  if (typeof cell !== "string") return null;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(cell);
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(cell);
  const ms = Date.parse(isDate || hasZone ? cell : `${cell.replace(" ", "T")}Z`);
  return Number.isNaN(ms) ? null : ms * US_PER_MS;
}
