/** Runs in groups: seeds of one configuration, say, to be drawn as a mean and a spread. */
import { formatCell } from "../base/format.ts";
import { compareNames } from "../base/names.ts";
import type { EpochUs } from "../base/time.ts";
import {
  type Dimension,
  dimensionTitle,
  dimensionValue,
  flatConfig,
  parseDimension,
} from "./dimensions.ts";
import type { Run } from "./run.ts";

export interface RunGroup {
  /** Names the group within the grouping, and stays while its runs come and go. */
  readonly id: string;
  readonly label: string;
  readonly runs: readonly Run[];
}

/**
 * The runs in groups of equal values, in natural order of their names.
 *
 * `by` is a dimension (`config.lr`, `tags.team`, `status`), or `-config.seed`: all of the config
 * but that key. A run without the value is in a group of its kind. Of all the config only what
 * tells the groups apart is in their names.
 */
export function groupRuns(runs: readonly Run[], by: string, now: EpochUs): RunGroup[] {
  const isRest = by.startsWith("-");
  const dimension = parseDimension(isRest ? by.slice(1) : by);
  if (!dimension) return [];
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const value = isRest ? configBut(run, dimension) : dimensionValue(run, dimension, now);
    const key = JSON.stringify(value);
    const members = groups.get(key);
    if (members) members.push(run);
    else groups.set(key, [run]);
  }
  const title = dimensionTitle(dimension);
  const names = isRest ? restNames([...groups.values()], dimension) : null;
  return [...groups]
    .map(([id, members], i) => {
      const label =
        names?.[i] ?? `${title}: ${formatCell(dimensionValue(members[0], dimension, now))}`;
      return { id, label, runs: members };
    })
    .sort((a, b) => compareNames(a.label, b.label));
}

function configBut(run: Run, dimension: Dimension): [string, unknown][] {
  const left = dimension.kind === "config" ? dimension.key : "";
  return [...flatConfig(run.config)]
    .filter(([key]) => key !== left)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The values that differ between groups, as `lr 0.1, depth 3`. */
function restNames(groups: readonly (readonly Run[])[], dimension: Dimension): string[] {
  const firsts = groups.map(([run]) => new Map(configBut(run, dimension)));
  const keys = [...new Set(firsts.flatMap((config) => [...config.keys()]))].filter(
    (key) => new Set(firsts.map((config) => config.get(key))).size > 1,
  );
  return firsts.map((config) => {
    const parts = keys.map((key) => `${key} ${formatCell(config.get(key))}`);
    return parts.length > 0 ? parts.join(", ") : `all but ${dimensionTitle(dimension)}`;
  });
}
