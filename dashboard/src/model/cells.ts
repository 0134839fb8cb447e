/** Values of cells: found by name, compared, and summed up over many runs. */

import { fullText } from "../base/format.ts";
import { numberOf } from "./tables.ts";

export const AGGREGATES = ["last", "min", "max"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** An entry by its name with dots: a key that holds dots itself comes before a nested one. */
export function entryOf(entries: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(entries, name)) return entries[name];
  for (let at = name.lastIndexOf("."); at > 0; at = name.lastIndexOf(".", at - 1)) {
    const key = name.slice(0, at);
    const inner = Object.hasOwn(entries, key) ? entries[key] : null;
    if (typeof inner !== "object" || inner === null) continue;
    const found = entryOf(inner as Readonly<Record<string, unknown>>, name.slice(at + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** The number that a cell is: also of text that is one, as tags are. */
export function cellNumber(value: unknown): number | null {
  const number = numberOf(value);
  if (number !== null) return number;
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : null;
}

/** Numbers, then text, then nothing; the order in which the server lists runs. */
export function compareCells(a: unknown, b: unknown, isDescending: boolean): number {
  const rank = (value: unknown) => {
    if (value === null || value === undefined) return 2;
    const number = cellNumber(value);
    if (number !== null) return Number.isNaN(number) ? 2 : 0;
    return 1;
  };
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA === 2) return 0;
  const [left, right] =
    rankA === 0 ? [cellNumber(a) ?? 0, cellNumber(b) ?? 0] : [fullText(a), fullText(b)];
  if (left === right) return 0;
  return left < right !== isDescending ? -1 : 1;
}

export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** Mean, least and greatest of the finite numbers; null when there is none. */
export function spreadOf(values: readonly unknown[]): Spread | null {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const number = cellNumber(value);
    if (number === null || !Number.isFinite(number)) continue;
    count += 1;
    sum += number;
    min = Math.min(min, number);
    max = Math.max(max, number);
  }
  // Rounding must not put a mean outside of what it is the mean of.
  return count === 0 ? null : { count, mean: Math.min(max, Math.max(min, sum / count)), min, max };
}
