/** The children of a sweep: their parameters, and which of them is best. */
import { compareNames } from "../base/names.ts";
import { entryOf } from "./cells.ts";
import { flatConfig, metricDimension } from "./dimensions.ts";
import { SWEEP_PARAMETERS } from "./parameters.ts";
import type { Run } from "./run.ts";
import { type Cell, numberOf } from "./tables.ts";

const METRIC_PROPERTY = "runtide.sweep.metric";
const GOAL_PROPERTY = "runtide.sweep.goal";

export interface Sweep {
  readonly metric: string;
  readonly goal: "minimize" | "maximize";
}

/** What the sweep looks for; null of a run that is no sweep. */
export function sweepOf({
  runType,
  properties,
}: Pick<Run, "runType" | "properties">): Sweep | null {
  const metric = properties[METRIC_PROPERTY];
  if (runType !== "sweep" || !metric) return null;
  return { metric, goal: properties[GOAL_PROPERTY] === "maximize" ? "maximize" : "minimize" };
}

export interface SweepChild {
  readonly run: Run;
  /** The best value that it has logged; null if there is none. */
  readonly value: number | null;
  readonly parameters: ReadonlyMap<string, Cell>;
}

export interface Ranking {
  /** The best first; those without a value last, in the order of their numbers. */
  readonly children: readonly SweepChild[];
  /** Names of the parameters in natural order. */
  readonly parameters: readonly string[];
}

export function rankingOf({ metric, goal }: Sweep, runs: readonly Run[]): Ranking {
  const statistic = goal === "minimize" ? "min" : "max";
  const children = runs.map((run): SweepChild => {
    const value = numberOf(run.metrics[metric]?.[statistic] ?? null);
    const isKnown = value !== null && Number.isFinite(value);
    return { run, value: isKnown ? value : null, parameters: parametersOf(run) };
  });
  const sign = goal === "minimize" ? 1 : -1;
  children.sort((a, b) => {
    if (a.value === null || b.value === null || a.value === b.value) {
      const lacking = Number(a.value === null) - Number(b.value === null);
      return lacking || a.run.number - b.run.number;
    }
    return sign * (a.value - b.value);
  });
  const names = new Set(children.flatMap(({ parameters }) => [...parameters.keys()]));
  return { children, parameters: [...names].sort(compareNames) };
}

/** The axes of a plot of the children: what was drawn for them, and what came of it. */
export function sweepAxes({ metric, goal }: Sweep, { parameters }: Ranking): readonly string[] {
  const result = metricDimension(metric, goal === "minimize" ? "min" : "max");
  return [...parameters.map((name) => `config.${SWEEP_PARAMETERS}.${name}`), result];
}

function parametersOf(run: Pick<Run, "config">): ReadonlyMap<string, Cell> {
  const drawn = entryOf(run.config, SWEEP_PARAMETERS);
  if (typeof drawn !== "object" || drawn === null) return new Map();
  return flatConfig(drawn as Readonly<Record<string, unknown>>);
}
