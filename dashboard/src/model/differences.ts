/** Runs side by side: a row a key, which rows differ, and how far a value is from the baseline's. */
import { compareNames } from "../base/names.ts";
import type { Cell } from "./tables.ts";
import { numberOf } from "./tables.ts";

export interface ComparedRow {
  readonly key: string;
  /** One a run; undefined where the run has nothing under the key. */
  readonly cells: readonly (Cell | undefined)[];
  readonly differs: boolean;
}

/** Every key that any run has; rows that differ first, both parts in natural order. */
export function comparedRows(runs: readonly ReadonlyMap<string, Cell>[]): ComparedRow[] {
  const keys = [...new Set(runs.flatMap((run) => [...run.keys()]))].sort(compareNames);
  const rows = keys.map((key) => {
    const cells = runs.map((run) => run.get(key));
    return { key, cells, differs: !cells.every((cell) => Object.is(cell, cells[0])) };
  });
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

export interface Delta {
  readonly absolute: number;
  /** The difference as a share of the baseline's size; null from zero. */
  readonly relative: number | null;
}

/** How far `value` is from the baseline's; null unless both are finite numbers. */
export function deltaFrom(baseline: unknown, value: unknown): Delta | null {
  const [from, to] = [numberOf(baseline), numberOf(value)];
  if (from === null || to === null || !Number.isFinite(from) || !Number.isFinite(to)) return null;
  const absolute = to - from;
  return { absolute, relative: from === 0 ? null : absolute / Math.abs(from) };
}

/**
 * For each cell, whether it is not what it is measured against: the baseline's if there is one,
 * else what most runs have, the first of equally frequent values.
 */
export function differingCells(
  cells: readonly (Cell | undefined)[],
  baseline: number,
): readonly boolean[] {
  const usual = baseline >= 0 ? cells[baseline] : mostFrequent(cells);
  return cells.map((cell) => !Object.is(cell, usual));
}

function mostFrequent(cells: readonly (Cell | undefined)[]): Cell | undefined {
  const counts = new Map<Cell | undefined, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  let best: Cell | undefined;
  let most = 0;
  for (const [cell, count] of counts) {
    if (count > most) [best, most] = [cell, count];
  }
  return best;
}
