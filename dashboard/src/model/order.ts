/** Whether a list of runs still stands in the order that it was asked for. */

import { compareCells } from "./cells.ts";
import { cellValue, parseColumn } from "./columns.ts";
import { partsOf } from "./filter-tokens.ts";
import type { Run } from "./run.ts";

/** False when values changed since so that the server would list the runs in another order. */
export function isInOrder(runs: readonly Run[], sort: string): boolean {
  const isDescending = sort.startsWith("-");
  const id = partsOf(isDescending ? sort.slice(1) : sort).join(".");
  const column = parseColumn(id);
  // Names and creation never change by themselves; a duration grows for all that go on at once.
  if (!column || id === "duration") return true;
  for (let i = 1; i < runs.length; i++) {
    const [a, b] = [cellValue(runs[i - 1], column), cellValue(runs[i], column)];
    if (compareCells(a, b, isDescending) > 0) return false;
  }
  return true;
}
