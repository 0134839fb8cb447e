/** What can be plotted of a run: a config value, a tag, a statistic of a metric, and its own facts. */
import { compareNames } from "../base/names.ts";
import { type EpochUs, US_PER_S } from "../base/time.ts";
import type { Statistic } from "./compare-view.ts";
import { parameterName } from "./parameters.ts";
import { type Run, runDuration } from "./run.ts";
import { type Cell, numberOf } from "./tables.ts";

export type Dimension =
  | { readonly kind: "config" | "tags"; readonly id: string; readonly key: string }
  | {
      readonly kind: "metric";
      readonly id: string;
      readonly name: string;
      readonly statistic: Statistic;
    }
  | { readonly kind: "fact"; readonly id: Fact };

export const FACTS = ["duration", "created", "status", "experiment", "user", "host"] as const;

type Fact = (typeof FACTS)[number];

/** `config.<key>`, `tags.<key>`, `metrics.<name>.<statistic>` or a fact; null for anything else. */
export function parseDimension(id: string): Dimension | null {
  const fact = FACTS.find((one) => one === id);
  if (fact) return { kind: "fact", id: fact };
  if (id.startsWith("config.")) return { kind: "config", id, key: id.slice(7) };
  if (id.startsWith("tags.")) return { kind: "tags", id, key: id.slice(5) };
  const match = /^metrics\.(.+)\.(first|last|min|max)$/s.exec(id);
  if (!match) return null;
  return { kind: "metric", id, name: match[1], statistic: match[2] as Statistic };
}

export function metricDimension(name: string, statistic: Statistic): string {
  return `metrics.${name}.${statistic}`;
}

/** `last` goes without saying, and so does where the parameters of a sweep are. */
export function dimensionTitle(dimension: Dimension): string {
  switch (dimension.kind) {
    case "fact":
      return dimension.id === "duration" ? "duration (s)" : dimension.id;
    case "metric":
      return dimension.statistic === "last"
        ? dimension.name
        : `${dimension.name} ${dimension.statistic}`;
    case "tags":
      return `tag ${dimension.key}`;
    case "config":
      return parameterName(dimension.key);
  }
}

/**
 * The run's value; null where it has none. A duration is in seconds, an instant in seconds since
 * 1970, and a tag without a value is true.
 */
export function dimensionValue(run: Run, dimension: Dimension, now: EpochUs): Cell {
  switch (dimension.kind) {
    case "config":
      return flatConfig(run.config).get(dimension.key) ?? null;
    case "tags":
      return dimension.key in run.tags ? (run.tags[dimension.key] ?? true) : null;
    case "metric":
      return run.metrics[dimension.name]?.[dimension.statistic] ?? null;
    case "fact":
      return factOf(run, dimension.id, now);
  }
}

/** All values as numbers where every one is a number or missing; null when one is not. */
export function numbersOf(values: readonly Cell[]): (number | null)[] | null {
  const numbers = values.map(numberOf);
  const isMixed = values.some((value, i) => value !== null && numbers[i] === null);
  return isMixed || numbers.every((number) => number === null) ? null : numbers;
}

const flattened = new WeakMap<object, ReadonlyMap<string, Cell>>();

/** Nested objects as dotted keys (`opt.name`); a list is its JSON. */
export function flatConfig(config: Readonly<Record<string, unknown>>): ReadonlyMap<string, Cell> {
  let flat = flattened.get(config);
  if (!flat) {
    const cells = new Map<string, Cell>();
    addFlat(config, "", cells);
    flat = cells;
    flattened.set(config, flat);
  }
  return flat;
}

function addFlat(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  into: Map<string, Cell>,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      addFlat(value as Readonly<Record<string, unknown>>, `${prefix}${key}.`, into);
    } else {
      into.set(prefix + key, Array.isArray(value) ? JSON.stringify(value) : (value as Cell));
    }
  }
}

/** Every config key of the runs, nested ones dotted, in natural order. */
export function flatKeys(runs: readonly Run[]): string[] {
  return inOrder(runs.flatMap((run) => [...flatConfig(run.config).keys()]));
}

export function tagKeys(runs: readonly Run[]): string[] {
  return inOrder(runs.flatMap((run) => Object.keys(run.tags)));
}

/** Names of the numeric metrics of the runs, in natural order. */
export function metricNames(runs: readonly Run[]): string[] {
  return inOrder(runs.flatMap((run) => Object.keys(run.metrics)));
}

/** The keys of the config that have more than one value among the runs, a missing one counted. */
export function varyingKeys(runs: readonly Run[]): string[] {
  return flatKeys(runs).filter((key) => {
    const values = new Set(runs.map((run) => flatConfig(run.config).get(key)));
    return values.size > 1;
  });
}

/** The metrics whose summaries the dimensions need, each once. */
export function metricsOf(ids: readonly string[]): string[] {
  const names = ids.flatMap((id) => {
    const dimension = parseDimension(id);
    return dimension?.kind === "metric" ? [dimension.name] : [];
  });
  return [...new Set(names)];
}

const AXES_PICKED_MAX = 7;
const METRICS_PICKED_MAX = 2;

/** What runs are usually judged by, and above all on data that they were not trained on. */
const JUDGED = /loss|acc|err|score|auc|f1|mse|mae|reward|perplexity|bleu/i;
const HELD_OUT = /val|eval|test/i;

/** The metrics that are plotted unasked, those that runs are usually judged by before others. */
export function pickMetrics(names: readonly string[]): string[] {
  const rank = (name: string) => (JUDGED.test(name) ? 2 : 0) + (HELD_OUT.test(name) ? 1 : 0);
  return [...names].sort((a, b) => rank(b) - rank(a)).slice(0, METRICS_PICKED_MAX);
}

/** Axes worth showing unasked: the config that varies, then metrics. */
export function pickAxes(runs: readonly Run[], names: readonly string[]): string[] {
  const metrics = pickMetrics(names).map((name) => metricDimension(name, "last"));
  const keys = varyingKeys(runs).slice(0, AXES_PICKED_MAX - metrics.length);
  return [...keys.map((key) => `config.${key}`), ...metrics.reverse()];
}

function factOf(run: Run, fact: Fact, now: EpochUs): Cell {
  switch (fact) {
    case "duration": {
      const length = runDuration(run, now);
      return length === null ? null : length / US_PER_S;
    }
    case "created":
      return run.createdUs / US_PER_S;
    case "status":
      return run.status;
    case "experiment":
      return run.experiment;
    case "user":
      return run.user;
    case "host":
      return run.host;
  }
}

function inOrder(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareNames);
}
