/** What the address says of a comparison: which runs, and every control of its tabs. */
import type { Spread } from "./bands.ts";

export const COMPARE_TABS = ["charts", "parameters", "tables", "images", "text", "code"] as const;

export type CompareTab = (typeof COMPARE_TABS)[number];

export const STATISTICS = ["first", "last", "min", "max"] as const;

export type Statistic = (typeof STATISTICS)[number];

export const SPREADS: readonly Spread[] = ["deviation", "range"];

/** Runs whose value on an axis lies in `[from, to]`; a category counts by its place on the axis. */
export interface Brush {
  readonly axis: string;
  readonly from: number;
  readonly to: number;
}

export interface CompareView {
  /** The runs that were chosen, in the order of choosing. */
  readonly runs: readonly string[];
  /** Instead of chosen runs: all of this experiment that the filter lets through. */
  readonly experiment: string;
  /** The run that the others' differences are measured from; empty: none. */
  readonly baseline: string;
  /** A dimension (`config.lr`), or with `-` in front all of the config but it; empty: no groups. */
  readonly groupBy: string;
  readonly spread: Spread;
  /** Metrics drawn together in one chart. */
  readonly overlay: readonly string[];
  /** Prefixes whose section is folded. */
  readonly closed: readonly string[];
  readonly statistic: Statistic;
  readonly onlyDifferences: boolean;
  /** Axes of the parallel coordinates; null: the page picks. */
  readonly axes: readonly string[] | null;
  /** Dimensions on a log scale; null: the page picks. */
  readonly logs: readonly string[] | null;
  readonly brushes: readonly Brush[];
  /** The dimension that lines and dots are coloured by; empty: the page picks. */
  readonly color: string;
  readonly scatterX: string;
  readonly scatterY: string;
  /** The step of the images; null: the last. */
  readonly step: number | null;
  /** The two runs whose texts are compared; empty: the first and the second. */
  readonly left: string;
  readonly right: string;
  readonly isUnified: boolean;
}

export const DEFAULT_COMPARE: CompareView = {
  runs: [],
  experiment: "",
  baseline: "",
  groupBy: "",
  spread: "deviation",
  overlay: [],
  closed: [],
  statistic: "last",
  onlyDifferences: false,
  axes: null,
  logs: null,
  brushes: [],
  color: "",
  scatterX: "",
  scatterY: "",
  step: null,
  left: "",
  right: "",
  isUnified: false,
};

const TEXTS = [
  ["experiment", "experiment"],
  ["base", "baseline"],
  ["bands", "groupBy"],
  ["hue", "color"],
  ["across", "scatterX"],
  ["up", "scatterY"],
  ["left", "left"],
  ["right", "right"],
] as const;
const LISTS = [
  ["runs", "runs"],
  ["overlay", "overlay"],
  ["closed", "closed"],
] as const;
const CHOICES = [
  ["axes", "axes"],
  ["logs", "logs"],
] as const;

/** The pairs of the address's query; defaults are left out. */
export function formatCompare(view: CompareView): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [key, field] of LISTS) {
    if (view[field].length > 0) pairs.push([key, joined(view[field])]);
  }
  for (const [key, field] of TEXTS) if (view[field]) pairs.push([key, view[field]]);
  for (const [key, field] of CHOICES) {
    const chosen = view[field];
    if (chosen) pairs.push([key, joined(chosen)]);
  }
  if (view.spread !== DEFAULT_COMPARE.spread) pairs.push(["spread", view.spread]);
  if (view.statistic !== DEFAULT_COMPARE.statistic) pairs.push(["stat", view.statistic]);
  if (view.onlyDifferences) pairs.push(["only", "differences"]);
  if (view.isUnified) pairs.push(["diff", "unified"]);
  if (view.step !== null) pairs.push(["step", String(view.step)]);
  if (view.brushes.length > 0) {
    const texts = view.brushes.map(({ axis, from, to }) => joined([axis, `${from}`, `${to}`]));
    pairs.push(["brush", joined(texts)]);
  }
  return pairs;
}

/** The inverse of `formatCompare`; whatever is malformed takes its default. */
export function parseCompare(query: ReadonlyMap<string, string>): CompareView {
  const step = query.get("step");
  return {
    ...DEFAULT_COMPARE,
    ...Object.fromEntries(TEXTS.map(([key, field]) => [field, query.get(key) ?? ""])),
    ...Object.fromEntries(LISTS.map(([key, field]) => [field, listOf(query.get(key))])),
    ...Object.fromEntries(
      CHOICES.map(([key, field]) => [field, query.has(key) ? listOf(query.get(key)) : null]),
    ),
    spread: oneOf(SPREADS, query.get("spread")) ?? DEFAULT_COMPARE.spread,
    statistic: oneOf(STATISTICS, query.get("stat")) ?? DEFAULT_COMPARE.statistic,
    onlyDifferences: query.get("only") === "differences",
    isUnified: query.get("diff") === "unified",
    step: step !== undefined && /^-?\d+$/.test(step) ? Number(step) : null,
    brushes: listOf(query.get("brush")).flatMap(brushOf),
  };
}

function brushOf(text: string): Brush[] {
  const [axis, from, to, ...rest] = listOf(text);
  const [low, high] = [Number(from), Number(to)];
  if (!axis || from === undefined || to === undefined || rest.length > 0) return [];
  return Number.isFinite(low) && Number.isFinite(high) && low <= high
    ? [{ axis, from: low, to: high }]
    : [];
}

function joined(items: readonly string[]): string {
  return items.map(encodeURIComponent).join(",");
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").filter(Boolean).map(decoded);
}

function oneOf<T extends string>(all: readonly T[], text: string | undefined): T | undefined {
  return all.find((one) => one === text);
}

/** A broken escape such as `%E0%A4%A` stays as it was typed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
