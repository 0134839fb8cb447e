/** Statements and what they answer. */
import type { Cell } from "./tables.ts";

export interface SqlColumn {
  readonly name: string;
  /** As ClickHouse calls it, such as `Nullable(Float64)`. */
  readonly type: string;
}

export interface SqlAnswer {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly unknown[])[];
  readonly rowCount: number;
  readonly elapsedMs: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface SqlTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly (SqlColumn & { readonly description: string })[];
}

export type ColumnKind = "number" | "time" | "text";

const WRAPPER = /^(?:Nullable|LowCardinality)\((.*)\)$/s;
const NUMBER = /^(?:U?Int|Float|BFloat|Decimal)/;
const TIME = /^(?:DateTime|Date)/;

/** What the cells of a column are to a person; arrays and maps are text. */
export function kindOf(type: string): ColumnKind {
  const inner = WRAPPER.exec(type);
  if (inner) return kindOf(inner[1]);
  if (NUMBER.test(type)) return "number";
  return TIME.test(type) ? "time" : "text";
}

/** A cell as text or number; what is nested is JSON. */
export function plainCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : (value as Cell);
}

const CHAR_PX = 7.4;
const PADDING_PX = 24;
const WIDTH_MIN_PX = 64;
const WIDTH_MAX_PX = 360;
const SAMPLE_ROWS = 200;

/** How wide each column should be, in pixels, going by its name and first rows. */
export function columnWidths(
  columns: readonly SqlColumn[],
  rows: readonly (readonly unknown[])[],
  textOf: (value: unknown) => string,
): readonly number[] {
  const sample = rows.slice(0, SAMPLE_ROWS);
  return columns.map((column, i) => {
    const chars = sample.reduce(
      (most, row) => Math.max(most, textOf(row[i]).length),
      column.name.length + 1,
    );
    const px = Math.ceil(chars * CHAR_PX) + PADDING_PX;
    return Math.min(WIDTH_MAX_PX, Math.max(WIDTH_MIN_PX, px));
  });
}

/** The rows in the order of a column; missing cells come last. */
export function sortedRows(
  answer: SqlAnswer,
  order: { readonly column: number; readonly isDescending: boolean } | null,
): SqlAnswer["rows"] {
  if (!order || !answer.columns[order.column]) return answer.rows;
  const { column, isDescending } = order;
  const isNumber = kindOf(answer.columns[column].type) === "number";
  const sign = isDescending ? -1 : 1;
  const compare = (a: unknown, b: unknown): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const [x, y] = isNumber ? [Number(a), Number(b)] : [String(a), String(b)];
    if (x === y) return 0;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return x < y ? -sign : sign;
  };
  return [...answer.rows].sort((a, b) => compare(a[column], b[column]));
}
