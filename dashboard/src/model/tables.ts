/** Logged tables: what can be drawn of them, and their order. */
import { compareNames } from "../base/names.ts";
import { type PointSeries, pointSeries } from "./series.ts";

export type Cell = number | string | boolean | null;

export interface TableColumn {
  readonly name: string;
  readonly values: readonly Cell[];
}

const NONFINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** The cell as a number; the three non-finite words count, other text, booleans and null do not. */
export function numberOf(cell: unknown): number | null {
  if (typeof cell === "number") return cell;
  return typeof cell === "string" && cell in NONFINITE ? NONFINITE[cell] : null;
}

/** Whether every cell that is there is a number, and at least one is. */
export function isNumericColumn(column: TableColumn): boolean {
  const cells = column.values.filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => numberOf(cell) !== null);
}

/** The numeric columns as lines: the first is x, every other a line. Empty with fewer than two. */
export function tableLines(
  columns: readonly TableColumn[],
): { readonly xName: string; readonly lines: { name: string; series: PointSeries }[] } | null {
  const numeric = columns.filter(isNumericColumn);
  if (numeric.length < 2) return null;
  const [x, ...others] = numeric;
  const lines = others.map((column) => {
    const kept = column.values
      .map((cell, i) => [numberOf(x.values[i]), numberOf(cell)] as const)
      .filter(
        (pair): pair is readonly [number, number] => Number.isFinite(pair[0]) && pair[1] !== null,
      );
    return {
      name: column.name,
      series: plainSeries(
        kept.map(([at]) => at),
        kept.map(([, y]) => y),
      ),
    };
  });
  return { xName: x.name, lines };
}

/** A list's values over their index. */
export function listSeries(values: readonly Cell[]): PointSeries {
  const kept = values
    .map((cell, i) => [i, numberOf(cell)] as const)
    .filter((pair): pair is readonly [number, number] => pair[1] !== null);
  return plainSeries(
    kept.map(([i]) => i),
    kept.map(([, y]) => y),
  );
}

/** How often each text occurs, most frequent first, equal ones in natural order. */
export function valueCounts(values: readonly Cell[]): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = value === null ? "null" : String(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count || compareNames(a.text, b.text));
}

function plainSeries(x: readonly number[], value: readonly number[]): PointSeries {
  const columns = { x: Float64Array.from(x), value: Float64Array.from(value) };
  return pointSeries({ ...columns, step: columns.x, tsUs: new Float64Array(x.length) });
}
