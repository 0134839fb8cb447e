/** How two quantities of runs go together. Everything here describes; nothing here explains. */
import { type Cell, numberOf } from "./tables.ts";

export interface Correlation {
  /** Pairs where both are finite; fewer than three say nothing, and the measures are null. */
  readonly n: number;
  /** Pearson's r: how close to a straight line. Null where one side does not vary. */
  readonly pearson: number | null;
  /** Spearman's ρ: how close to always rising or always falling. */
  readonly spearman: number | null;
}

const PAIRS_MIN = 3;

export function correlation(xs: readonly Cell[], ys: readonly Cell[]): Correlation {
  const pairs = xs
    .map((x, i) => [numberOf(x), numberOf(ys[i])] as const)
    .filter((pair): pair is readonly [number, number] => pair.every(isFiniteNumber));
  const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  return { n: pairs.length, pearson: pearson(x, y), spearman: pearson(ranks(x), ranks(y)) };
}

/** Pearson's r in [-1, 1]; null for fewer than three pairs, or when a side is constant. */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  if (x.length < PAIRS_MIN) return null;
  const [a, b] = [centered(x), centered(y)];
  if (!a || !b) return null;
  const product = a.reduce((sum, value, i) => sum + value * b[i], 0);
  return Math.max(-1, Math.min(1, product));
}

/** 1 for the least; equal values share the mean of their places, so that their order is nothing. */
export function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
    for (let i = start; i < end; i++) result[order[i]] = (start + end + 1) / 2;
    start = end;
  }
  return result;
}

/**
 * How much of the variation of the ranks of `ys` lies between the groups of equal `labels`: ε, the
 * root of epsilon squared, 0 for none and 1 for all of it. It is corrected for the number of
 * groups, because many groups of few runs explain anything. Null where there is but one group, or
 * no more runs than groups, or no variation.
 */
export function groupEffect(labels: readonly string[], ys: readonly number[]): number | null {
  const rank = ranks(ys);
  const mean = (rank.length + 1) / 2;
  const groups = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const members = groups.get(label);
    if (members) members.push(rank[i]);
    else groups.set(label, [rank[i]]);
  });
  const total = rank.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [n, k] = [rank.length, groups.size];
  if (total === 0 || k < 2 || n <= k) return null;
  let within = 0;
  for (const members of groups.values()) {
    const center = members.reduce((sum, value) => sum + value, 0) / members.length;
    for (const value of members) within += (value - center) ** 2;
  }
  return Math.sqrt(Math.max(0, 1 - (within / (n - k)) * ((n - 1) / total)));
}

export interface Association {
  readonly key: string;
  readonly n: number;
  /** Numbers: Spearman's ρ, with its sign. Categories: ε. Null: it cannot be said. */
  readonly value: number | null;
  readonly measure: "spearman" | "groups";
}

/** Each key's association with the target, the strongest first, what cannot be said last. */
export function associations(
  columns: readonly { readonly key: string; readonly values: readonly Cell[] }[],
  target: readonly Cell[],
): Association[] {
  return columns
    .map(({ key, values }) => association(key, values, target))
    .sort((a, b) => strength(b) - strength(a));
}

function association(key: string, values: readonly Cell[], target: readonly Cell[]): Association {
  const kept = [...values.keys()].filter(
    (i) => values[i] !== null && isFiniteNumber(numberOf(target[i])),
  );
  const x = kept.map((i) => values[i]);
  const y = kept.map((i) => numberOf(target[i]) ?? Number.NaN);
  if (x.every((value) => numberOf(value) !== null)) {
    const { n, spearman } = correlation(x, y);
    return { key, n, value: spearman, measure: "spearman" };
  }
  const value = y.length < PAIRS_MIN ? null : groupEffect(x.map(String), y);
  return { key, n: y.length, value, measure: "groups" };
}

function strength({ value }: Association): number {
  return value === null ? -1 : Math.abs(value);
}

/** Deviations from the mean, of length one; null when there are none. */
function centered(values: readonly number[]): number[] | null {
  // Dividing first keeps the squares of huge values finite.
  const scale = Math.max(...values.map(Math.abs));
  if (scale === 0) return null;
  const scaled = values.map((value) => value / scale);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  const deviations = scaled.map((value) => value - mean);
  const length = Math.hypot(...deviations);
  const isConstant = values.every((value) => value === values[0]);
  return isConstant || length === 0 ? null : deviations.map((value) => value / length);
}

function isFiniteNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}
