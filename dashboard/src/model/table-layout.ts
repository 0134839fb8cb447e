/** Where the columns of the runs table are: their order, widths, and which stay at the left. */

import type { RunColumn } from "./columns.ts";

export const COLUMN_WIDTH_MIN = 56;
export const COLUMN_WIDTH_MAX = 800;

export const NAME_COLUMN = "name";
const NAME_WIDTH = 236;
/** On a phone the values beside the name are what one came for. */
const NARROW_NAME_WIDTH = 168;

const ATTRIBUTE_WIDTHS: Readonly<Record<string, number>> = {
  status: 124,
  duration: 88,
  created: 104,
  tags: 220,
  description: 240,
  run_id: 280,
};
const ENTRY_WIDTH = 88;
const STAT_WIDTH = 96;
/** Room for a sparkline beside the number. */
const LAST_WIDTH = 136;
const GENERIC_WIDTH = 120;

export interface PlacedColumn {
  readonly column: RunColumn;
  readonly width: number;
  /** Of pinned columns: the distance from the table's left edge at which they stay. */
  readonly left: number;
}

export interface TableLayout {
  readonly nameWidth: number;
  readonly pinned: readonly PlacedColumn[];
  readonly free: readonly PlacedColumn[];
  /** The width of what stays at the left. */
  readonly pinnedWidth: number;
  readonly width: number;
}

export type Widths = Readonly<Record<string, number>>;

/** Pinned columns come first; within pinned and free ones the order is that of `columns`. */
export function placeColumns(
  columns: readonly RunColumn[],
  pinnedIds: readonly string[],
  widths: Widths,
  isNarrow = false,
): TableLayout {
  const nameWidth = widths[NAME_COLUMN] ?? (isNarrow ? NARROW_NAME_WIDTH : NAME_WIDTH);
  let left = nameWidth;
  const place = (column: RunColumn): PlacedColumn => {
    const placed = { column, width: widths[column.id] ?? defaultWidth(column), left };
    left += placed.width;
    return placed;
  };
  const pinned = columns.filter(({ id }) => pinnedIds.includes(id)).map(place);
  const pinnedWidth = left;
  const free = columns.filter(({ id }) => !pinnedIds.includes(id)).map(place);
  return { nameWidth, pinned, free, pinnedWidth, width: left };
}

export function defaultWidth(column: RunColumn): number {
  if (column.kind === "attribute") return ATTRIBUTE_WIDTHS[column.name] ?? GENERIC_WIDTH;
  if (column.kind !== "metric") return ENTRY_WIDTH;
  return column.aggregate === "last" ? LAST_WIDTH : STAT_WIDTH;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(COLUMN_WIDTH_MAX, Math.max(COLUMN_WIDTH_MIN, width)));
}

/** `ids` with `id` moved to where `target` is; unchanged if either is not there. */
export function movedTo(ids: readonly string[], id: string, target: string): readonly string[] {
  const from = ids.indexOf(id);
  const to = ids.indexOf(target);
  if (from < 0 || to < 0 || from === to) return ids;
  return ids.toSpliced(from, 1).toSpliced(to, 0, id);
}

/** `ids` with `id` moved by places, as far as there are any. */
export function movedBy(ids: readonly string[], id: string, by: number): readonly string[] {
  const from = ids.indexOf(id);
  if (from < 0) return ids;
  const to = Math.min(ids.length - 1, Math.max(0, from + by));
  return from === to ? ids : movedTo(ids, id, ids[to]);
}
